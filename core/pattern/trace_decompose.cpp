// SPDX-License-Identifier: BSD-3-Clause
// What Inductor's decomposition table makes of the operators that fxscope knows the answer for. An operator that is in
// PyTorch's table (resources/patterns/decomposed.txt) and not here is refused by name, never left as it is.
#include "core/ops/shapes.h"
#include "core/pattern/trace_rules.h"
#include "core/support/resources.h"
#include "core/support/text.h"

#include <unordered_set>

namespace fxscope {

/// The rules; args are in schema order with defaults filled in.
struct TraceDecompositions {
    static Decomposed stays(Tracer&, const ArgumentList&) { return std::optional<TraceValue>(); }

    static Decomposed notBool(Tracer& tracer, const ArgumentList& args) {
        const TensorMeta* x = tracer.tensorOf(args[0]);
        if (x && x->dtype == DType::Bool)
            return tracer.unsupported("amax or amin of bools; write any or all");
        return std::optional<TraceValue>();
    }

    static Decomposed t(Tracer& tracer, const ArgumentList& args) {
        const TensorMeta* x = tracer.tensorOf(args[0]);
        if (!x || x->sizes.size() != 2)
            return tracer.unsupported("t of what is no matrix");
        ArgumentList order{Argument::integer(1), Argument::integer(0)};
        return decomposed(emit(tracer, "torch.ops.aten.permute.default", {args[0], Argument::list(std::move(order))}));
    }

    /// index_add(x, dim, i, y, alpha) = index_put(x, [None] * dim + [i], y * alpha, accumulate); not for bfloat16.
    static Decomposed indexAdd(Tracer& tracer, const ArgumentList& args) {
        const TensorMeta *x = tracer.tensorOf(args[0]), *index = tracer.tensorOf(args[2]);
        const TensorMeta* source = tracer.tensorOf(args[3]);
        if (!x || !index || !source)
            return tracer.error("TypeError: index_add takes tensors");
        if (x->dtype == DType::BFloat16)
            return std::optional<TraceValue>();
        const auto rank = static_cast<int64_t>(x->sizes.size());
        const int64_t dim = args[1].asInt() < 0 ? args[1].asInt() + rank : args[1].asInt();
        if (rank == 0)
            return tracer.unsupported("index_add of a 0-dim tensor");
        if (dim < 0 || dim >= rank)
            return tracer.error("IndexError: Dimension out of range");
        if (index->sizes.size() > 1)
            return tracer.error("RuntimeError: Index should have dimension 1 or 0");
        const SymInt wanted = index->sizes.empty() ? SymInt(1) : index->sizes[0];
        if (!source->sizes.empty() && static_cast<size_t>(dim) >= source->sizes.size())
            return tracer.error("IndexError: Dimension out of range");
        const SymInt has = source->sizes.empty() ? SymInt(1) : source->sizes[static_cast<size_t>(dim)];
        if (!tracer.guardEqual(has, wanted))
            return tracer.error("RuntimeError: Number of indices (" + wanted.str() +
                                ") should be equal to tensor.size(dim) (" + has.str() +
                                "), for dim=" + std::to_string(dim));
        Argument values = args[3];
        if (!isOne(args[4])) {
            FX_TRY(const TraceValue scaled, tracer.call("torch.ops.aten.mul.Tensor", {values, args[4]}, {}));
            values = Argument::node(scaled.node);
        }
        ArgumentList indices(static_cast<size_t>(dim));
        indices.push_back(args[2]);
        FX_TRY(TraceValue result, put(tracer, args[0], std::move(indices), values, true));
        return std::optional(contiguous(tracer, std::move(result)));
    }

    /// _unsafe_index_put is decomposed back to the checked index_put.
    static Decomposed unsafeIndexPut(Tracer& tracer, const ArgumentList& args) {
        FX_TRY(TraceValue result, put(tracer, args[0], args[1].items(), args[2], args[3].asBool()));
        return std::optional(std::move(result));
    }

    static Decomposed rsub(Tracer& tracer, const ArgumentList& args) {
        FX_TRY(TraceValue result, tracer.call("torch.ops.aten.sub.Tensor", {args[1], args[0]}, {{"alpha", args[2]}}));
        return std::optional(std::move(result));
    }

    static Decomposed transpose(Tracer& tracer, const ArgumentList& args) {
        const TensorMeta* x = tracer.tensorOf(args[0]);
        const auto rank = x ? static_cast<int64_t>(x->sizes.size()) : 0;
        const auto wrap = [rank](int64_t dim) { return dim < 0 ? dim + rank : dim; };
        const int64_t a = wrap(args[1].asInt()), b = wrap(args[2].asInt());
        if (a < 0 || b < 0 || a >= rank || b >= rank)
            return tracer.error("IndexError: Dimension out of range");
        ArgumentList order;
        for (int64_t i = 0; i < rank; ++i)
            order.push_back(Argument::integer(i == a ? b : i == b ? a : i));
        FX_TRY(TraceValue result,
               tracer.call("torch.ops.aten.permute.default", {args[0], Argument::list(std::move(order))}, {}));
        return std::optional(std::move(result));
    }

private:
    static bool isOne(const Argument& value) {
        return (value.isInt() && value.asInt() == 1) || (value.kind() == Argument::Kind::Float && value.asFloat() == 1);
    }

