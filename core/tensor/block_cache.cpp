// SPDX-License-Identifier: BSD-3-Clause
#include "core/tensor/block_cache.h"

#include <cstdlib>
#include <sys/mman.h>

namespace fxscope {
namespace {

constexpr size_t kHugePage = size_t(2) << 20, kHugePages = 16; ///< of 2 MiB; blocks of 16 and more get them
constexpr size_t kMostAddressable = size_t(1) << 46;           ///< more than any machine has

/// Sizes of kept blocks grow in eighths, so that tensors of nearly the same size share them; what is asked for is what
/// is taken as long as it is small.
size_t blockBytes(size_t bytes) {
    if (bytes < BlockCache::kSmallestKept || bytes > BlockCache::kMostKept)
        return bytes;
    size_t step = BlockCache::kSmallestKept / 8;
    while (step * 16 <= bytes)
        step *= 2;
    return (bytes + step - 1) / step * step;
}

/// Null: there is no such room. Sanitizers end the program when they are asked for more than they can address.
void* allocated(size_t bytes) {
    if (bytes > kMostAddressable)
        return nullptr;
#ifdef MADV_HUGEPAGE
    if (bytes >= kHugePages * kHugePage) { // else each of its small pages faults on first touch
        const size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
        void* memory = std::aligned_alloc(kHugePage, whole);
        if (memory)
            madvise(memory, whole, MADV_HUGEPAGE);
        return memory;
    }
#endif
    return std::aligned_alloc(BlockCache::kAlignment, bytes);
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false; // a kept block would hide a use after free
#else
constexpr bool kKeeps = true;
#endif

} // namespace

BlockCache& BlockCache::shared() {
    static BlockCache& cache = *new BlockCache; // outlives static tensors
    return cache;
}

bool BlockCache::dropAll() {
    const std::lock_guard lock(m_mutex);
    const bool any = !m_kept.empty();
    for (const auto& [bytes, block] : m_kept)
        std::free(block);
    m_kept.clear();
    m_keptBytes = 0;
    return any;
}

void* BlockCache::take(size_t bytes) {
    const size_t size = blockBytes(bytes);
    if (kKeeps && size >= kSmallestKept) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_kept.find(size); found != m_kept.end()) {
            void* block = found->second;
            m_kept.erase(found);
            m_keptBytes -= size;
            return block;
        }
    }
    void* block = allocated(kKeeps ? size : bytes);
    if (!block && dropAll())
        block = allocated(size);
    return block;
}

void BlockCache::give(void* block, size_t bytes) {
    const size_t size = blockBytes(bytes);
    if (!kKeeps || size < kSmallestKept || bytes > kMostKept)
        return std::free(block);
    const std::lock_guard lock(m_mutex);
    m_kept.emplace(size, block);
    m_keptBytes += size;
    while (m_keptBytes > kMostKept) {
        const auto largest = std::prev(m_kept.end());
        m_keptBytes -= largest->first;
        std::free(largest->second);
        m_kept.erase(largest);
    }
}

size_t BlockCache::keptBytes() {
    const std::lock_guard lock(m_mutex);
    return m_keptBytes;
}

} // namespace fxscope
