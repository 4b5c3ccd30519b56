// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/symbolic.h"

#include "core/ops/pointwise.h"

#include <cmath>

// Numbers beside tensors: sizes of tensors, the larger of two, conversions, items of lists of results.

namespace fxscope::ops {

std::string textOf(const MetaArg& arg) {
    if (const auto* i = std::get_if<SymInt>(&arg.v))
        return i->str();
    if (const auto* n = std::get_if<SymNumber>(&arg.v))
        return n->expression;
    const auto* d = std::get_if<double>(&arg.v);
    return d ? Value(*d).str() : std::get<bool>(arg.v) ? "True" : "False";
}

std::optional<SymInt> integer(const MetaArg& arg) {
    if (const auto* i = std::get_if<SymInt>(&arg.v))
        return *i;
    const auto* b = std::get_if<bool>(&arg.v);
    return b ? std::optional(SymInt(*b)) : std::nullopt;
}
bool isNumber(const MetaArg& arg) {
    return integer(arg) || std::holds_alternative<double>(arg.v) || std::holds_alternative<SymNumber>(arg.v);
}

Diagnostic wantsNumbers() { return Diagnostic{"numbers are wanted here", "", ""}; }

bool isInt(const Value& value) {
    return std::holds_alternative<int64_t>(value.v) || std::holds_alternative<bool>(value.v);
}

namespace {

// --- sizes

Result<ValueMeta> inferSymSize(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    if (x.sizes.empty())
        return Diagnostic{"a 0-dim tensor has no sizes", "", ""};
    return ValueMeta::symInt(x.sizes[dim]);
}
Result<ValueMeta> inferSymStride(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    if (x.sizes.empty() || !x.strides)
        return Diagnostic{"the strides of this tensor are not known", "", ""};
    return ValueMeta::symInt((*x.strides)[dim]);
}
Result<ValueMeta> inferSymNumel(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    return ValueMeta::symInt(numelOf(x.sizes));
}
Result<ValueMeta> inferSymOffset(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    return ValueMeta::symInt(x.storageOffset);
}
/// The number that the shape rule finds for tensors at hand.
template <Infer Rule> Result<Value> sizeKernel(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, Rule(metaArgs(args)));
    return Value(meta.symInt().constant());
}

// --- torch.sym_max and its kin

template <bool Max> Result<ValueMeta> inferExtreme(Metas args) {
    if (!isNumber(args[0]) || !isNumber(args[1]))
        return wantsNumbers();
    const auto a = integer(args[0]), b = integer(args[1]);
    if (a && b)
        return ValueMeta::symInt(Max ? symMax(*a, *b) : symMin(*a, *b));
    return ValueMeta::symFloat((Max ? "Max(" : "Min(") + textOf(args[0]) + ", " + textOf(args[1]) + ")");
}
template <bool Max> Result<Value> extreme(Values args, KernelContext&) {
    if (!args[0].isNumber() || !args[1].isNumber())
        return wantsNumbers();
    const bool first = Max ? args[0].toDouble() >= args[1].toDouble() : args[0].toDouble() <= args[1].toDouble();
    const Value& chosen = first ? args[0] : args[1];
    return isInt(args[0]) && isInt(args[1]) ? Value(chosen.toInt()) : Value(chosen.toDouble());
}

/// int(x), math.trunc(x): towards 0; of an int itself.
Result<ValueMeta> inferTruncated(Metas args) {
    if (const auto i = integer(args[0]))
        return ValueMeta::symInt(*i);
    return isNumber(args[0])
               ? Result<ValueMeta>(ValueMeta::symInt(SymInt::parse("TruncToInt(" + textOf(args[0]) + ")")))
               : wantsNumbers();
}
Result<Value> truncated(Values args, KernelContext&) {
    FX_TRY(const double number, doubleAt(args, 0));
    if (isInt(args[0]))
        return Value(args[0].toInt());
    if (!(std::abs(number) < 0x1p63))
        return Diagnostic{"cannot convert float " + args[0].str() + " to integer", "", ""};
    return Value(static_cast<int64_t>(number));
}

Result<ValueMeta> inferSymFloat(Metas args) {
    return isNumber(args[0]) ? Result<ValueMeta>(ValueMeta::symFloat("ToFloat(" + textOf(args[0]) + ")"))
                             : wantsNumbers();
}
Result<Value> symFloat(Values args, KernelContext&) {
    FX_TRY(const double number, doubleAt(args, 0));
    return Value(number);
}
Result<ValueMeta> inferSymNot(Metas args) {
    return isNumber(args[0]) ? Result<ValueMeta>(ValueMeta::symBool("Not(" + textOf(args[0]) + ")")) : wantsNumbers();
}
Result<Value> symNot(Values args, KernelContext&) {
    FX_TRY(const bool truth, boolAt(args, 0));
    return Value(!truth);
}

// --- getitem(list, i)

Result<ValueMeta> metaValue(const MetaArg& arg) {
    if (arg.isTensor())
        return ValueMeta::tensor(arg.tensor());
    if (const auto i = integer(arg))
        return ValueMeta::symInt(*i);
    if (arg.isNone())
        return ValueMeta::none();
    const auto* list = std::get_if<MetaArgs>(&arg.v);
    if (!list)
        return ValueMeta::symFloat(textOf(arg));
    std::vector<ValueMeta> items;
    for (const MetaArg& item : *list) {
        FX_TRY(ValueMeta one, metaValue(item));
        items.push_back(std::move(one));
    }
    return ValueMeta::list(std::move(items));
}

Diagnostic outOfList(int64_t index, size_t size) {
    return Diagnostic{"list index out of range", "",
                      "index " + std::to_string(index) + " of " + std::to_string(size) + " items"};
}

Result<ValueMeta> inferGetitem(Metas args) {
    const auto* list = std::get_if<MetaArgs>(&args[0].v);
    FX_TRY(const int64_t index, intAt(args, 1));
    if (!list)
        return Diagnostic{"getitem wants a list of results", "", ""};
    const auto size = static_cast<int64_t>(list->size()), at = index < 0 ? index + size : index;
    if (at < 0 || at >= size)
        return outOfList(index, list->size());
    return metaValue((*list)[static_cast<size_t>(at)]);
}
Result<Value> getitem(Values args, KernelContext&) {
    FX_TRY(const int64_t index, intAt(args, 1));
    if (!args[0].isList())
        return Diagnostic{"getitem wants a list of results, got " + args[0].str(), "", ""};
    const ValueList& list = args[0].list();
    const auto size = static_cast<int64_t>(list.size()), at = index < 0 ? index + size : index;
    if (at < 0 || at >= size)
        return outOfList(index, list.size());
    return list[static_cast<size_t>(at)];
}

} // namespace

