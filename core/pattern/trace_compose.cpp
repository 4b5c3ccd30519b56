// SPDX-License-Identifier: BSD-3-Clause
// softmax, dropout, conversions, masks and splits, as PyTorch takes them apart for make_fx.
#include "core/ops/promote.h"
#include "core/ops/shapes.h"
#include "core/pattern/trace_rules.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr const char* kConvert = "torch.ops.prims.convert_element_type.default";

bool isHalf(DType dtype) { return dtype == DType::Float16 || dtype == DType::BFloat16; }

double numberIn(const Argument& value) {
    return value.isInt() ? double(value.asInt()) : value.kind() == Argument::Kind::Float ? value.asFloat() : 0;
}

bool isEmpty(const Tracer& tracer, const TensorMeta& x) {
    return provablyEqual(numelOf(x.sizes), SymInt(0), tracer.ranges()) == Proof::Yes;
}

/// exp(x - max) / sum, in float32 for half precision; converted back unless the result stays wide.
Result<Argument> softmaxOf(Tracer& tracer, const Argument& x, const Argument& dim, bool staysWide) {
    const DType dtype = tracer.tensorOf(x)->dtype;
    if (!isFloating(dtype))
        return tracer.unsupported("softmax of what is no float; convert first");
    const Argument dims = Argument::list({dim}), keep = Argument::boolean(true);
    FX_TRY(const Argument rows, contiguous(tracer, x));
    FX_TRY(const Argument wide, converted(tracer, rows, isHalf(dtype) ? DType::Float32 : dtype));
    Argument shifted = wide;
    if (!isEmpty(tracer, *tracer.tensorOf(x))) {
        FX_TRY(Argument max, emit(tracer, "torch.ops.aten.amax.default", {wide, dims, keep}));
        FX_TRY(shifted, emit(tracer, "torch.ops.aten.sub.Tensor", {wide, std::move(max)}));
    }
    FX_TRY(const Argument exp, emit(tracer, "torch.ops.aten.exp.default", {std::move(shifted)}));
    FX_TRY(Argument sum, emit(tracer, "torch.ops.aten.sum.dim_IntList", {exp, dims, keep}));
    FX_TRY(const Argument result, emit(tracer, "torch.ops.aten.div.Tensor", {exp, std::move(sum)}));
    return staysWide ? Result<Argument>(result) : converted(tracer, result, dtype);
}

/// (rand > p) * x * (1 / (1 - p))
Result<Argument> droppedOut(Tracer& tracer, const Argument& x, const Argument& p) {
    const TensorMeta meta = *tracer.tensorOf(x);
    if (!isFloating(meta.dtype))
        return tracer.error("RuntimeError: result type Float can't be cast to the desired output type Long");
    if (numberIn(p) == 1)
        return tracer.unsupported("dropout of everything; write zeros_like");
    if (meta.strides && !isContiguous(meta.sizes, *meta.strides))
        return tracer.unsupported("dropout of a permuted tensor; write contiguous first");
    FX_TRY(Argument sizes, listArgument(tracer, traceSizes(tracer, x)));
    FX_TRY(Argument random, emit(tracer, "torch.ops.aten.rand.default", {std::move(sizes)},
                                 {{"dtype", Argument::dtype(meta.dtype)},
                                  {"device", Argument::device(meta.device.value_or(Device{}))},
                                  {"pin_memory", Argument::boolean(false)}}));
    FX_TRY(Argument kept, emit(tracer, "torch.ops.aten.gt.Scalar", {std::move(random), p}));
    FX_TRY(Argument values, emit(tracer, "torch.ops.aten.mul.Tensor", {std::move(kept), x}));
    return emit(tracer, "torch.ops.aten.mul.Tensor",
                {std::move(values), Argument::floating(1.0 / (1.0 - numberIn(p)))});
}

/// A number next to `like` as tensor of their common dtype; a tensor stays.
Result<Argument> branchOf(Tracer& tracer, const Argument& value, DType dtype, const TensorMeta& like) {
    return tracer.tensorOf(value) ? converted(tracer, value, dtype) : wrappedNumber(tracer, value, dtype, like);
}

