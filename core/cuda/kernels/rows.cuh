// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/cuda/kernels/elements.cuh"

// Rows of strided tensors and the teams of threads that work on them, for code that rows.cpp writes. See there.

namespace fxscope::cuda {

// --- what sums are kept in

template <class T> struct AccumulateOf {
    using type = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
};
template <> struct AccumulateOf<Half> { using type = float; };
template <> struct AccumulateOf<BFloat16> { using type = float; };
template <class T> struct AccumulateOf<std::complex<T>> { using type = std::complex<double>; };
/// float for the half types, double for the others, int64 for integers.
template <class T> using Accumulate = typename AccumulateOf<T>::type;
template <class T> __device__ inline Accumulate<T> widen(T value) { return castTo<Accumulate<T>>(value); }

/// The real type behind T.
template <class T> struct RealOf { using type = T; };
template <class T> struct RealOf<std::complex<T>> { using type = T; };

template <class T> __device__ inline T leastOf() {
    if constexpr (std::is_floating_point_v<T>)
        return -std::numeric_limits<T>::infinity();
    else
        return std::numeric_limits<T>::lowest();
}
template <class T> __device__ inline T mostOf() {
    if constexpr (std::is_floating_point_v<T>)
        return std::numeric_limits<T>::infinity();
    else
        return std::numeric_limits<T>::max();
}

/// An accumulator of one number, also of one that is smaller than 4 bytes.
template <class C> struct alignas(sizeof(C) < 4 ? 4 : sizeof(C)) Held { C value; };

/// |z|^2 in double.
__device__ inline double squareOf(double x) { return x * x; }
__device__ inline double squareOf(std::complex<double> z) { return z.re * z.re + z.im * z.im; }
__device__ inline double productWithConjugate(double a, double b) { return a * b; }
__device__ inline double productWithConjugate(std::complex<double> a, std::complex<double> b) {
    return a.re * b.re + a.im * b.im;
}

/// The best element seen and where it is: a NaN before all numbers, the first of equal ones. `place` < 0: none yet.
template <class C> struct Best {
    C value;
    long long place;
    template <bool Largest> __device__ void meet(C other, long long otherPlace) {
        if (otherPlace < 0)
            return;
        const bool mine = value != value, its = other != other;
        const bool equal = (mine && its) || value == other;
        const bool better = its ? !mine : !mine && (Largest ? other > value : other < value);
        if (place < 0 || better || (equal && otherPlace < place)) {
            value = other;
            place = otherPlace;
        }
    }
};

/// Mean and sum of squared distances from it, of elements that come one by one (Welford) or in groups (Chan et al.).
template <class M> struct Moments {
    M mean;
    double squares, count;
    __device__ void add(M x) {
        count += 1;
        const M d = x - mean;
        mean += d / M(count);
        squares += productWithConjugate(d, x - mean);
    }
    __device__ void join(const Moments& other) {
        if (other.count == 0)
            return;
        if (count == 0) {
            *this = other;
            return;
        }
        const double all = count + other.count, part = other.count / all;
        const M d = other.mean - mean;
        mean += d * M(part);
        squares += other.squares + squareOf(d) * (count * part);
        count = all;
    }
};

// --- places

/// As Divisor, for numbers of any size.
struct WideExtent {
    unsigned long long size;
    __device__ unsigned long long quotient(unsigned long long n) const { return n / size; }
};

/// p[k] += the offset of `place` in tensor k.
template <class Index, int N, int R, class Extent>
__device__ inline void addOffsets(long long (&p)[N], Index place, const Extent (&size)[R],
                                  const long long (&stride)[N][R]) {
#pragma unroll
    for (int d = R - 1; d > 0; --d) {
        const Index q = size[d].quotient(place);
        const long long c = (long long)(place - q * size[d].size);
        place = q;
#pragma unroll
        for (int k = 0; k < N; ++k)
            p[k] += c * stride[k][d];
    }
#pragma unroll
    for (int k = 0; k < N; ++k)
        p[k] += (long long)place * stride[k][0];
}
template <class Index, int R, class Extent>
__device__ inline long long offsetOf(Index place, const Extent (&size)[R], const long long (&stride)[R]) {
    long long p = 0;
#pragma unroll
    for (int d = R - 1; d > 0; --d) {
        const Index q = size[d].quotient(place);
        p += (long long)(place - q * size[d].size) * stride[d];
        place = q;
    }
    return p + (long long)place * stride[0];
}

// --- teams: `kLanes` threads that work on one row, several rows a block. All threads of a block take part in join and
// scan, equally often.

template <class A, class Move> __device__ inline A movedWords(const A& value, Move move) {
    static_assert(sizeof(A) % 4 == 0);
    unsigned words[sizeof(A) / 4];
    memcpy(words, &value, sizeof(A));
#pragma unroll
    for (unsigned w = 0; w < sizeof(A) / 4; ++w)
        words[w] = move(words[w]);
    A moved;
    memcpy(&moved, words, sizeof(A));
    return moved;
}

/// Neighbouring threads, for rows whose elements are neighbours in memory.
template <int G> struct RowTeam {
    static constexpr int kLanes = G, kThreads = G > 128 ? G : G > 32 ? G : 128, kRows = kThreads / G;
    static constexpr int kWarps = G > 32 ? G / 32 : 1;
    int lane, slot; ///< slot: which of the block's rows
    __device__ RowTeam() : lane(threadIdx.x % G), slot(threadIdx.x / G) {}

    /// Every lane gets the join of all.
    template <class A, class Join> __device__ void join(A& mine, Join join) const {
        constexpr int kWidth = G > 32 ? 32 : G;
#pragma unroll
        for (int mask = kWidth / 2; mask > 0; mask /= 2) {
            const A other = movedWords(mine, [&](unsigned w) { return __shfl_xor_sync(0xFFFFFFFFu, w, mask); });
            join(mine, other);
        }
        if constexpr (G > 32) {
            __align__(16) __shared__ unsigned char kept[kWarps * sizeof(A)];
            A* const warps = reinterpret_cast<A*>(kept);
            if (lane % 32 == 0)
                warps[lane / 32] = mine;
            __syncthreads();
            A all = warps[0];
            for (int w = 1; w < kWarps; ++w)
                join(all, warps[w]);
            __syncthreads();
            mine = all;
        }
    }
    /// mine = the join of all lanes up to this one; returns that of all.
    template <class A, class Join> __device__ A scan(A& mine, Join join) const {
        constexpr int kWidth = G > 32 ? 32 : G;
        const int at = lane % kWidth;
#pragma unroll
        for (int by = 1; by < kWidth; by *= 2) {
            A before =
                movedWords(mine, [&](unsigned w) { return __shfl_up_sync(0xFFFFFFFFu, w, (unsigned)by, kWidth); });
            if (at >= by) {
                join(before, mine);
                mine = before;
            }
        }
        A all = movedWords(mine, [&](unsigned w) { return __shfl_sync(0xFFFFFFFFu, w, kWidth - 1, kWidth); });
        if constexpr (G > 32) {
            __align__(16) __shared__ unsigned char kept[kWarps * sizeof(A)];
            A* const warps = reinterpret_cast<A*>(kept);
            if (lane % 32 == 31)
                warps[lane / 32] = mine;
            __syncthreads();
            all = warps[0];
            A before = all;
            for (int w = 1; w < kWarps; ++w) {
                if (w == lane / 32)
                    before = all;
                join(all, warps[w]);
            }
            if (lane >= 32) {
                join(before, mine);
                mine = before;
            }
            __syncthreads();
        }
        return all;
    }
};

/// Threads above one another: neighbouring threads work on neighbouring rows, for rows whose elements lie far apart
/// while the rows are neighbours in memory.
template <int C, int L> struct ColumnTeam {
    static constexpr int kLanes = L, kThreads = C * L, kRows = C;
    int lane, slot;
    __device__ ColumnTeam() : lane(threadIdx.x / C), slot(threadIdx.x % C) {}

    template <class A, class Join> __device__ void join(A& mine, Join join) const {
        if constexpr (L > 1) {
            __align__(16) __shared__ unsigned char kept[C * L * sizeof(A)];
            A* const all = reinterpret_cast<A*>(kept);
            all[lane * C + slot] = mine;
            __syncthreads();
            mine = all[slot];
            for (int l = 1; l < L; ++l)
                join(mine, all[l * C + slot]);
            __syncthreads();
        }
    }
    template <class A, class Join> __device__ A scan(A& mine, Join join) const {
        if constexpr (L == 1)
            return mine;
        else {
            __align__(16) __shared__ unsigned char kept[C * L * sizeof(A)];
            A* const each = reinterpret_cast<A*>(kept);
            each[lane * C + slot] = mine;
            __syncthreads();
            A all = each[slot];
            for (int l = 1; l < L; ++l) {
                if (l == lane + 1)
                    mine = all;
                join(all, each[l * C + slot]);
            }
            if (lane == L - 1)
                mine = all;
            __syncthreads();
            return all;
        }
    }
};

template <class Team, class A> __device__ inline A sumOfTeam(const Team& team, A value) {
    team.join(value, [](A& a, const A& b) { a = a + b; });
    return value;
}
/// NaN is passed over.
template <class Team, class A> __device__ inline A maxOfTeam(const Team& team, A value) {
    team.join(value, [](A& a, const A& b) { a = a < b ? b : a; });
    return value;
}

// --- folds: every row's elements from `from` to `to` become one accumulator

/// F: what rows.cpp writes of a Fold. V elements at once, U loads under way.
template <class Team, int V, int U, class F, int N>
__device__ inline typename F::A foldRow(const Team& team, const F& fold, const long long (&row)[N], long long from,
                                        long long to) {
    auto acc = fold.start();
    constexpr long long kSpan = (long long)Team::kLanes * V;
    long long i = from + (long long)team.lane * V;
    for (; i + (U - 1) * kSpan + V <= to; i += U * kSpan) {
        typename F::template Batch<V> batch[U];
#pragma unroll
        for (int u = 0; u < U; ++u) {
            long long p[N];
#pragma unroll
            for (int k = 0; k < N; ++k)
                p[k] = row[k];
            fold.step(p, i + u * kSpan);
            fold.load(batch[u], p);
        }
#pragma unroll
        for (int u = 0; u < U; ++u)
#pragma unroll
            for (int v = 0; v < V; ++v)
                fold.add(acc, batch[u], v, i + u * kSpan + v);
    }
    for (; i < to; i += kSpan)
        for (int v = 0; v < V; ++v)
            if (i + v < to) {
                long long p[N];
                for (int k = 0; k < N; ++k)
                    p[k] = row[k];
                fold.step(p, i + v);
                typename F::template Batch<1> one;
                fold.load(one, p);
                fold.add(acc, one, 0, i + v);
            }
    team.join(acc, [&](auto& a, const auto& b) { fold.join(a, b); });
    return acc;
}

} // namespace fxscope::cuda
