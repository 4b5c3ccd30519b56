// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"

// Copies: the same elements in a new tensor, of another dtype, device or order of dimensions.

namespace fxscope::ops {
namespace {

/// The result of copying `x` as `dtype` in `format` (none: preserve).
Result<ValueMeta> copyMeta(const TensorMeta& x, DType dtype, std::optional<Device> device,
                           std::optional<MemoryFormat> format) {
    TensorMeta result = newMeta(dtype, x.sizes, device ? device : x.device);
    FX_TRY(result.strides, stridesFor(format.value_or(MemoryFormat::Preserve), x));
    return ValueMeta::tensor(std::move(result));
}

/// The rule's result with the elements of the first argument.
template <Infer Rule> Result<Value> copyKernel(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    FX_CHECK(copyInto(args[0].tensor(), out));
    return Value(out);
}

Result<ValueMeta> inferClone(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    return copyMeta(x, x.dtype, std::nullopt, memoryFormatAt(args, 1));
}

/// _to_copy(self, dtype, layout, device, pin_memory, non_blocking, memory_format)
Result<ValueMeta> inferToCopy(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    return copyMeta(x, dtypeAt(args, 1).value_or(x.dtype), deviceAt(args, 3), memoryFormatAt(args, 6));
}

/// contiguous(self, memory_format): itself where it already is.
Result<ValueMeta> inferContiguous(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    const MemoryFormat format = memoryFormatAt(args, 1).value_or(MemoryFormat::Contiguous);
    if (x.strides &&
        (format == MemoryFormat::Contiguous ? isContiguous(x.sizes, *x.strides) : isChannelsLast(x.sizes, *x.strides)))
        return ValueMeta::tensor(x);
    return copyMeta(x, x.dtype, std::nullopt, format);
}
Result<Value> contiguous(Values args, KernelContext& context) {
    FX_TRY(const ValueMeta meta, inferContiguous(metaArgs(args)));
    const bool isItself = *meta.tensor().strides == *args[0].tensor().meta().strides;
    return isItself ? Result<Value>(args[0]) : copyKernel<inferContiguous>(args, context);
}

// --- to(self, ...): itself where nothing changes and no copy is asked for

/// The metadata of `x` after to(dtype, device, format); itself if these are what it has.
Result<ValueMeta> convertedMeta(const TensorMeta& x, std::optional<DType> dtype, std::optional<Device> device,
                                bool copy, std::optional<MemoryFormat> format) {
    const bool sameType = !dtype || *dtype == x.dtype;
    const bool sameDevice = !device || !x.device || *device == *x.device;
    const bool sameFormat = !format || *format == MemoryFormat::Preserve;
    if (sameType && sameDevice && sameFormat && !copy)
        return ValueMeta::tensor(x);
    return copyMeta(x, dtype.value_or(x.dtype), device, format);
}

/// to.dtype(self, dtype, non_blocking, copy, memory_format)
Result<ValueMeta> inferToDType(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const bool copy, boolAt(args, 3));
    return convertedMeta(x, dtypeAt(args, 1), std::nullopt, copy, memoryFormatAt(args, 4));
}
/// to.device(self, device, dtype, non_blocking, copy, memory_format)
Result<ValueMeta> inferToDevice(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const bool copy, boolAt(args, 4));
    return convertedMeta(x, dtypeAt(args, 2), deviceAt(args, 1), copy, memoryFormatAt(args, 5));
}
/// to.dtype_layout(self, *, dtype, layout, device, pin_memory, non_blocking, copy, memory_format)
Result<ValueMeta> inferToLayout(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const bool copy, boolAt(args, 6));
    return convertedMeta(x, dtypeAt(args, 1), deviceAt(args, 3), copy, memoryFormatAt(args, 7));
}
template <Infer Rule, size_t CopyArg> Result<Value> toKernel(Values args, KernelContext& context) {
    FX_TRY(const ValueMeta meta, Rule(metaArgs(args)));
    FX_TRY(const bool copy, boolAt(args, CopyArg));
    const Tensor& x = args[0].tensor();
    const bool isItself = meta.tensor().dtype == x.dtype() && *meta.tensor().strides == *x.meta().strides && !copy;
    return isItself ? Result<Value>(args[0]) : copyKernel<Rule>(args, context);
}

/// type_as(self, other)
Result<ValueMeta> inferTypeAs(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta like, tensorAt(args, 1));
    return convertedMeta(x, like.dtype, like.device, false, std::nullopt);
}

Result<ValueMeta> inferConvertElementType(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    return copyMeta(x, dtypeAt(args, 1).value_or(x.dtype), std::nullopt, std::nullopt);
}

// --- copy(self, src): src in the dtype, sizes and layout of self

Result<Value> copy(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferSameAsFirst, args));
    FX_TRY(const Tensor source, tensorAt(args, 1));
    FX_CHECK(copyInto(source, out));
    return Value(out);
}
Result<Value> copyInPlace(Values args, KernelContext&) {
    FX_TRY(Tensor self, tensorAt(args, 0));
    FX_TRY(const Tensor source, tensorAt(args, 1));
    FX_CHECK(checkWritable(self));
    FX_TRY(const Tensor apart, source.clone()); // the two may share memory
    FX_CHECK(copyInto(apart, self));
    return Value(self);
}

} // namespace

const OpDef clone{
    .target = "torch.ops.aten.clone.default", .infer = inferClone, .reference = copyKernel<inferClone>, .moves = true};
const OpDef contiguous_default{
    .target = "torch.ops.aten.contiguous.default", .infer = inferContiguous, .reference = contiguous, .moves = true};
const OpDef convert_element_type{.target = "torch.ops.prims.convert_element_type.default",
                                 .infer = inferConvertElementType,
                                 .reference = copyKernel<inferConvertElementType>,
                                 .moves = true};
const OpDef copy_default{
    .target = "torch.ops.aten.copy.default", .infer = inferSameAsFirst, .reference = copy, .moves = true};
const OpDef copy_{
    .target = "torch.ops.aten.copy_.default", .infer = inferFirst, .reference = copyInPlace, .moves = true};
const OpDef to_device{.target = "torch.ops.aten.to.device",
                      .infer = inferToDevice,
                      .reference = toKernel<inferToDevice, 4>,
                      .moves = true};
const OpDef to_dtype{
    .target = "torch.ops.aten.to.dtype", .infer = inferToDType, .reference = toKernel<inferToDType, 3>, .moves = true};
const OpDef to_dtype_layout{.target = "torch.ops.aten.to.dtype_layout",
                            .infer = inferToLayout,
                            .reference = toKernel<inferToLayout, 6>,
                            .moves = true};
const OpDef type_as{.target = "torch.ops.aten.type_as.default",
                    .infer = inferTypeAs,
                    .reference = copyKernel<inferTypeAs>,
                    .moves = true};
const OpDef _to_copy{.target = "torch.ops.aten._to_copy.default",
                     .infer = inferToCopy,
                     .reference = copyKernel<inferToCopy>,
                     .moves = true};

} // namespace fxscope::ops
