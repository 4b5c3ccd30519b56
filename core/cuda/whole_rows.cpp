// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/whole_rows.h"

namespace fxscope::cuda {
namespace {

constexpr int64_t kLeastBytes = 16; ///< of a row; shorter ones gain nothing

RowCheck checkOf(Addressing::Entries entries) {
    switch (entries) {
    case Addressing::Entries::Within: return RowCheck::Within;
    case Addressing::Entries::Trusted: return RowCheck::None;
    case Addressing::Entries::Wrapped: break;
    }
    return RowCheck::Wrapped;
}

int64_t rowBytes(const Tensor& table) {
    return table.numel() / table.size(0) * static_cast<int64_t>(bytesOf(table.dtype()));
}

const int64_t* entriesOf(const Tensor& index) { return reinterpret_cast<const int64_t*>(index.raw()); }

} // namespace

bool isWholeRows(const Tensor& table, const Tensor& index, const Tensor& moved) {
    if (table.dim() == 0 || table.numel() == 0 || index.numel() == 0 || index.dtype() != DType::Int64 ||
        table.dtype() != moved.dtype())
        return false;
    return table.isContiguous() && moved.isContiguous() && index.isContiguous() && rowBytes(table) >= kLeastBytes &&
           moved.numel() == table.numel() / table.size(0) * index.numel();
}

Result<bool> takeRows(CudaDevice& device, const Tensor& x, const Tensor& index, const Tensor& out,
                      Addressing::Entries check) {
    if (!isWholeRows(x, index, out) || !hasCompiledKernels())
        return false;
    FX_CHECK(gatherRows(device, {const_cast<std::byte*>(out.raw()), x.raw(), entriesOf(index), index.numel(),
                                 rowBytes(x), x.size(0), checkOf(check)}));
    return true;
}

Result<bool> putRows(CudaDevice& device, const Tensor& out, const Tensor& index, const Tensor& values,
                     Addressing::Entries check) {
    if (!isWholeRows(out, index, values) || !hasCompiledKernels())
        return false;
    FX_CHECK(storeRows(device, {const_cast<std::byte*>(out.raw()), values.raw(), entriesOf(index), index.numel(),
                                rowBytes(out), out.size(0), checkOf(check)}));
    return true;
}

} // namespace fxscope::cuda
