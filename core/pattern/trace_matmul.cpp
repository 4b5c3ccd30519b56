// SPDX-License-Identifier: BSD-3-Clause
// matmul and reshape, as PyTorch takes them apart for make_fx.
#include "core/ops/shapes.h"
#include "core/ops/view_shape.h"
#include "core/pattern/trace_rules.h"

#include <algorithm>

namespace fxscope {
namespace {

using SizeValues = std::vector<TraceValue>;

TraceValue oneValue() { return TraceValue::of(Argument::integer(1)); }

bool provablyIs(const Tracer& tracer, const SymInt& size, int64_t value) {
    return provablyEqual(size, SymInt(value), tracer.ranges()) == Proof::Yes;
}

bool onCpu(const TensorMeta& x) { return x.device && x.device->type == "cpu"; }

/// Products of sizes; a factor 1 leaves no call.
Result<TraceValue> productOf(Tracer& tracer, const SizeValues& sizes) {
    TraceValue product = oneValue();
    for (const TraceValue& size : sizes) {
        FX_TRY(product, tracer.product(product, size));
    }
    return product;
}

/// Both batches broadcast to one, dimensions aligned at the right.
Result<SizeValues> broadcastBatch(Tracer& tracer, const SizeValues& a, const SizeValues& b) {
    const SizeValues &longer = a.size() >= b.size() ? a : b, &shorter = a.size() >= b.size() ? b : a;
    SizeValues batch = longer;
    for (size_t i = 0; i < shorter.size(); ++i) {
        TraceValue& size = batch[i + longer.size() - shorter.size()];
        const SymInt x = *tracer.symOf(size), y = *tracer.symOf(shorter[i]);
        if (x.is(1))
            size = shorter[i];
        else if (!y.is(1) && !tracer.guardEqual(x, y))
            return tracer.error("RuntimeError: Shape mismatch: objects cannot be broadcast to a single shape");
    }
    return batch;
}

/// x.expand(batch + matrix).reshape(product of batch, *matrix)
Result<Argument> asBatch(Tracer& tracer, const Argument& x, const SizeValues& batch, const SizeValues& matrix) {
    SizeValues expanded = batch;
    expanded.insert(expanded.end(), matrix.begin(), matrix.end());
    FX_TRY(Argument wanted, listArgument(tracer, expanded));
    FX_TRY(const Argument wide, emit(tracer, "torch.ops.aten.expand.default", {x, std::move(wanted)}));
    FX_TRY(TraceValue product, productOf(tracer, batch));
    SizeValues folded{std::move(product)};
    folded.insert(folded.end(), matrix.begin(), matrix.end());
    FX_TRY(Argument sizes, listArgument(tracer, std::move(folded)));
    return emit(tracer, "torch.ops.aten.reshape.default", {wide, std::move(sizes)});
}

/// [.., n, m] @ [.., m, p] by expand and bmm.
Result<Argument> batchedMatmul(Tracer& tracer, const Argument& a, const Argument& b) {
    SizeValues left = traceSizes(tracer, a), right = traceSizes(tracer, b);
    const SizeValues leftMatrix(left.end() - 2, left.end()), rightMatrix(right.end() - 2, right.end());
    left.resize(left.size() - 2);
    right.resize(right.size() - 2);
    FX_TRY(SizeValues batch, broadcastBatch(tracer, left, right));
    FX_TRY(Argument x, asBatch(tracer, a, batch, leftMatrix));
    FX_TRY(Argument y, asBatch(tracer, b, batch, rightMatrix));
    FX_TRY(const Argument product, emit(tracer, "torch.ops.aten.bmm.default", {std::move(x), std::move(y)}));
    batch.push_back(leftMatrix[0]);
    batch.push_back(rightMatrix[1]);
    FX_TRY(Argument sizes, listArgument(tracer, std::move(batch)));
    return emit(tracer, "torch.ops.aten.view.default", {product, std::move(sizes)});
}

/// [.., n, m] @ [m, p] as one mm over all rows.
Result<Argument> foldedMatmul(Tracer& tracer, const Argument& a, const Argument& b) {
    SizeValues sizes = traceSizes(tracer, a);
    const TraceValue last = sizes.back();
    sizes.pop_back();
    FX_TRY(TraceValue rows, productOf(tracer, sizes));
    FX_TRY(Argument folded, listArgument(tracer, {std::move(rows), last}));
    FX_TRY(Argument flat, emit(tracer, "torch.ops.aten.reshape.default", {a, std::move(folded)}));
    FX_TRY(const Argument product, emit(tracer, "torch.ops.aten.mm.default", {std::move(flat), b}));
    sizes.push_back(traceSizes(tracer, b)[1]);
    FX_TRY(Argument back, listArgument(tracer, std::move(sizes)));
    return emit(tracer, "torch.ops.aten._unsafe_view.default", {product, std::move(back)});
}

/// Whether PyTorch folds the batch of `a` into its rows: it lies so that this is a view, or `b` needs a gradient.
bool folds(const Tracer& tracer, const TensorMeta& a, const TensorMeta& b) {
    if (a.sizes.size() < 3 || b.sizes.size() != 2)
        return false;
    if (b.requiresGrad || provablyIs(tracer, numelOf(a.sizes), 0))
        return true;
    const SymSizes rowMajor = contiguousStrides(a.sizes), strides = a.strides.value_or(rowMajor);
    for (size_t i = 0; i < a.sizes.size(); ++i)
        if (!provablyIs(tracer, a.sizes[i], 1) && provablyEqual(strides[i], rowMajor[i], tracer.ranges()) != Proof::Yes)
            return false;
    return true;
}

/// Sizes with the number that their -1 stands for.
Argument filledIn(const Argument& list, const SymSizes& sizes) {
    ArgumentList items = list.items();
    for (size_t i = 0; i < items.size(); ++i)
        if (items[i].isInt() && sizes[i].isConstant())
            items[i] = Argument::integer(sizes[i].constant());
    return Argument::list(std::move(items));
}

/// sum(a.squeeze(row) * b.squeeze(-1), dim=row, keepdim=True).unsqueeze(row): a product of one row and one column.
Result<Argument> rowTimesColumn(Tracer& tracer, const Argument& a, const Argument& b, int64_t row) {
    const Argument dim = Argument::integer(row);
    if (tracer.tensorOf(a)->dtype == DType::Float16 || tracer.tensorOf(a)->dtype == DType::BFloat16)
        return tracer.unsupported("the product of one row and one column in half precision on the CPU");
    FX_TRY(Argument x, emit(tracer, "torch.ops.aten.squeeze.dim", {a, dim}));
    FX_TRY(Argument y, emit(tracer, "torch.ops.aten.squeeze.dim", {b, Argument::integer(-1)}));
    FX_TRY(Argument product, emit(tracer, "torch.ops.aten.mul.Tensor", {std::move(x), std::move(y)}));
    FX_TRY(Argument sum, emit(tracer, "torch.ops.aten.sum.dim_IntList",
                              {std::move(product), Argument::list({dim}), Argument::boolean(true)}));
    return emit(tracer, "torch.ops.aten.unsqueeze.default", {std::move(sum), dim});
}

/// Whether these are one row and one column on the CPU, which Inductor multiplies and sums.
bool isRowTimesColumn(const Tracer& tracer, const Argument& a, const Argument& b) {
    const TensorMeta *x = tracer.tensorOf(a), *y = tracer.tensorOf(b);
    return x && y && onCpu(*x) && x->sizes.size() >= 2 && y->sizes.size() >= 2 &&
           provablyIs(tracer, x->sizes[x->sizes.size() - 2], 1) && provablyIs(tracer, y->sizes.back(), 1);
}

} // namespace

Decomposed traceMatmul(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta *a = tracer.tensorOf(args[0]), *b = tracer.tensorOf(args[1]);
    if (!a || !b)
        return tracer.error("TypeError: matmul takes tensors");
    const size_t left = a->sizes.size(), right = b->sizes.size();
    if (left < 2 || right < 2)
        return tracer.unsupported("matmul with a tensor of less than 2 dimensions; write unsqueeze and mm");
    if (left == 2 && right == 2)
        return decomposed(emit(tracer, "torch.ops.aten.mm.default", args));
    if (left == 2 && a->requiresGrad)
        return tracer.unsupported("matmul of a matrix that needs a gradient and a batch; write expand and bmm");
    if (folds(tracer, *a, *b))
        return decomposed(foldedMatmul(tracer, args[0], args[1]));
    if (left == 3 && right == 3 && (a->requiresGrad || b->requiresGrad) && (a->sizes[0].is(1) != b->sizes[0].is(1)))
        return tracer.unsupported("matmul that broadcasts what needs a gradient; write expand and bmm");
    return decomposed(batchedMatmul(tracer, args[0], args[1]));
}

/// A view where strides allow it, else a view of a row-major copy.
Decomposed traceReshape(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta* x = tracer.tensorOf(args[0]);
    const auto wanted = sizesIn(tracer, args[1]);
    if (!x || !wanted)
        return tracer.error("TypeError: reshape takes a tensor and sizes");
    const auto sizes = resolveSizes(*wanted, x->sizes);
    if (!sizes.ok())
        return tracer.error("RuntimeError: " + sizes.error().what);
    Argument source = args[0], shape = args[1];
    if (!viewStrides(x->sizes, x->strides.value_or(contiguousStrides(x->sizes)), *sizes)) {
        FX_TRY(source, emit(tracer, "torch.ops.aten.clone.default", {args[0]},
                            {{"memory_format", Argument::memoryFormat(MemoryFormat::Contiguous)}}));
        shape = filledIn(args[1], *sizes);
    }
    return decomposed(emit(tracer, "torch.ops.aten.view.default", {std::move(source), std::move(shape)}));
}

Decomposed traceUnsafeView(Tracer& tracer, const ArgumentList& args) {
    return decomposed(emit(tracer, "torch.ops.aten.view.default", args));
}

Decomposed traceContiguous(Tracer& tracer, const ArgumentList& args) {
    if (args.size() > 1 && args[1].kind() == Argument::Kind::MemoryFormat &&
        args[1].asMemoryFormat() != MemoryFormat::Contiguous)
        return tracer.unsupported("contiguous in another memory format; write clone");
    return decomposed(contiguous(tracer, args[0]));
}

Decomposed traceMm(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta *a = tracer.tensorOf(args[0]), *b = tracer.tensorOf(args[1]);
    if (!a || !b || !onCpu(*a) || a->sizes.size() != 2 || b->sizes.size() != 2)
        return std::optional<TraceValue>();
    const SymInt elements = numelOf(a->sizes) + numelOf(b->sizes);
    if (provablyIs(tracer, a->sizes[1], 1) && provablyIs(tracer, b->sizes[0], 1) && a->dtype == b->dtype &&
        provablyLessEqual(1, a->sizes[0], tracer.ranges()) == Proof::Yes && elements.isConstant() &&
        elements.constant() <= 32)
        return decomposed(emit(tracer, "torch.ops.aten.mul.Tensor", {args[0], args[1]}));
    if (isRowTimesColumn(tracer, args[0], args[1]))
        return decomposed(rowTimesColumn(tracer, args[0], args[1], 0));
    return std::optional<TraceValue>();
}

Decomposed traceBmm(Tracer& tracer, const ArgumentList& args) {
    if (isRowTimesColumn(tracer, args[0], args[1]))
        return decomposed(rowTimesColumn(tracer, args[0], args[1], 1));
    return std::optional<TraceValue>();
}

Decomposed traceAddmm(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta *a = tracer.tensorOf(args[1]), *b = tracer.tensorOf(args[2]);
    const auto small = [](const SymInt& size) { return size.isConstant() && size.constant() <= 16; };
    if (a && b && onCpu(*a) && a->sizes.size() == 2 && b->sizes.size() == 2 && provablyIs(tracer, a->sizes[0], 1) &&
        (provablyIs(tracer, b->sizes[1], 1) || (small(b->sizes[0]) && small(b->sizes[1]))))
        return tracer.unsupported("addmm of one small row on the CPU; write mul and sum");
    return std::optional<TraceValue>();
}

} // namespace fxscope
