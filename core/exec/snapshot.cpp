// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/snapshot.h"

#include <algorithm>

namespace fxscope {

Result<Value> cloned(const Value& value) {
    if (value.isTensor()) {
        FX_TRY(Tensor copy, value.tensor().clone());
        return Value(std::move(copy));
    }
    if (!value.isList())
        return value;
    ValueList items;
    for (const Value& item : value.list()) {
        FX_TRY(Value copy, cloned(item));
        items.push_back(std::move(copy));
    }
    return Value(std::move(items));
}

Result<Value> clonedWithStrides(const Value& value) {
    if (!value.isTensor() || value.tensor().isContiguous())
        return cloned(value);
    const Tensor& from = value.tensor();
    if (std::find(from.strides().begin(), from.strides().end(), 0) != from.strides().end())
        return cloned(value);
    FX_TRY(Tensor copy, Tensor::emptyStrided(from.dtype(), from.sizes(), from.strides()));
    copyElements(from, copy);
    return Value(std::move(copy));
}

} // namespace fxscope
