// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/row_moves.h"

#include "core/cuda/check.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <tuple>

// Note [Rows in pieces]
// A thread moves a few pieces of 16 bytes of the result, a block's threads side by side, so that reads of a row and
// writes are whole sectors. The indices of all its pieces come first, then all reads, then all writes: several requests
// are on their way while memory answers. Hints to the caches (ld and st .cs) changed nothing that could be measured.

namespace fxscope::cuda {
namespace {

constexpr int kBlock = 256;
/// Pieces of a thread that only moves: more gain nothing, fewer lose on short rows (measured).
constexpr int kMoves = 2;
/// Of one that also adds: with 4, short rows are 7 % slower and long ones as fast.
constexpr int kUnroll = 2;

/// Division by the pieces of a row: a multiplication and a shift, for numbers below 2^31 (see elements.cpp).
struct Pieces {
    uint32_t size, factor, shift;
    __device__ uint32_t row(uint32_t n) const { return (__umulhi(n, factor) + n) >> shift; }
};
Pieces piecesOf(int64_t size) {
    const auto d = static_cast<uint32_t>(size);
    uint32_t shift = 0;
    while (shift < 31 && (uint64_t(1) << shift) < d)
        ++shift;
    const uint64_t factor = ((uint64_t(1) << 32) * ((uint64_t(1) << shift) - d)) / d + 1;
    return {d, static_cast<uint32_t>(factor), shift};
}

/// Launches take less than 2^31 pieces; larger tensors go in several, by rows.
constexpr int64_t kMostPieces = (int64_t(1) << 31) - 1;

__device__ inline int64_t checkedIndex(int64_t index, int64_t size, bool wraps, Fault* fault, int node) {
    const int64_t wrapped = wraps && index < 0 ? index + size : index;
    if (wrapped >= 0 && wrapped < size)
        return wrapped;
    report(fault, kIndexOutOfRange, node, index, size);
    return -1;
}

template <class Unit> struct GatherArguments {
    Unit* out;
    const Unit* x;
    const int64_t* index;
    uint32_t units;
    Pieces pieces;
    int64_t sourceRows;
    bool wraps;
    Fault* fault;
    int node;
};

template <class Unit, bool Checked>
__global__ void __launch_bounds__(kBlock) gatherKernel(const GatherArguments<Unit> a) {
    const uint32_t first = blockIdx.x * (kBlock * kMoves) + threadIdx.x;
    int64_t from[kMoves];
    Unit value[kMoves];
#pragma unroll
    for (int u = 0; u < kMoves; ++u) {
        const uint32_t unit = first + u * kBlock;
        from[u] = -1;
        if (unit < a.units) {
            const uint32_t row = a.pieces.row(unit);
            int64_t index = __ldg(a.index + row);
            if constexpr (!Checked)
                index += index < 0 ? a.sourceRows : 0;
            else
                index = checkedIndex(index, a.sourceRows, a.wraps, a.fault, a.node);
            if (!Checked || index >= 0)
                from[u] = index * a.pieces.size + (unit - row * a.pieces.size);
        }
    }
#pragma unroll
    for (int u = 0; u < kMoves; ++u)
        if (from[u] >= 0)
            value[u] = a.x[from[u]];
#pragma unroll
    for (int u = 0; u < kMoves; ++u)
        if (from[u] >= 0)
            a.out[first + u * kBlock] = value[u];
}

template <class Unit, bool Checked>
__global__ void __launch_bounds__(kBlock) storeKernel(const GatherArguments<Unit> a) {
    const uint32_t first = blockIdx.x * (kBlock * kMoves) + threadIdx.x;
    int64_t to[kMoves];
    Unit value[kMoves];
#pragma unroll
    for (int u = 0; u < kMoves; ++u) {
        const uint32_t unit = first + u * kBlock;
        to[u] = -1;
        if (unit < a.units) {
            value[u] = a.x[unit];
            const uint32_t row = a.pieces.row(unit);
            int64_t index = __ldg(a.index + row);
            if constexpr (!Checked)
                index += index < 0 ? a.sourceRows : 0;
            else
                index = checkedIndex(index, a.sourceRows, a.wraps, a.fault, a.node);
            if (!Checked || index >= 0)
                to[u] = index * a.pieces.size + (unit - row * a.pieces.size);
        }
    }
#pragma unroll
    for (int u = 0; u < kMoves; ++u)
        if (to[u] >= 0)
            a.out[to[u]] = value[u];
}

/// Calls fn(Unit{}) with the type of `bytes`.
template <class Fn> void withUnit(int bytes, Fn&& fn) {
    switch (bytes) {
    case 16: return fn(uint4{});
    case 8: return fn(uint2{});
    case 4: return fn(uint32_t{});
    case 2: return fn(static_cast<unsigned short>(0));
    default: return fn(static_cast<unsigned char>(0));
    }
}

int64_t blocksFor(int64_t units, int each) { return (units + kBlock * each - 1) / (kBlock * each); }

/// Rows that one launch takes.
int64_t rowsPerLaunch(int64_t pieces) { return std::max<int64_t>(1, kMostPieces / std::max<int64_t>(pieces, 1)); }

/// Gather (Store false) or store of `count` rows, in as many launches as it takes.
template <bool Store> Result<Done> moveRows(CudaDevice& device, const RowGather& rows) {
    if (rows.count == 0 || rows.rowBytes == 0)
        return Done{};
    const auto pieces =
        rowPieces(rows.rowBytes, reinterpret_cast<uint64_t>(rows.out) | reinterpret_cast<uint64_t>(rows.x));
    if (pieces.pieces > kMostPieces)
        return Diagnostic{"rows of " + std::to_string(rows.rowBytes) + " bytes are too long for one launch", "", ""};
    const int64_t step = rowsPerLaunch(pieces.pieces);
    for (int64_t row = 0; row < rows.count; row += step) {
        const int64_t count = std::min(step, rows.count - row);
        withUnit(pieces.unit, [&]<class Unit>(Unit) {
            const int64_t skipped = row * pieces.pieces;
            GatherArguments<Unit> a{static_cast<Unit*>(rows.out) + (Store ? 0 : skipped),
                                    static_cast<const Unit*>(rows.x) + (Store ? skipped : 0),
                                    rows.index + row,
                                    static_cast<uint32_t>(count * pieces.pieces),
                                    piecesOf(pieces.pieces),
                                    rows.sourceRows,
                                    rows.check == RowCheck::Wrapped,
                                    device.fault(),
                                    device.node()};
            const auto blocks = static_cast<unsigned>(blocksFor(a.units, kMoves));
            if constexpr (Store) {
                if (rows.check != RowCheck::None)
                    storeKernel<Unit, true><<<blocks, kBlock, 0, device.stream()>>>(a);
                else
                    storeKernel<Unit, false><<<blocks, kBlock, 0, device.stream()>>>(a);
            } else {
                if (rows.check != RowCheck::None)
                    gatherKernel<Unit, true><<<blocks, kBlock, 0, device.stream()>>>(a);
                else
                    gatherKernel<Unit, false><<<blocks, kBlock, 0, device.stream()>>>(a);
            }
        });
        FX_CHECK(device.checkLaunch(Store ? "storeKernel" : "gatherKernel"));
    }
    return Done{};
}

// --- arithmetic of rows

__device__ inline float wide(float v) { return v; }
__device__ inline double wide(double v) { return v; }
__device__ inline float wide(__half v) { return __half2float(v); }
__device__ inline float wide(__nv_bfloat16 v) { return __bfloat162float(v); }
template <class T> __device__ inline T narrow(float v) { return T(v); }
template <> __device__ inline __half narrow<__half>(float v) { return __float2half_rn(v); }
template <> __device__ inline __nv_bfloat16 narrow<__nv_bfloat16>(float v) { return __float2bfloat16_rn(v); }

/// a + alpha * b with one rounding; integers wrap around. `One`: alpha is 1.
template <bool One, class T, class Alpha> __device__ inline T sum(T a, T b, Alpha alpha) {
    if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<unsigned long long>(a) +
                              (One ? 1ull : static_cast<unsigned long long>(alpha)) *
                                  static_cast<unsigned long long>(b));
    else if constexpr (std::is_same_v<T, double>)
        return One ? a + b : fma(alpha, b, a);
    else
        return narrow<T>(One ? wide(a) + wide(b) : fmaf(alpha, wide(b), wide(a)));
}

template <class T, int N> struct alignas(sizeof(T) * N) Pack { T at[N]; };

/// Memory is read and written in words of the machine: element by element, a class like __half would be moved so too.
template <int Bytes> struct WordOf;
template <> struct WordOf<16> { using Type = uint4; };
template <> struct WordOf<8> { using Type = uint2; };
template <> struct WordOf<4> { using Type = uint32_t; };
template <> struct WordOf<2> { using Type = unsigned short; };
template <> struct WordOf<1> { using Type = unsigned char; };
template <class P> using MemoryWord = typename WordOf<sizeof(P)>::Type;

__device__ inline float2 widePair(__half2 v) { return __half22float2(v); }
__device__ inline float2 widePair(__nv_bfloat162 v) { return __bfloat1622float2(v); }
__device__ inline void narrowPair(__half2& to, float a, float b) { to = __floats2half2_rn(a, b); }
__device__ inline void narrowPair(__nv_bfloat162& to, float a, float b) { to = __floats2bfloat162_rn(a, b); }
template <class T> struct PairOf { using Type = void; };
template <> struct PairOf<__half> { using Type = __half2; };
template <> struct PairOf<__nv_bfloat16> { using Type = __nv_bfloat162; };

/// x + alpha * y, all elements of two words. Half types in pairs, which are converted at once.
template <bool One, class T, int N, class Alpha>
__device__ inline MemoryWord<Pack<T, N>> sumOfWords(MemoryWord<Pack<T, N>> x, MemoryWord<Pack<T, N>> y, Alpha alpha) {
    if constexpr (sizeof(T) == 2 && N >= 2) {
        using Pair = typename PairOf<T>::Type;
        Pair a[N / 2], b[N / 2];
        memcpy(a, &x, sizeof x);
        memcpy(b, &y, sizeof y);
#pragma unroll
        for (int n = 0; n < N / 2; ++n) {
            if constexpr (One) { // the same bits as a float's sum rounded: float has twice the digits and more
                a[n] = __hadd2(a[n], b[n]);
            } else {
                const float2 u = widePair(a[n]), v = widePair(b[n]);
                narrowPair(a[n], fmaf(alpha, v.x, u.x), fmaf(alpha, v.y, u.y));
            }
        }
        memcpy(&x, a, sizeof x);
    } else {
        T a[N], b[N];
        memcpy(a, &x, sizeof x);
        memcpy(b, &y, sizeof y);
#pragma unroll
        for (int n = 0; n < N; ++n)
            a[n] = sum<One>(a[n], b[n], alpha);
        memcpy(&x, a, sizeof x);
    }
    return x;
}

template <class T, class Alpha> struct AddArguments {
    T* out;
    const T* x;
    const T* y;
    const int32_t* inverse;
    uint32_t units;
    Pieces pieces;
    Alpha alpha;
};

template <class T, int N, bool One, class Alpha>
__global__ void __launch_bounds__(kBlock) addOnceKernel(const AddArguments<T, Alpha> a) {
    using W = MemoryWord<Pack<T, N>>;
    const uint32_t first = blockIdx.x * (kBlock * kUnroll) + threadIdx.x;
    W x[kUnroll], y[kUnroll];
    int64_t other[kUnroll];
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) {
        const uint32_t unit = first + u * kBlock;
        other[u] = -1;
        if (unit < a.units) {
            const uint32_t row = a.pieces.row(unit);
            const int32_t from = __ldg(a.inverse + row);
            if (from >= 0)
                other[u] = int64_t(from) * a.pieces.size + (unit - row * a.pieces.size);
            x[u] = reinterpret_cast<const W*>(a.x)[unit];
        }
    }
#pragma unroll
    for (int u = 0; u < kUnroll; ++u)
        if (other[u] >= 0)
            y[u] = reinterpret_cast<const W*>(a.y)[other[u]];
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) {
        const uint32_t unit = first + u * kBlock;
        if (unit < a.units)
            reinterpret_cast<W*>(a.out)[unit] = other[u] >= 0 ? sumOfWords<One, T, N>(x[u], y[u], a.alpha) : x[u];
    }
}

