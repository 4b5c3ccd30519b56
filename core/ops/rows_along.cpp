// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/rows_along.h"

namespace fxscope {

Result<Tensor> withDimLast(const Tensor& x, size_t dim) {
    if (x.dim() == 0)
        return x;
    Sizes sizes = x.sizes(), strides = x.strides();
    const int64_t size = sizes[dim], step = strides[dim];
    sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(dim));
    strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(dim));
    sizes.push_back(size);
    strides.push_back(step);
    return x.asStrided(std::move(sizes), std::move(strides), x.offset());
}

Result<RowsAlong> rowsAlong(const Tensor& x, size_t dim) {
    FX_TRY(const Tensor turned, withDimLast(x, dim));
    RowsAlong result;
    FX_TRY(result.rows, turned.contiguous());
    result.count = x.dim() ? x.size(dim) : 1;
    result.outer = result.count ? x.numel() / result.count : 0;
    return result;
}

Result<Done> putRows(const Tensor& rows, Tensor& out, size_t dim) {
    FX_TRY(Tensor turned, withDimLast(out, dim));
    copyElements(rows, turned);
    return Done{};
}

} // namespace fxscope