const OpDef sym_size_int{
    .target = "torch.ops.aten.sym_size.int", .infer = inferSymSize, .reference = sizeKernel<inferSymSize>};
const OpDef sym_stride_int{
    .target = "torch.ops.aten.sym_stride.int", .infer = inferSymStride, .reference = sizeKernel<inferSymStride>};
const OpDef sym_numel{
    .target = "torch.ops.aten.sym_numel.default", .infer = inferSymNumel, .reference = sizeKernel<inferSymNumel>};
const OpDef sym_storage_offset{.target = "torch.ops.aten.sym_storage_offset.default",
                               .infer = inferSymOffset,
                               .reference = sizeKernel<inferSymOffset>};

const OpDef operator_getitem{
    .target = "operator.getitem", .infer = inferGetitem, .reference = getitem, .signature = kBinarySignature};
const OpDef sym_max{
    .target = "torch.sym_max", .infer = inferExtreme<true>, .reference = extreme<true>, .signature = kBinarySignature};
const OpDef sym_min{.target = "torch.sym_min",
                    .infer = inferExtreme<false>,
                    .reference = extreme<false>,
                    .signature = kBinarySignature};
const OpDef sym_int{
    .target = "torch.sym_int", .infer = inferTruncated, .reference = truncated, .signature = kUnarySignature};
const OpDef sym_float{
    .target = "torch.sym_float", .infer = inferSymFloat, .reference = symFloat, .signature = kUnarySignature};
const OpDef sym_not{.target = "torch.sym_not", .infer = inferSymNot, .reference = symNot, .signature = kUnarySignature};
const OpDef math_trunc{
    .target = "math.trunc", .infer = inferTruncated, .reference = truncated, .signature = kUnarySignature};

} // namespace fxscope::ops