template <class T> __device__ inline void addTo(T* at, T value) {
    if constexpr (sizeof(T) == 8 && std::is_integral_v<T>)
        atomicAdd(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value));
    else
        atomicAdd(at, value);
}

template <class T, class Alpha> struct AtomicArguments {
    T* out;
    const T* y;
    const int64_t* index;
    int64_t elements, rowElements, targetRows;
    Alpha alpha;
    Fault* fault;
    int node;
};

template <class T, class Alpha>
__global__ void __launch_bounds__(kBlock) addAtomicKernel(const AtomicArguments<T, Alpha> a) {
    for (int64_t i = blockIdx.x * int64_t(kBlock) + threadIdx.x; i < a.elements; i += int64_t(gridDim.x) * kBlock) {
        const int64_t row = i / a.rowElements, index = checkedIndex(a.index[row], a.targetRows, false, a.fault, a.node);
        if (index < 0)
            continue;
        addTo(a.out + index * a.rowElements + (i - row * a.rowElements), sum<false>(T(0), a.y[i], a.alpha));
    }
}

struct InverseArguments {
    int32_t* inverse;
    const int64_t* index;
    int64_t count, rows;
    RowCheck check;
    Fault* fault;
    int node;
};

__global__ void __launch_bounds__(kBlock) inverseKernel(const InverseArguments a) {
    const int64_t k = blockIdx.x * int64_t(kBlock) + threadIdx.x;
    if (k >= a.count)
        return;
    int64_t row = a.index[k];
    if (a.check != RowCheck::None)
        row = checkedIndex(row, a.rows, a.check == RowCheck::Wrapped, a.fault, a.node);
    if (row >= 0)
        a.inverse[row] = static_cast<int32_t>(k);
}

