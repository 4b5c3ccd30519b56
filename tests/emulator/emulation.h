// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What device code sees when it is compiled for the host by fake_nvrtc.cpp: CUDA's keywords, built-in variables and
// functions. Threads of a block take turns on one host thread; a barrier hands on to the next.

#include <math.h>
#include <string.h>

#define __device__
#define __host__
#define __global__
#define __grid_constant__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
#define __restrict__
#define __align__(n) alignas(n)

struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};

struct Place3 {
    unsigned x, y, z;
};
/// Of the running thread; fake_cudart.cpp sets them.
extern "C" Place3 fxThreadIdx, fxBlockIdx, fxBlockDim, fxGridDim;
#define threadIdx fxThreadIdx
#define blockIdx fxBlockIdx
#define blockDim fxBlockDim
#define gridDim fxGridDim
#define warpSize 32

extern "C" void fxBarrier();
/// Every lane of the warp gives `mine` and gets that of lane `from` (8 bytes).
extern "C" unsigned long long fxExchange(unsigned long long mine, int from);
/// A bit per lane of the warp whose `vote` is not 0.
extern "C" unsigned fxBallot(int vote);
extern "C" void* fxDynamicShared();

inline void __syncthreads() { fxBarrier(); }
inline void __syncwarp(unsigned = 0xFFFFFFFFu) {}
inline int __syncthreads_or(int vote) {
    static int any;
    fxBarrier();
    any = 0;
    fxBarrier();
    any |= vote != 0;
    fxBarrier();
    return any;
}
inline void __threadfence() {}
inline void __threadfence_system() {}
inline void __threadfence_block() {}

template <class T> T fxShuffle(T value, int from) {
    unsigned long long bits = 0;
    memcpy(&bits, &value, sizeof(T));
    bits = fxExchange(bits, from);
    memcpy(&value, &bits, sizeof(T));
    return value;
}
inline int fxLane() { return int(threadIdx.x % 32); }
template <class T> T __shfl_sync(unsigned, T v, int from, int width = 32) {
    return fxShuffle(v, fxLane() / width * width + from % width);
}
template <class T> T __shfl_xor_sync(unsigned, T v, int mask, int = 32) { return fxShuffle(v, fxLane() ^ mask); }
template <class T> T __shfl_down_sync(unsigned, T v, unsigned by, int width = 32) {
    const int lane = fxLane(), to = lane + int(by);
    return fxShuffle(v, to / width == lane / width ? to : lane);
}
template <class T> T __shfl_up_sync(unsigned, T v, unsigned by, int width = 32) {
    const int lane = fxLane(), to = lane - int(by);
    return fxShuffle(v, to >= 0 && to / width == lane / width ? to : lane);
}
inline unsigned __ballot_sync(unsigned, int vote) { return fxBallot(vote); }
inline int __any_sync(unsigned, int vote) { return fxBallot(vote) != 0; }
inline unsigned __activemask() { return 0xFFFFFFFFu; }

// --- bits
inline unsigned __umulhi(unsigned a, unsigned b) { return unsigned((unsigned long long)a * b >> 32); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned long long)((unsigned __int128)a * b >> 64);
}
template <class To, class From> constexpr To fxBits(From v) { return __builtin_bit_cast(To, v); }
constexpr int __float_as_int(float v) { return fxBits<int>(v); }
constexpr unsigned __float_as_uint(float v) { return fxBits<unsigned>(v); }
constexpr float __int_as_float(int v) { return fxBits<float>(v); }
constexpr float __uint_as_float(unsigned v) { return fxBits<float>(v); }
constexpr long long __double_as_longlong(double v) { return fxBits<long long>(v); }
constexpr double __longlong_as_double(long long v) { return fxBits<double>(v); }
inline int __popc(unsigned v) { return __builtin_popcount(v); }
inline int __popcll(unsigned long long v) { return __builtin_popcountll(v); }
inline int __clz(int v) { return v ? __builtin_clz(unsigned(v)) : 32; }
inline int __clzll(long long v) { return v ? __builtin_clzll((unsigned long long)v) : 64; }
inline int __ffs(int v) { return __builtin_ffs(v); }
template <class T> T __ldg(const T* p) { return *p; }
template <class T> T __ldcs(const T* p) { return *p; }
template <class T> void __stcs(T* p, T v) { *p = v; }