    /// index_put, whose fake result is laid out as empty_like(x): the strides of a dense x, else its order of
    /// dimensions.
    static Result<TraceValue> put(Tracer& tracer, const Argument& x, ArgumentList indices, const Argument& values,
                                  bool accumulate) {
        const TensorMeta* before = tracer.tensorOf(x);
        if (!before)
            return tracer.error("TypeError: index_put takes a tensor");
        TensorMeta meta = *before;
        FX_TRY(TraceValue result,
               tracer.call("torch.ops.aten.index_put.default",
                           {x, Argument::list(std::move(indices)), values, Argument::boolean(accumulate)}, {}));
        meta.strides = preservedStrides(meta).value_or(contiguousStrides(meta.sizes));
        tracer.setMeta(result.node, ValueMeta::tensor(std::move(meta)));
        return result;
    }

    static TraceValue contiguous(Tracer& tracer, TraceValue value) {
        const TensorMeta* result = tracer.tensorOf(Argument::node(value.node));
        if (!result || !result->strides || isContiguous(result->sizes, *result->strides))
            return value;
        auto copy = tracer.call("torch.ops.aten.clone.default", {Argument::node(value.node)},
                                {{"memory_format", Argument::memoryFormat(MemoryFormat::Contiguous)}});
        return copy.ok() ? std::move(copy).value() : value;
    }
};

Decomposition findDecomposition(Target target) {
    using D = TraceDecompositions;
    static const std::map<std::string, Decomposition, std::less<>> kRules{
        {"torch.ops.aten.index_add.default", D::indexAdd},
        {"torch.ops.aten._unsafe_index_put.default", D::unsafeIndexPut},
        {"torch.ops.aten.rsub.Scalar", D::rsub},
        {"torch.ops.aten.rsub.Tensor", D::rsub},
        {"torch.ops.aten.transpose.int", D::transpose},
        {"torch.ops.aten.t.default", D::t},
        {"torch.ops.aten.matmul.default", traceMatmul},
        {"torch.ops.aten.reshape.default", traceReshape},
        {"torch.ops.aten._unsafe_view.default", traceUnsafeView},
        {"torch.ops.aten.contiguous.default", traceContiguous},
        {"torch.ops.aten.softmax.int", traceSoftmaxInt},
        {"torch.ops.aten._softmax.default", traceSoftmax},
        {"torch.ops.aten._safe_softmax.default", traceSafeSoftmax},
        {"torch.ops.aten.dropout.default", traceDropout},
        {"torch.ops.aten.to.dtype", traceToDtype},
        {"torch.ops.aten._to_copy.default", traceToCopy},
        {"torch.ops.aten.type_as.default", traceTypeAs},
        {"torch.ops.aten.masked_fill.Scalar", traceMaskedFill},
        {"torch.ops.aten.masked_fill.Tensor", traceMaskedFill},
        {"torch.ops.aten.where.Scalar", traceWhereNumber},
        {"torch.ops.aten.where.ScalarSelf", traceWhereNumber},
        {"torch.ops.aten.where.ScalarOther", traceWhereNumber},
        {"torch.ops.aten.full.default", traceFull},
        {"torch.ops.aten.expand_as.default", traceExpandAs},
        {"torch.ops.aten.split.sizes", traceSplitSizes},
        {"torch.ops.aten.chunk.default", traceChunk},
        {"torch.ops.aten.scaled_dot_product_attention.default", traceAttention},
        // In the table for rare inputs only (complex numbers, sizes of 1 on the CPU, one empty part, bool).
        {"torch.ops.aten.mm.default", traceMm},
        {"torch.ops.aten.bmm.default", traceBmm},
        {"torch.ops.aten.addmm.default", traceAddmm},
        {"torch.ops.aten.add.Tensor", D::stays},
        {"torch.ops.aten.cat.default", D::stays},
        {"torch.ops.aten.amax.default", D::notBool},
        {"torch.ops.aten.amin.default", D::notBool},
    };
    const auto found = kRules.find(target.str());
    return found == kRules.end() ? nullptr : found->second;
}

bool isDecomposedByPyTorch(Target target) {
    static const auto& names = *new auto([] {
        std::unordered_set<std::string_view> set;
        for (const std::string_view line : split(resource("patterns/decomposed.txt").value_or(""), '\n'))
            set.insert(trim(line));
        return set;
    }());
    return names.contains(target.shortName());
}

} // namespace fxscope