/// The dtype of where() over tensors and numbers; two numbers give the default dtypes.
DType branchType(const Tracer& tracer, const Argument& a, const Argument& b) {
    ResultType type;
    for (const Argument& value : {a, b}) {
        if (const TensorMeta* tensor = tracer.tensorOf(value))
            type.add(*tensor);
        else if (value.kind() == Argument::Kind::Bool)
            type.add(MetaArg{value.asBool()});
        else if (value.isInt())
            type.add(MetaArg{SymInt(value.asInt())});
        else if (value.kind() == Argument::Kind::Float)
            type.add(MetaArg{value.asFloat()});
    }
    return type.dtype();
}

} // namespace

// --- shared

Result<Argument> emit(Tracer& tracer, Target target, ArgumentList args, Kwargs kwargs) {
    FX_TRY(const TraceValue value, tracer.call(target, std::move(args), std::move(kwargs)));
    if (value.kind != TraceValue::Kind::Tensor)
        return tracer.unsupported("several results of " + std::string(target.shortName()) + " inside of an operator");
    return Argument::node(value.node);
}

Decomposed decomposed(Result<Argument> tensor) {
    if (!tensor.ok())
        return std::move(tensor).error();
    TraceValue value;
    value.kind = TraceValue::Kind::Tensor;
    value.node = tensor->asNode();
    return std::optional(std::move(value));
}

Result<Argument> converted(Tracer& tracer, const Argument& x, DType dtype) {
    if (tracer.tensorOf(x)->dtype == dtype)
        return x;
    return emit(tracer, kConvert, {x, Argument::dtype(dtype)});
}

Result<Argument> contiguous(Tracer& tracer, const Argument& x) {
    const TensorMeta& meta = *tracer.tensorOf(x);
    if (!meta.strides || isContiguous(meta.sizes, *meta.strides))
        return x;
    return emit(tracer, "torch.ops.aten.clone.default", {x},
                {{"memory_format", Argument::memoryFormat(MemoryFormat::Contiguous)}});
}

Result<Argument> wrappedNumber(Tracer& tracer, const Argument& value, DType dtype, const TensorMeta& like,
                               bool layout) {
    Kwargs kwargs{{"dtype", Argument::dtype(dtype)}};
    if (layout)
        kwargs.emplace_back("layout", Argument::layout(Layout::Strided));
    kwargs.emplace_back("device", Argument::device(like.device.value_or(Device{})));
    return emit(tracer, "torch.ops.aten.scalar_tensor.default", {value}, std::move(kwargs));
}

std::vector<TraceValue> traceSizes(Tracer& tracer, const Argument& x) {
    std::vector<TraceValue> sizes;
    for (size_t dim = 0; dim < tracer.tensorOf(x)->sizes.size(); ++dim)
        sizes.push_back(tracer.sizeOf(x.asNode(), dim));
    return sizes;
}

Result<Argument> listArgument(Tracer& tracer, std::vector<TraceValue> values) {
    TraceValue list;
    list.kind = TraceValue::Kind::Sequence;
    list.list = true;
    list.items = std::move(values);
    return tracer.argument(list);
}

std::optional<SymSizes> sizesIn(const Tracer& tracer, const Argument& list) {
    SymSizes sizes;
    if (!list.isSequence())
        return std::nullopt;
    for (const Argument& item : list.items()) {
        const auto size = tracer.sizeIn(item);
        if (!size)
            return std::nullopt;
        sizes.push_back(*size);
    }
    return sizes;
}

// --- rules

/// softmax(x, dim, dtype)
Decomposed traceSoftmaxInt(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta* x = tracer.tensorOf(args[0]);
    const bool converts = args[2].kind() == Argument::Kind::DType && x && args[2].asDType() != x->dtype;
    Argument source = args[0];
    if (converts) {
        FX_TRY(source, converted(tracer, args[0], args[2].asDType()));
    }
    return decomposed(
        emit(tracer, "torch.ops.aten._softmax.default", {std::move(source), args[1], Argument::boolean(false)}));
}