// --- atomics: one host thread runs all threads
template <class T, class U> T atomicAdd(T* at, U v) {
    const T old = *at;
    *at = T(old + v);
    return old;
}
template <class T, class U> T atomicSub(T* at, U v) {
    const T old = *at;
    *at = T(old - v);
    return old;
}
template <class T, class U> T atomicMax(T* at, U v) {
    const T old = *at;
    if (T(v) > old)
        *at = T(v);
    return old;
}
template <class T, class U> T atomicMin(T* at, U v) {
    const T old = *at;
    if (T(v) < old)
        *at = T(v);
    return old;
}
template <class T, class U> T atomicExch(T* at, U v) {
    const T old = *at;
    *at = T(v);
    return old;
}
template <class T, class U> T atomicOr(T* at, U v) {
    const T old = *at;
    *at = T(old | v);
    return old;
}
template <class T, class U> T atomicAnd(T* at, U v) {
    const T old = *at;
    *at = T(old & v);
    return old;
}
template <class T, class A, class B> T atomicCAS(T* at, A expected, B v) {
    const T old = *at;
    if (old == T(expected))
        *at = T(v);
    return old;
}
template <class T, class A, class B> T atomicCAS_system(T* at, A expected, B v) { return atomicCAS(at, expected, v); }

// --- mathematics: CUDA has every function of <math.h> for float and double under one name
#undef isnan
#undef isinf
#undef isfinite
#undef signbit
#define FX_MATH(name)                                                                                                  \
    inline float name(float x) { return name##f(x); }
#define FX_MATH2(name)                                                                                                 \
    inline float name(float x, float y) { return name##f(x, y); }
FX_MATH(acos)
FX_MATH(acosh)
FX_MATH(asin)
FX_MATH(asinh)
FX_MATH(atan)
FX_MATH(atanh)
FX_MATH(cbrt)
FX_MATH(ceil)
FX_MATH(cos)
FX_MATH(cosh)
FX_MATH(erf)
FX_MATH(erfc)
FX_MATH(exp)
FX_MATH(exp2)
FX_MATH(expm1)
FX_MATH(fabs)
FX_MATH(floor)
FX_MATH(log)
FX_MATH(log10)
FX_MATH(log1p)
FX_MATH(log2)
FX_MATH(nearbyint)
FX_MATH(rint)
FX_MATH(round)
FX_MATH(sin)
FX_MATH(sinh)
FX_MATH(sqrt)
FX_MATH(tan)
FX_MATH(tanh)
FX_MATH(trunc)
FX_MATH(tgamma)
FX_MATH(lgamma)
FX_MATH2(atan2)
FX_MATH2(copysign)
FX_MATH2(fmod)
FX_MATH2(hypot)
FX_MATH2(pow)
FX_MATH2(fmax)
FX_MATH2(fmin)
#undef FX_MATH
#undef FX_MATH2
inline float fma(float a, float b, float c) { return fmaf(a, b, c); }
inline float frexp(float x, int* e) { return frexpf(x, e); }
inline float ldexp(float x, int e) { return ldexpf(x, e); }
template <class T> bool isnan(T x) { return x != x; }
template <class T> bool isinf(T x) { return __builtin_isinf(x); }
template <class T> bool isfinite(T x) { return __builtin_isfinite(x); }
template <class T> bool signbit(T x) { return __builtin_signbit(x); }
inline float rsqrtf(float x) { return 1 / sqrtf(x); }
inline double rsqrt(double x) { return 1 / sqrt(x); }
inline float rsqrt(float x) { return 1 / sqrtf(x); }
inline void __sincosf(float x, float* s, float* c) {
    *s = sinf(x);
    *c = cosf(x);
}
inline float __logf(float x) { return logf(x); }
inline float __expf(float x) { return expf(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline double __dadd_rn(double a, double b) { return a + b; }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }
template <class T> T min(T a, T b) { return b < a ? b : a; }
template <class T> T max(T a, T b) { return a < b ? b : a; }
inline long long llabs_(long long x) { return x < 0 ? -x : x; }