/// Calls fn(T{}, Alpha) with the type of a dtype; false: none here.
template <class Fn> bool withNumber(DType dtype, Fn&& fn) {
    switch (dtype) {
    case DType::Float32: return fn(float{}, float{}), true;
    case DType::Float64: return fn(double{}, double{}), true;
    case DType::Float16: return fn(__half{}, float{}), true;
    case DType::BFloat16: return fn(__nv_bfloat16{}, float{}), true;
    case DType::Int32: return fn(int32_t{}, int64_t{}), true;
    case DType::Int64: return fn(int64_t{}, int64_t{}), true;
    default: return false;
    }
}

/// The most elements of T, 16 bytes at most, that rows and addresses allow.
template <class T, class Fn> void withPack(int unit, Fn&& fn) {
    constexpr int kMost = 16 / sizeof(T);
    if (unit >= 16)
        return fn(std::integral_constant<int, kMost>());
    if constexpr (kMost >= 4)
        if (unit >= static_cast<int>(2 * sizeof(T)))
            return fn(std::integral_constant<int, 2>());
    fn(std::integral_constant<int, 1>());
}

template <class T, class Alpha>
void launchAddOnce(CudaDevice& device, const RowAdd& rows, int64_t row, int64_t count, int unit) {
    withPack<T>(unit, [&](auto elements) {
        constexpr int N = decltype(elements)::value;
        const int64_t pieces = rows.rowElements / N, skipped = row * rows.rowElements;
        const AddArguments<T, Alpha> a{static_cast<T*>(rows.out) + skipped,   static_cast<const T*>(rows.x) + skipped,
                                       static_cast<const T*>(rows.y),         rows.inverse + row,
                                       static_cast<uint32_t>(count * pieces), piecesOf(pieces),
                                       static_cast<Alpha>(rows.alpha)};
        const auto blocks = static_cast<unsigned>(blocksFor(a.units, kUnroll));
        if (rows.alpha == 1)
            addOnceKernel<T, N, true, Alpha><<<blocks, kBlock, 0, device.stream()>>>(a);
        else
            addOnceKernel<T, N, false, Alpha><<<blocks, kBlock, 0, device.stream()>>>(a);
    });
}

} // namespace

