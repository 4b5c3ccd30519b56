// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/memory.h"

#include "core/cuda/check.h"

#include <algorithm>
#include <tuple>

namespace fxscope::cuda {
namespace {

constexpr size_t kStep = 512, kLarge = size_t(1) << 20;

/// Small blocks in steps of 512 bytes, large ones of 1 MiB: nearly equal sizes share blocks.
size_t blockSize(size_t bytes) {
    const size_t step = bytes < kLarge ? kStep : kLarge;
    return (std::max<size_t>(bytes, 1) + step - 1) / step * step;
}

std::string megabytes(size_t bytes) { return std::to_string((bytes + (size_t(1) << 19)) >> 20) + " MiB"; }

} // namespace

/// What a storage owns: gives the block back to its pool, which it keeps alive.
struct DevicePool::Block {
    std::shared_ptr<DevicePool> pool;
    void* data;
    size_t bytes;
    Block(std::shared_ptr<DevicePool> of, void* at, size_t size) : pool(std::move(of)), data(at), bytes(size) {}
    ~Block() { pool->give(data, bytes); }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
};

DevicePool::~DevicePool() { trim(); }

Result<DevicePool::Taken> DevicePool::take(size_t bytes) {
    {
        const std::lock_guard lock(m_mutex);
        // The smallest block that is large enough, if it wastes less than half.
        if (const auto found = m_kept.lower_bound(bytes); found != m_kept.end() && found->first <= 2 * bytes) {
            const Taken taken{found->second, found->first};
            m_keptBytes -= found->first;
            m_kept.erase(found);
            return taken;
        }
    }
    void* data = nullptr;
    cudaError_t answer = cudaMalloc(&data, bytes);
    if (answer == cudaErrorMemoryAllocation) {
        std::ignore = cudaGetLastError();
        trim();
        answer = cudaMalloc(&data, bytes);
    }
    if (answer == cudaErrorMemoryAllocation) {
        std::ignore = cudaGetLastError();
        size_t free = 0, all = 0;
        std::ignore = cudaMemGetInfo(&free, &all);
        return Diagnostic{"out of memory on cuda:" + std::to_string(m_device) + ": " + megabytes(bytes) +
                              " are wanted, " + megabytes(free) + " of " + megabytes(all) + " are free",
                          "", "use smaller inputs, or free memory of the device (nvidia-smi lists who holds it)"};
    }
    FX_CHECK(check(answer, "allocating " + megabytes(bytes)));
    return Taken{data, bytes};
}

void DevicePool::give(void* data, size_t bytes) {
    const std::lock_guard lock(m_mutex);
    m_kept.emplace(bytes, data);
    m_keptBytes += bytes;
}

void DevicePool::trim() {
    if (m_held)
        return;
    const std::lock_guard lock(m_mutex);
    for (const auto& [bytes, data] : m_kept)
        std::ignore = cudaFree(data);
    m_kept.clear();
    m_keptBytes = 0;
}

Result<std::shared_ptr<Storage>> DevicePool::allocate(size_t bytes) {
    if (bytes > size_t(INT64_MAX) / 2)
        return Diagnostic{"no device has " + std::to_string(bytes) + " bytes", "", "use smaller inputs"};
    FX_TRY(const Taken taken, take(blockSize(bytes)));
    auto block = std::make_shared<Block>(shared_from_this(), taken.data, taken.bytes);
    return Storage::onDevice(static_cast<std::byte*>(taken.data), bytes, std::move(block), m_memory);
}

Result<Tensor> DevicePool::empty(DType dtype, Sizes sizes, Sizes strides) {
    int64_t furthest = 0;
    const auto count = elementCount(sizes);
    for (size_t d = 0; d < sizes.size() && count && *count > 0; ++d)
        furthest += (sizes[d] - 1) * strides[d];
    if (!count)
        return Diagnostic{"negative sizes, or more elements than 2^63", "", ""};
    FX_TRY(auto storage, allocate(static_cast<size_t>(*count > 0 ? furthest + 1 : 0) * bytesOf(dtype)));
    return Tensor::view(std::move(storage), dtype, std::move(sizes), std::move(strides), 0);
}

Result<Tensor> DevicePool::empty(DType dtype, Sizes sizes) {
    Sizes strides = rowMajorStrides(sizes);
    return empty(dtype, std::move(sizes), std::move(strides));
}

Result<std::unique_ptr<PinnedBuffer>> PinnedBuffer::allocate(size_t bytes) {
    void* data = nullptr;
    FX_CHECK(check(cudaHostAlloc(&data, bytes, cudaHostAllocMapped), "allocating pinned memory"));
    return std::unique_ptr<PinnedBuffer>(new PinnedBuffer(static_cast<std::byte*>(data), bytes));
}

} // namespace fxscope::cuda
