// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/kernel_util.h"

// Numbers out of tensors: _local_scalar_dense (what .item() calls) and sym_is_contiguous.

namespace fxscope::ops {
namespace {

Result<ValueMeta> inferItem(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    const SymInt count = numelOf(x.sizes);
    if (count.isConstant() && !count.is(1))
        return Diagnostic{"a Tensor with " + count.str() + " elements cannot be converted to Scalar", "", ""};
    return Diagnostic{"the number in a tensor is known only when it runs", "", ""};
}

Result<Value> runItem(Values args, KernelContext&) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    if (x.numel() != 1)
        return inferItem(metaArgs(args)).error();
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        const T value = *x.data<T>();
        if constexpr (std::same_as<T, bool>)
            return Value(value);
        else if constexpr (kIsComplex<T>)
            return Value(std::complex<double>(value));
        else if constexpr (std::is_integral_v<T>)
            return Value(static_cast<int64_t>(value));
        else
            return Value(static_cast<double>(value));
    });
}

/// sym_is_contiguous(self, memory_format)
Result<ValueMeta> inferIsContiguous(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (!x.strides)
        return Diagnostic{"the strides are not known", "", ""};
    const auto format = memoryFormatAt(args, 1).value_or(MemoryFormat::Contiguous);
    const bool is =
        format == MemoryFormat::Contiguous ? isContiguous(x.sizes, *x.strides) : isChannelsLast(x.sizes, *x.strides);
    return ValueMeta::symBool(is ? "True" : "False");
}
Result<Value> runIsContiguous(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferIsContiguous(metaArgs(args)));
    return Value(meta.expression() == "True");
}

} // namespace

const OpDef _local_scalar_dense{
    .target = "torch.ops.aten._local_scalar_dense.default", .infer = inferItem, .reference = runItem};
const OpDef sym_is_contiguous{
    .target = "torch.ops.aten.sym_is_contiguous.default", .infer = inferIsContiguous, .reference = runIsContiguous};

} // namespace fxscope::ops
