// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/ops/cast.h"

// Where a tensor is not 0, in row-major order: tiles are counted, the counts are summed up, each tile writes from its
// sum on. The block has kTileThreads threads.

namespace fxscope::cuda {

constexpr int kTileThreads = 256, kTileSteps = 16, kTile = kTileThreads * kTileSteps, kMostDimensions = 16;

struct PositionsArguments {
    const void* flags; ///< row-major
    long long count;
    long long* tiles; ///< [tileCount + 1]: counts, then sums of those before; the last one is the whole
    long long tileCount;
    long long* out; ///< [rank, found]: coordinates
    long long found;
    int rank;
    long long sizes[kMostDimensions];
};

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
template <class T> __device__ inline bool isSet(const PositionsArguments& a, long long i) {
    return i < a.count && castTo<bool>(static_cast<const T*>(a.flags)[i]);
}

template <class T> __device__ inline void countTile(const PositionsArguments& a) {
    __shared__ int warps[kTileThreads / 32];
    const long long first = (long long)blockIdx.x * kTile + threadIdx.x;
    int mine = 0;
#pragma unroll
    for (int s = 0; s < kTileSteps; ++s)
        mine += isSet<T>(a, first + s * kTileThreads);
    for (int by = 16; by > 0; by /= 2)
        mine += __shfl_down_sync(0xFFFFFFFFu, mine, by);
    if (threadIdx.x % 32 == 0)
        warps[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x == 0) {
        int sum = 0;
        for (int w = 0; w < kTileThreads / 32; ++w)
            sum += warps[w];
        a.tiles[blockIdx.x] = sum;
    }
}

/// One block: every count becomes the sum of those before it.
__device__ inline void sumTiles(const PositionsArguments& a) {
    __shared__ long long warps[kTileThreads / 32];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    long long before = 0;
    for (long long first = 0; first < a.tileCount; first += kTileThreads) {
        const long long i = first + threadIdx.x;
        const long long count = i < a.tileCount ? a.tiles[i] : 0;
        long long sum = count;
        for (int by = 1; by < 32; by *= 2) {
            const long long other = __shfl_up_sync(0xFFFFFFFFu, sum, by);
            sum += lane >= by ? other : 0;
        }
        if (lane == 31)
            warps[warp] = sum;
        __syncthreads();
        long long earlier = before;
        for (int w = 0; w < kTileThreads / 32; ++w) {
            earlier += w < warp ? warps[w] : 0;
            before += warps[w];
        }
        if (i < a.tileCount)
            a.tiles[i] = earlier + sum - count;
        __syncthreads();
    }
    if (threadIdx.x == 0)
        a.tiles[a.tileCount] = before;
}

template <class T> __device__ inline void writeTile(const PositionsArguments& a) {
    __shared__ int warps[kTileThreads / 32];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    long long at = a.tiles[blockIdx.x];
    for (int s = 0; s < kTileSteps; ++s) {
        const long long i = (long long)blockIdx.x * kTile + s * kTileThreads + threadIdx.x;
        const bool set = isSet<T>(a, i);
        const unsigned ballot = __ballot_sync(0xFFFFFFFFu, set);
        if (lane == 0)
            warps[warp] = __popc(ballot);
        __syncthreads();
        long long place = at + __popc(ballot & ((1u << lane) - 1));
        for (int w = 0; w < kTileThreads / 32; ++w) {
            place += w < warp ? warps[w] : 0;
            at += warps[w];
        }
        __syncthreads();
        if (!set)
            continue;
        long long rest = i;
        for (int d = a.rank - 1; d >= 0; --d) {
            const long long outer = rest / a.sizes[d];
            a.out[d * a.found + place] = rest - outer * a.sizes[d];
            rest = outer;
        }
    }
}
#endif

} // namespace fxscope::cuda
