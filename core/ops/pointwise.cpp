// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pointwise.h"

#include "core/ops/words.h"

#include <deque>

namespace fxscope {

Result<ValueMeta> pointwiseMeta(Metas operands, DType dtype, Casts casts) {
    const DType common = dtype == DType::Bool ? resultType(operands) : dtype;
    std::vector<const TensorMeta*> tensors;
    std::deque<TensorMeta> copies;
    SymSizes sizes;
    for (const MetaArg& arg : operands) {
        if (!arg.isTensor())
            continue;
        const TensorMeta& x = arg.tensor();
        const bool copied = casts == Casts::Yes && x.dtype != common && (!x.device || x.device->type == "cpu");
        if (copied) {
            copies.push_back(x);
            copies.back().strides = preservedStrides(x);
        }
        tensors.push_back(copied ? &copies.back() : &x);
        FX_TRY(sizes, broadcast(sizes, arg.tensor().sizes));
    }
    if (tensors.empty())
        return tensorAt(operands, 0).error();
    TensorMeta result = newMeta(dtype, sizes, commonDevice(tensors));
    result.strides = elementwiseStrides(sizes, tensors);
    return ValueMeta::tensor(std::move(result));
}

DType commonDType(Values operands) { return resultType(metaArgs(operands)); }

Result<ValueMeta> inferInPlace(Metas args) {
    FX_TRY(TensorMeta self, tensorAt(args, 0));
    return ValueMeta::tensor(std::move(self));
}

Result<Value> writeBack(Values args, Result<Value> result) {
    if (!result.ok())
        return result;
    FX_TRY(Tensor self, tensorAt(args, 0));
    FX_CHECK(checkWritable(self));
    const Tensor& computed = result->tensor();
    const auto category = [](DType d) { return d == DType::Bool ? 0 : isIntegral(d) ? 1 : isFloating(d) ? 2 : 3; };
    if (category(computed.dtype()) > category(self.dtype()))
        return Diagnostic{"result type " + std::string(scalarTypeName(computed.dtype())) +
                              " can't be cast to the desired output type " + std::string(scalarTypeName(self.dtype())),
                          "", ""};
    if (computed.sizes() != self.sizes())
        return Diagnostic{"output with shape " + sizesText(self.sizes()) + " doesn't match the broadcast shape " +
                              sizesText(computed.sizes()),
                          "", ""};
    FX_CHECK(copyInto(computed, self));
    return Value(self);
}

} // namespace fxscope
