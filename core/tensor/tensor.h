// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/value_meta.h"
#include "core/support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace fxscope {

using Sizes = std::vector<int64_t>;
class DeviceMemory;

/// Bytes that tensors view: owned memory (64-byte aligned), a part of a mapped file that `owner` keeps alive, or memory
/// of a device, whose addresses only kernels of its backend may use.
class Storage {
public:
    /// Error: more than the address space, or the system has not that much.
    static Result<std::shared_ptr<Storage>> allocate(size_t bytes);
    static std::shared_ptr<Storage> view(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);
    /// Memory of a device that `owner` gives back. `data` is an address there.
    static std::shared_ptr<Storage> onDevice(std::byte* data, size_t bytes, std::shared_ptr<const void> owner,
                                             DeviceMemory* memory);
    ~Storage();
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;

    std::byte* data() { return m_data; }
    const std::byte* data() const { return m_data; }
    size_t bytes() const { return m_bytes; }
    bool readOnly() const { return m_owner && onHost(); } ///< a mapped file: writing would crash
    bool onHost() const { return !m_memory; }
    DeviceMemory* memory() const { return m_memory; } ///< null on the host

private:
    Storage(std::byte* data, size_t bytes, std::shared_ptr<const void> owner, DeviceMemory* memory = nullptr)
        : m_data(data), m_bytes(bytes), m_owner(std::move(owner)), m_memory(memory) {}
    std::byte* m_data;
    size_t m_bytes;
    std::shared_ptr<const void> m_owner;
    DeviceMemory* m_memory;
};

/// A strided view of a storage, like torch.Tensor without autograd. Sizes, strides and offset count elements; strides
/// may be 0 (expanded) but not negative. Copying a Tensor shares the storage. data() and raw() of a tensor on a
/// device are addresses there.
class Tensor {
public:
    Tensor() = default; ///< undefined: no storage
    /// Row-major, uninitialised. Errors: negative size, element count beyond int64, no memory.
    static Result<Tensor> empty(DType dtype, Sizes sizes);
    static Result<Tensor> zeros(DType dtype, Sizes sizes);
    /// With the given strides (storage large enough for the furthest element), uninitialised.
    static Result<Tensor> emptyStrided(DType dtype, Sizes sizes, Sizes strides);
    /// A view of `storage`. Errors: an element outside it, negative sizes or strides.
    static Result<Tensor> view(std::shared_ptr<Storage> storage, DType dtype, Sizes sizes, Sizes strides,
                               int64_t offset);

    bool defined() const { return m_storage != nullptr; }
    DType dtype() const { return m_dtype; }
    const Sizes& sizes() const { return m_sizes; }
    const Sizes& strides() const { return m_strides; }
    int64_t size(size_t dim) const { return m_sizes[dim]; }
    size_t dim() const { return m_sizes.size(); }
    int64_t numel() const { return m_numel; }
    size_t bytes() const {
        return static_cast<size_t>(m_numel) * bytesOf(m_dtype);
    } ///< of its elements, not its storage
    int64_t offset() const { return m_offset; }
    bool isContiguous() const;
    const std::shared_ptr<Storage>& storage() const { return m_storage; }

    /// First element; T must fit the dtype's width. Writing needs a storage that is not read-only.
    template <class T> T* data() { return reinterpret_cast<T*>(m_storage->data()) + m_offset; }
    template <class T> const T* data() const { return reinterpret_cast<const T*>(m_storage->data()) + m_offset; }
    const std::byte* raw() const { return m_storage->data() + static_cast<size_t>(m_offset) * bytesOf(m_dtype); }
    std::byte* raw() { return m_storage->data() + static_cast<size_t>(m_offset) * bytesOf(m_dtype); }

    /// The same storage seen with other sizes, strides and offset. Error: an element outside the storage.
    Result<Tensor> asStrided(Sizes sizes, Sizes strides, int64_t offset) const;
    /// Itself if row-major, else a row-major copy in the same memory.
    Result<Tensor> contiguous() const;
    /// Always a new row-major storage, in the same memory.
    Result<Tensor> clone() const;
    bool onHost() const { return !m_storage || m_storage->onHost(); }
    TensorMeta meta() const; ///< device cpu, or cuda:N

private:
    std::shared_ptr<Storage> m_storage;
    DType m_dtype = DType::Float32;
    Sizes m_sizes, m_strides;
    int64_t m_offset = 0, m_numel = 0;
};

/// Product of sizes; nothing on overflow or a negative size.
std::optional<int64_t> elementCount(std::span<const int64_t> sizes);
Sizes rowMajorStrides(const Sizes& sizes);
/// Copies every element of `from` into `to` (same sizes and dtype; both any strides; `to` without overlap). Where one
/// of them is on a device, an error shows when that is waited for.
void copyElements(const Tensor& from, Tensor& to);

/// Element `i` in row-major order of any dtype as double (complex: the real part). For statistics and printing.
double elementAsDouble(const Tensor& tensor, int64_t i);

} // namespace fxscope