/// _softmax(x, dim, half_to_float)
Decomposed traceSoftmax(Tracer& tracer, const ArgumentList& args) {
    if (!tracer.tensorOf(args[0]))
        return tracer.error("TypeError: softmax takes a tensor");
    return decomposed(softmaxOf(tracer, args[0], args[1], args[2].asBool()));
}

/// Rows that are -inf throughout become 0.
Decomposed traceSafeSoftmax(Tracer& tracer, const ArgumentList& args) {
    const Argument keep = Argument::boolean(true);
    const TensorMeta* x = tracer.tensorOf(args[0]);
    if (!x || args[2].kind() == Argument::Kind::DType)
        return tracer.unsupported("_safe_softmax with another dtype");
    const TensorMeta meta = *x;
    FX_TRY(const Argument rows,
           emit(tracer, "torch.ops.aten._softmax.default", {args[0], args[1], Argument::boolean(false)}));
    FX_TRY(Argument masked, emit(tracer, "torch.ops.aten.eq.Scalar", {args[0], Argument::floating(-INFINITY)}));
    FX_TRY(Argument open, emit(tracer, "torch.ops.aten.logical_not.default", {std::move(masked)}));
    FX_TRY(Argument any, emit(tracer, "torch.ops.aten.any.dim", {std::move(open), args[1], keep}));
    FX_TRY(Argument closed, emit(tracer, "torch.ops.aten.logical_not.default", {std::move(any)}));
    FX_TRY(Argument sizes, listArgument(tracer, traceSizes(tracer, rows)));
    FX_TRY(Argument zeros, emit(tracer, "torch.ops.aten.full.default", {std::move(sizes), Argument::integer(0)},
                                {{"dtype", Argument::dtype(meta.dtype)},
                                 {"layout", Argument::layout(Layout::Strided)},
                                 {"device", Argument::device(meta.device.value_or(Device{}))},
                                 {"pin_memory", Argument::boolean(false)}}));
    return decomposed(emit(tracer, "torch.ops.aten.where.self", {std::move(closed), std::move(zeros), rows}));
}

/// dropout(x, p, train)
Decomposed traceDropout(Tracer& tracer, const ArgumentList& args) {
    if (!tracer.tensorOf(args[0]))
        return tracer.error("TypeError: dropout takes a tensor");
    if (args[2].asBool() && numberIn(args[1]) != 0)
        return decomposed(droppedOut(tracer, args[0], args[1]));
    return decomposed(emit(tracer, "torch.ops.aten.clone.default", {args[0]}));
}

/// to.dtype(x, dtype, non_blocking, copy, memory_format)
Decomposed traceToDtype(Tracer& tracer, const ArgumentList& args) {
    if (!tracer.tensorOf(args[0]) || args[3].asBool() || !args[4].isNone())
        return tracer.unsupported("to() that copies or changes the memory format; write clone");
    return decomposed(converted(tracer, args[0], args[1].asDType()));
}

/// _to_copy(x, *, dtype, layout, device, pin_memory, non_blocking, memory_format)
Decomposed traceToCopy(Tracer& tracer, const ArgumentList& args) {
    const bool onlyDtype = args[1].kind() == Argument::Kind::DType && args[2].isNone() && args[3].isNone();
    if (!tracer.tensorOf(args[0]) || !onlyDtype || !args[6].isNone())
        return tracer.unsupported("_to_copy to another device, layout or memory format");
    return decomposed(emit(tracer, kConvert, {args[0], args[1]}));
}

Decomposed traceTypeAs(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta *x = tracer.tensorOf(args[0]), *like = tracer.tensorOf(args[1]);
    if (!x || !like || x->device != like->device)
        return tracer.unsupported("type_as of a tensor elsewhere");
    return decomposed(converted(tracer, args[0], like->dtype));
}

