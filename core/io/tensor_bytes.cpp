// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/tensor_bytes.h"

#include <cstring>

namespace fxscope::io {

Result<std::shared_ptr<Storage>> storageOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                           size_t elementSize) {
    if (owner && reinterpret_cast<uintptr_t>(bytes.data()) % elementSize == 0)
        return Storage::view(bytes, std::move(owner));
    FX_TRY(auto storage, Storage::allocate(bytes.size()));
    if (!bytes.empty())
        std::memcpy(storage->data(), bytes.data(), bytes.size());
    return storage;
}

Result<Tensor> tensorOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, DType dtype, Sizes sizes) {
    FX_TRY(auto storage, storageOf(bytes, std::move(owner), bytesOf(dtype)));
    Sizes strides = rowMajorStrides(sizes);
    return Tensor::view(std::move(storage), dtype, std::move(sizes), std::move(strides), 0);
}

} // namespace fxscope::io
