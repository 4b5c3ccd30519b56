// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"

#include <algorithm>

namespace fxscope {

Result<Tensor> converted(const Tensor& tensor, DType dtype) {
    FX_TRY(const Tensor from, tensor.contiguous());
    if (from.dtype() == dtype)
        return from;
    FX_TRY(Tensor to, Tensor::empty(dtype, from.sizes()));
    FX_CHECK(dispatch<DTypes::All>(from.dtype(), [&]<class From>() {
        return dispatch<DTypes::All>(dtype, [&]<class To>() -> Result<Done> {
            std::transform(from.data<From>(), from.data<From>() + from.numel(), to.data<To>(), castTo<To, From>);
            return Done{};
        });
    }));
    return to;
}

} // namespace fxscope
