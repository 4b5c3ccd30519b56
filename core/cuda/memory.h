// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"
#include "core/tensor/tensor.h"

#include <cuda_runtime_api.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

namespace fxscope::cuda {

/// Memory of one device. Blocks that were given back are kept for the next tensor of about their size, because
/// cudaMalloc waits for the device. All work runs on one stream: a block may be used again as soon as it is given back,
/// for what uses it next runs after what used it last.
class DevicePool : public std::enable_shared_from_this<DevicePool> {
public:
    /// Tensors that lie here say that they lie in `memory`.
    DevicePool(int device, DeviceMemory* memory) : m_device(device), m_memory(memory) {}
    ~DevicePool();
    DevicePool(const DevicePool&) = delete;
    DevicePool& operator=(const DevicePool&) = delete;

    /// Uninitialised, aligned to 512 bytes. Error: says how much was wanted and how much is free.
    Result<std::shared_ptr<Storage>> allocate(size_t bytes);
    /// A tensor that lies here. Strides may be any that are not negative.
    Result<Tensor> empty(DType dtype, Sizes sizes, Sizes strides);
    Result<Tensor> empty(DType dtype, Sizes sizes);
    /// Gives what nobody uses back to the driver. Nothing while it is held.
    void trim();
    /// Until release, no memory goes back to the driver: what is recorded will run in blocks that are free again.
    void hold() { m_held = true; }
    void release() { m_held = false; }
    size_t keptBytes() const { return m_keptBytes; }
    int device() const { return m_device; }

private:
    struct Block;
    struct Taken {
        void* data;
        size_t bytes; ///< of the block, which may be larger than asked for
    };
    Result<Taken> take(size_t bytes);
    void give(void* data, size_t bytes);
    int m_device;
    DeviceMemory* m_memory;
    std::mutex m_mutex;
    std::multimap<size_t, void*> m_kept; ///< by size
    size_t m_keptBytes = 0;
    std::atomic<bool> m_held = false;
};

/// Memory of the host that the device copies from and to without a detour.
class PinnedBuffer {
public:
    static Result<std::unique_ptr<PinnedBuffer>> allocate(size_t bytes);
    ~PinnedBuffer() { std::ignore = cudaFreeHost(m_data); }
    PinnedBuffer(const PinnedBuffer&) = delete;
    PinnedBuffer& operator=(const PinnedBuffer&) = delete;
    std::byte* data() { return m_data; }
    size_t bytes() const { return m_bytes; }

private:
    PinnedBuffer(std::byte* data, size_t bytes) : m_data(data), m_bytes(bytes) {}
    std::byte* m_data;
    size_t m_bytes;
};

} // namespace fxscope::cuda
