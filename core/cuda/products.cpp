// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/products.h"

#include "core/cuda/launch_arguments.h"
#include "core/ops/operand.h"

#include <fmt/format.h>

// Note [Tiles of a product]
// A block of 256 threads computes 64 x 64 elements of the result, each thread 4 x 4 of them, 16 apart so that threads
// side by side write side by side. Slices of 64 x 16 of a and 16 x 64 of b go through shared memory, already in the
// type that sums are kept in.

namespace fxscope::cuda {
namespace {

constexpr int kTile = 64, kThreads = 256;

constexpr std::string_view kTilesText = R"(
struct Arguments {
    const T *a, *b;
    const D* added;
    D* out;
    long long rows, columns, inner, tilesDown, tilesAcross;
    long long aStep[3], bStep[3], addedStep[3], outStep[3];
    S alpha, beta;
};
constexpr int kTile = 64, kDepth = 16;
extern "C" __global__ void __launch_bounds__(256) kernel(const __grid_constant__ Arguments p) {
    alignas(16) __shared__ unsigned char leftBytes[kDepth * (kTile + 1) * sizeof(S)];
    alignas(16) __shared__ unsigned char rightBytes[kDepth * (kTile + 1) * sizeof(S)];
    S* const left = reinterpret_cast<S*>(leftBytes);
    S* const right = reinterpret_cast<S*>(rightBytes);
    const long long tiles = p.tilesDown * p.tilesAcross, batch = blockIdx.x / tiles, tile = blockIdx.x % tiles;
    const long long row = tile / p.tilesAcross * kTile, column = tile % p.tilesAcross * kTile;
    const T* const a = p.a + batch * p.aStep[0];
    const T* const b = p.b + batch * p.bStep[0];
    const int thread = threadIdx.x, x = thread % 16, y = thread / 16;
    S sums[4][4];
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
            sums[i][j] = S(0);
    for (long long k = 0; k < p.inner; k += kDepth) {
        for (int n = thread; n < kTile * kDepth; n += 256) {
            const int depth = kInnerFast ? n % kDepth : n / kTile, across = kInnerFast ? n / kDepth : n % kTile;
            const bool inside = row + across < p.rows && k + depth < p.inner;
            left[depth * (kTile + 1) + across] =
                inside ? widened(a[(row + across) * p.aStep[1] + (k + depth) * p.aStep[2]]) : S(0);
        }
        for (int n = thread; n < kTile * kDepth; n += 256) {
            const int depth = kColumnFast ? n / kTile : n % kDepth, across = kColumnFast ? n % kTile : n / kDepth;
            const bool inside = column + across < p.columns && k + depth < p.inner;
            right[depth * (kTile + 1) + across] =
                inside ? widened(b[(k + depth) * p.bStep[1] + (column + across) * p.bStep[2]]) : S(0);
        }
        __syncthreads();
        for (int depth = 0; depth < kDepth; ++depth) {
            S l[4], r[4];
            for (int i = 0; i < 4; ++i) {
                l[i] = left[depth * (kTile + 1) + y + 16 * i];
                r[i] = right[depth * (kTile + 1) + x + 16 * i];
            }
            for (int i = 0; i < 4; ++i)
                for (int j = 0; j < 4; ++j)
                    sums[i][j] += l[i] * r[j];
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) {
            const long long m = row + y + 16 * i, n = column + x + 16 * j;
            if (m >= p.rows || n >= p.columns)
                continue;
            S value = p.alpha * sums[i][j];
            if constexpr (kAdds)
                value += p.beta * S(widened(p.added[batch * p.addedStep[0] + m * p.addedStep[1] + n * p.addedStep[2]]));
            p.out[batch * p.outStep[0] + m * p.outStep[1] + n * p.outStep[2]] = castTo<D>(value);
        }
}
)";

/// The dtype of SumType<T> in kernels/sum_type.cuh.
DType sumDType(DType dtype) {
    if (isComplex(dtype))
        return DType::Complex128;
    if (!isFloating(dtype))
        return DType::Int64;
    return dtype == DType::Float16 || dtype == DType::BFloat16 ? DType::Float32 : DType::Float64;
}

/// Sources differ in which way threads load side by side.
std::string sourceFor(DType operands, DType out, bool adds, bool innerFast, bool columnFast) {
    return fmt::format(
               "#include \"core/cuda/kernels/sum_type.cuh\"\nusing namespace fxscope;\nusing namespace "
               "fxscope::cuda;\nusing T = {};\nusing D = {};\nusing S = SumType<T>;\nconstexpr bool kAdds = {}, "
               "kInnerFast = {}, kColumnFast = {};\n",
               deviceType(operands), deviceType(out), adds, innerFast, columnFast) +
           std::string(kTilesText);
}

/// A number as the kernel's S.
void addNumber(LaunchArguments& arguments, const Number& number) {
    const size_t bytes = bytesOf(number.dtype);
    arguments.add(number.bytes.data(), bytes, isComplex(number.dtype) ? bytes / 2 : bytes);
}

} // namespace

std::string tilesSource(DType operands, DType out, bool adds) { return sourceFor(operands, out, adds, true, true); }

bool multiplies(DType dtype) { return dtype != DType::Bool && !deviceType(dtype).empty(); }

Result<Tensor> asStack(const Tensor& x) {
    if (x.dim() == 3)
        return x;
    if (x.dim() != 2)
        return Diagnostic{"a matrix has 2 dimensions, or 3 with a batch", "", ""};
    return x.asStrided({1, x.size(0), x.size(1)}, {0, x.strides()[0], x.strides()[1]}, x.offset());
}

Result<Tensor> turned(const Tensor& x) {
    Sizes sizes = x.sizes(), strides = x.strides();
    std::swap(sizes[x.dim() - 1], sizes[x.dim() - 2]);
    std::swap(strides[x.dim() - 1], strides[x.dim() - 2]);
    return x.asStrided(std::move(sizes), std::move(strides), x.offset());
}

Result<Done> multiplyByTiles(CudaDevice& device, const Product& product) {
    const Tensor& out = product.out;
    if (out.numel() == 0)
        return Done{};
    const DType sum = sumDType(product.a.dtype());
    FX_TRY(const Number alpha, numberOf(product.alpha, sum));
    FX_TRY(const Number beta, numberOf(product.beta, sum));
    const bool adds = product.added && beta.bytes != Number{}.bytes;
    FX_TRY(const Tensor added, adds ? expandTo(*product.added, out.sizes()) : Result<Tensor>(out));
    const int64_t down = (out.size(1) + kTile - 1) / kTile, across = (out.size(2) + kTile - 1) / kTile;
    LaunchArguments arguments;
    for (const Tensor* x : {&product.a, &product.b, &added, &out})
        arguments.add(x->raw());
    for (const int64_t size : {out.size(1), out.size(2), product.a.size(2), down, across})
        arguments.add(size);
    for (const Tensor* x : {&product.a, &product.b, &added, &out})
        for (const int64_t step : x->strides())
            arguments.add(step);
    addNumber(arguments, alpha);
    addNumber(arguments, beta);
    const std::string source =
        sourceFor(product.a.dtype(), out.dtype(), adds, product.a.strides()[2] == 1, product.b.strides()[2] == 1);
    return device.launch(source, out.size(0) * down * across, kThreads, arguments.bytes());
}

Result<Done> multiply(CudaDevice& device, const Product& product) {
    FX_TRY(const bool done, multiplyByLibrary(device, product));
    return done ? Result<Done>(Done{}) : multiplyByTiles(device, product);
}

} // namespace fxscope::cuda