bool hasCompiledKernels() {
    static const bool has = [] {
        cudaFuncAttributes attributes{};
        const bool found =
            cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(inverseKernel)) == cudaSuccess;
        std::ignore = cudaGetLastError();
        return found;
    }();
    return has;
}

bool takesRowSums(DType dtype) {
    return withNumber(dtype, [](auto, auto) {});
}

Result<Done> gatherRows(CudaDevice& device, const RowGather& rows) { return moveRows<false>(device, rows); }

Result<Done> storeRows(CudaDevice& device, const RowStore& rows) {
    return moveRows<true>(device,
                          {rows.out, rows.values, rows.index, rows.count, rows.rowBytes, rows.targetRows, rows.check});
}

Result<Done> addRowsAtomically(CudaDevice& device, const RowSums& rows) {
    const int64_t elements = rows.count * rows.rowElements;
    if (elements == 0)
        return Done{};
    const int64_t blocks =
        std::min<int64_t>((elements + kBlock - 1) / kBlock, device.facts().multiprocessors * int64_t(32));
    withNumber(rows.dtype, [&]<class T, class Alpha>(T, Alpha) {
        const AtomicArguments<T, Alpha> a{
            static_cast<T*>(rows.out), static_cast<const T*>(rows.y),  rows.index,     elements,     rows.rowElements,
            rows.targetRows,           static_cast<Alpha>(rows.alpha), device.fault(), device.node()};
        addAtomicKernel<T, Alpha><<<static_cast<unsigned>(blocks), kBlock, 0, device.stream()>>>(a);
    });
    return device.checkLaunch("addAtomicKernel");
}

