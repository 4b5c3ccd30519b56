// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/tensor_bytes.h"

#include <cstring>
#include <utility>

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

Result<Tensor> TensorAligner::aligned(const Tensor& tensor) {
    const auto& storage = tensor.storage();
    if (reinterpret_cast<uintptr_t>(std::as_const(*storage).data()) % bytesOf(tensor.dtype()) == 0)
        return tensor;
    auto& copy = m_copies[storage.get()];
    if (!copy) {
        const std::byte* from = std::as_const(*storage).data();
        FX_TRY(copy, storageOf({from, storage->bytes()}, nullptr, 1));
        m_kept.push_back(storage);
    }
    return Tensor::view(copy, tensor.dtype(), tensor.sizes(), tensor.strides(), tensor.offset());
}

Result<Tensor> tensorOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, DType dtype, Sizes sizes) {
    FX_TRY(auto storage, storageOf(bytes, std::move(owner), bytesOf(dtype)));
    Sizes strides = rowMajorStrides(sizes);
    return Tensor::view(std::move(storage), dtype, std::move(sizes), std::move(strides), 0);
}

} // namespace fxscope::io