/// masked_fill(x, mask, value) = where(mask, value, x)
Decomposed traceMaskedFill(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta* x = tracer.tensorOf(args[0]);
    if (!x)
        return tracer.error("TypeError: masked_fill takes a tensor");
    const TensorMeta meta = *x;
    if (const TensorMeta* value = tracer.tensorOf(args[2]); value && !value->sizes.empty())
        return tracer.error("RuntimeError: only supports a 0-dimensional value tensor, but got tensor with " +
                            std::to_string(value->sizes.size()) + " dimension");
    if (branchType(tracer, args[0], args[2]) != meta.dtype)
        return tracer.unsupported("masked_fill with a value of a wider dtype; convert it");
    const bool widens = args[2].isInt() && isFloating(meta.dtype); // the number is written in the tensor's kind
    const Argument number = widens ? Argument::floating(numberIn(args[2])) : args[2];
    FX_TRY(Argument value, branchOf(tracer, number, meta.dtype, meta));
    return decomposed(emit(tracer, "torch.ops.aten.where.self", {args[1], std::move(value), args[0]}));
}

/// where(condition, a, b) with numbers: they become 0-dim tensors, the last one first.
Decomposed traceWhereNumber(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta* condition = tracer.tensorOf(args[0]);
    if (!condition)
        return tracer.error("TypeError: where takes a tensor");
    const TensorMeta like = *condition;
    const DType dtype = branchType(tracer, args[1], args[2]);
    const bool lastFirst = !tracer.tensorOf(args[2]);
    Argument first = args[1], second = args[2];
    if (lastFirst) {
        FX_TRY(second, branchOf(tracer, args[2], dtype, like));
        FX_TRY(first, branchOf(tracer, args[1], dtype, like));
    } else {
        FX_TRY(first, branchOf(tracer, args[1], dtype, like));
        FX_TRY(second, branchOf(tracer, args[2], dtype, like));
    }
    return decomposed(emit(tracer, "torch.ops.aten.where.self", {args[0], std::move(first), std::move(second)}));
}

/// full(sizes, value, *, dtype, ...) stays; without a dtype it takes the value's.
Decomposed traceFull(Tracer& tracer, const ArgumentList& args) {
    if (args[2].kind() == Argument::Kind::DType)
        return std::optional<TraceValue>();
    return tracer.unsupported("full without a dtype; say dtype=");
}

Decomposed traceExpandAs(Tracer& tracer, const ArgumentList& args) {
    if (!tracer.tensorOf(args[0]) || !tracer.tensorOf(args[1]))
        return tracer.error("TypeError: expand_as takes tensors");
    FX_TRY(Argument sizes, listArgument(tracer, traceSizes(tracer, args[1])));
    return decomposed(emit(tracer, "torch.ops.aten.expand.default", {args[0], std::move(sizes)}));
}

Decomposed traceSplitSizes(Tracer& tracer, const ArgumentList& args) {
    FX_TRY(TraceValue parts, tracer.call("torch.ops.aten.split_with_sizes.default", args, {}));
    return std::optional(std::move(parts));
}

/// chunk(x, n, dim) = split(x, ceil(size / n), dim)
Decomposed traceChunk(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta* x = tracer.tensorOf(args[0]);
    if (!x || !args[1].isInt() || !args[2].isInt() || args[1].asInt() <= 0)
        return tracer.error("RuntimeError: chunk expects `chunks` to be greater than 0");
    const auto rank = static_cast<int64_t>(x->sizes.size());
    const int64_t dim = args[2].asInt() < 0 ? args[2].asInt() + rank : args[2].asInt();
    if (dim < 0 || dim >= rank)
        return tracer.error("IndexError: Dimension out of range");
    const SymInt& size = x->sizes[static_cast<size_t>(dim)];
    if (!size.isConstant() || size.constant() == 0)
        return tracer.unsupported("chunk of a symbolic or empty dimension; write split");
    const int64_t each = (size.constant() + args[1].asInt() - 1) / args[1].asInt();
    FX_TRY(TraceValue parts,
           tracer.call("torch.ops.aten.split.Tensor", {args[0], Argument::integer(each), args[2]}, {}));
    return std::optional(std::move(parts));
}

} // namespace fxscope