Result<Done> addRowsOnce(CudaDevice& device, const RowAdd& rows) {
    if (rows.rows == 0 || rows.rowElements == 0)
        return Done{};
    const auto bytes = static_cast<int64_t>(bytesOf(rows.dtype));
    const auto addresses =
        reinterpret_cast<uint64_t>(rows.out) | reinterpret_cast<uint64_t>(rows.x) | reinterpret_cast<uint64_t>(rows.y);
    const int unit = rowPieces(rows.rowElements * bytes, addresses).unit;
    if (rows.rowElements > kMostPieces)
        return Diagnostic{"rows of " + std::to_string(rows.rowElements) + " elements are too long for one launch", "",
                          ""};
    const int64_t step = rowsPerLaunch(rows.rowElements);
    for (int64_t row = 0; row < rows.rows; row += step) {
        const int64_t count = std::min(step, rows.rows - row);
        withNumber(rows.dtype,
                   [&]<class T, class Alpha>(T, Alpha) { launchAddOnce<T, Alpha>(device, rows, row, count, unit); });
        FX_CHECK(device.checkLaunch("addOnceKernel"));
    }
    return Done{};
}

Result<Done> inverseOf(CudaDevice& device, int32_t* inverse, int64_t rows, const int64_t* index, int64_t count,
                       RowCheck check) {
    if (rows > INT32_MAX)
        return Diagnostic{"more rows than 2^31", "", ""};
    if (rows == 0)
        return Done{};
    FX_CHECK(cuda::check(cudaMemsetAsync(inverse, 0xFF, static_cast<size_t>(rows) * sizeof(int32_t), device.stream()),
                         "clearing an inverse"));
    if (count == 0)
        return Done{};
    const InverseArguments a{inverse, index, count, rows, check, device.fault(), device.node()};
    inverseKernel<<<static_cast<unsigned>((count + kBlock - 1) / kBlock), kBlock, 0, device.stream()>>>(a);
    return device.checkLaunch("inverseKernel");
}

} // namespace fxscope::cuda
