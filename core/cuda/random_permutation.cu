// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/random_permutation.h"

#include "core/cuda/check.h"
#include "core/cuda/randperm.h"

#include <cub/block/block_radix_sort.cuh>
#include <cub/device/device_radix_sort.cuh>

namespace fxscope::cuda {
namespace {

constexpr int kThreads = 256;

/// Does position i start a run of keys that sort alike, of more than one?
template <class Key> __device__ inline bool sameAsNext(const Key* keys, int bits, int64_t n, int64_t i) {
    return i + 1 < n && sortedBy(keys[i], bits) == sortedBy(keys[i + 1], bits);
}
template <class Key> __device__ inline bool sameAsBefore(const Key* keys, int bits, int64_t i) {
    return i > 0 && sortedBy(keys[i - 1], bits) == sortedBy(keys[i], bits);
}

/// Position i of the result; the first of a run of equal keys shuffles and writes the whole run.
template <class Key, class Place>
__device__ inline void finish(const Key* keys, int bits, int64_t n, int64_t i, PhiloxStart start, Place* values,
                              int64_t* out) {
    if (sameAsBefore(keys, bits, i))
        return;
    if (!sameAsNext(keys, bits, n, i)) {
        out[i] = static_cast<int64_t>(values[i]);
        return;
    }
    shuffleIsland(keys, bits, n, i, start, values);
    out[i] = static_cast<int64_t>(values[i]);
    for (int64_t j = i + 1; j < n && sameAsBefore(keys, bits, j); ++j)
        out[j] = static_cast<int64_t>(values[j]);
}

/// All of a small permutation: keys, sort and runs in one block.
template <int Threads, int Items>
__global__ void __launch_bounds__(Threads)
    oneBlockKernel(DrawShape shape, PhiloxStart start, PhiloxStart runs, int bits, int64_t* out) {
    using Sort = cub::BlockRadixSort<int32_t, Threads, Items, uint16_t>;
    __shared__ union {
        typename Sort::TempStorage sort;
        struct {
            int32_t keys[Threads * Items];
            uint16_t values[Threads * Items];
        } sorted;
    } memory;
    const auto n = static_cast<int32_t>(shape.numel);
    int32_t keys[Items];
    uint16_t values[Items];
#pragma unroll
    for (int item = 0; item < Items; ++item) {
        const int32_t i = static_cast<int32_t>(threadIdx.x) * Items + item;
        // what lies beyond sorts behind all: equal keys keep their order
        keys[item] = i < n ? elementAt(RandpermKeys<int32_t>{}, start, shape, static_cast<uint64_t>(i)) : INT32_MAX;
        values[item] = static_cast<uint16_t>(i);
    }
    Sort(memory.sort).Sort(keys, values, 0, bits);
    __syncthreads();
#pragma unroll
    for (int item = 0; item < Items; ++item) {
        memory.sorted.keys[threadIdx.x * Items + item] = keys[item];
        memory.sorted.values[threadIdx.x * Items + item] = values[item];
    }
    __syncthreads();
    for (int32_t i = static_cast<int32_t>(threadIdx.x); i < n; i += Threads)
        finish(memory.sorted.keys, bits, n, i, runs, memory.sorted.values, out);
}

template <class Key>
__global__ void __launch_bounds__(kDrawBlock) keysKernel(DrawShape shape, PhiloxStart start, Key* keys) {
    fillStream(RandpermKeys<Key>{}, start, shape, uint64_t(blockIdx.x) * blockDim.x + threadIdx.x, keys);
}
__global__ void __launch_bounds__(kThreads) countKernel(int32_t* values, int64_t n) {
    const int64_t i = blockIdx.x * int64_t(kThreads) + threadIdx.x;
    if (i < n)
        values[i] = static_cast<int32_t>(i);
}
template <class Key>
__global__ void __launch_bounds__(kThreads)
    finishKernel(const Key* keys, int bits, int64_t n, PhiloxStart start, int32_t* values, int64_t* out) {
    const int64_t i = blockIdx.x * int64_t(kThreads) + threadIdx.x;
    if (i < n)
        finish(keys, bits, n, i, start, values, out);
}

/// A permutation of `Key` keys by CUB.
template <class Key>
Result<Done> drawSorted(CudaDevice& device, int64_t n, int bits, const DrawShape& shape, PhiloxStart start,
                        PhiloxStart runs, int64_t* out) {
    constexpr DType kKey = sizeof(Key) == 4 ? DType::Int32 : DType::Int64;
    FX_TRY(Tensor keys, device.pool().empty(kKey, {2, n}));
    FX_TRY(Tensor values, device.pool().empty(DType::Int32, {2, n}));
    Key *from = keys.data<Key>(), *to = from + n;
    int32_t *places = values.data<int32_t>(), *sorted = places + n;
    const auto blocks = static_cast<unsigned>((n + kThreads - 1) / kThreads);
    keysKernel<<<shape.grid, shape.block, 0, device.stream()>>>(shape, start, from);
    countKernel<<<blocks, kThreads, 0, device.stream()>>>(places, n);
    size_t bytes = 0;
    FX_CHECK(
        check(cub::DeviceRadixSort::SortPairs(nullptr, bytes, from, to, places, sorted, n, 0, bits, device.stream()),
              "asking what a sort needs"));
    FX_TRY(Tensor room, device.pool().empty(DType::UInt8, {static_cast<int64_t>(bytes)}));
    FX_CHECK(
        check(cub::DeviceRadixSort::SortPairs(room.raw(), bytes, from, to, places, sorted, n, 0, bits, device.stream()),
              "sorting"));
    finishKernel<<<blocks, kThreads, 0, device.stream()>>>(to, bits, n, runs, sorted, out);
    return device.checkLaunch("finishKernel");
}

Result<Done> drawIntegers(CudaDevice& device, const Tensor& tensor, PhiloxState& state) {
    const int64_t n = tensor.numel();
    const int bits = randpermBits(n);
    const DeviceFacts facts{static_cast<uint32_t>(device.facts().multiprocessors),
                            static_cast<uint32_t>(device.facts().threadsPerMultiprocessor)};
    const DrawShape shape = drawShape(static_cast<uint64_t>(n), RandpermKeys<int32_t>::kUnroll, facts);
    const PhiloxStart start = state.take(shape.advance), runs = state.take(static_cast<uint64_t>(n));
    Tensor out = tensor;
    auto* const to = out.data<int64_t>();
    if (bits > 32)
        return drawSorted<int64_t>(device, n, bits, shape, start, runs, to);
    if (n > kOneBlock)
        return drawSorted<int32_t>(device, n, bits, shape, start, runs, to);
    if (n <= 256)
        oneBlockKernel<128, 2><<<1, 128, 0, device.stream()>>>(shape, start, runs, bits, to);
    else if (n <= 2048)
        oneBlockKernel<512, 4><<<1, 512, 0, device.stream()>>>(shape, start, runs, bits, to);
    else
        oneBlockKernel<1024, 8><<<1, 1024, 0, device.stream()>>>(shape, start, runs, bits, to);
    return device.checkLaunch("oneBlockKernel");
}

} // namespace

Result<Done> drawPermutation(CudaDevice& device, const Tensor& out, PhiloxState& state) {
    const int64_t n = out.numel();
    if (n == 0)
        return Done{};
    if (n > kRandpermLimit)
        return Diagnostic{"randperm of more than 2^28 elements is not drawn on cuda", "", "use --device cpu"};
    if (out.dtype() == DType::Int64)
        return drawIntegers(device, out, state);
    if (out.dtype() == DType::BFloat16 || out.dtype() == DType::Bool || isComplex(out.dtype()))
        return Diagnostic{"\"randperm\" not implemented for torch." + std::string(name(out.dtype())), "", ""};
    FX_TRY(const Tensor integers, device.pool().empty(DType::Int64, out.sizes()));
    FX_CHECK(drawIntegers(device, integers, state));
    return device.copy(integers, out);
}

} // namespace fxscope::cuda
