// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

namespace fxscope {

/// Memory for tensors. Large blocks that were given back are kept for the next tensor of about their size: a new block
/// of the system costs a page fault every 4 KiB, which is dearer than most operators. Thread safe.
class BlockCache {
public:
    static constexpr size_t kAlignment = 64;
    /// Blocks from here on are kept; smaller ones the C library keeps itself.
    static constexpr size_t kSmallestKept = 65536;
    /// All kept blocks together stay below this; the largest go first.
    static constexpr size_t kMostKept = size_t(512) << 20;

    static BlockCache& shared();
    /// `bytes` is a multiple of kAlignment. Null: the system has not that much.
    void* take(size_t bytes);
    /// `bytes` as they were taken.
    void give(void* block, size_t bytes);
    size_t keptBytes();

private:
    bool dropAll(); ///< false: there was nothing
    std::mutex m_mutex;
    std::multimap<size_t, void*> m_kept; ///< by size
    size_t m_keptBytes = 0;
};

} // namespace fxscope
