// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/fourier.h"

#include <fmt/format.h>

#include <cmath>

// Note [Transforms by factors]
// The stages of core/ops/fourier.cpp, each a kernel over the whole tensor: a stage joins p subsequences of length
// `done` into one, and every element of its result is a sum of p terms. Small prime factors are taken together, up to
// 16, so that fewer stages read and write memory.

namespace fxscope::cuda {
namespace {

constexpr int64_t kLargestRadix = 16;

std::vector<int64_t> radicesOf(int64_t n) {
    std::vector<int64_t> radices;
    const auto add = [&](int64_t prime) {
        if (!radices.empty() && radices.back() * prime <= kLargestRadix)
            radices.back() *= prime;
        else
            radices.push_back(prime);
    };
    for (int64_t p = 2; p * p <= n; ++p)
        for (; n % p == 0; n /= p)
            add(p);
    if (n > 1)
        add(n);
    return radices;
}

Result<Tensor> rootsOf(CudaDevice& device, int64_t n, bool forward) {
    FX_TRY(Tensor roots, device.pool().empty(DType::Complex128, {n}));
    FX_CHECK(
        launch(device, {.outputs = {roots},
                        .integers = {n, forward ? -1 : 1},
                        .body = "const double angle = 6.283185307179586476925286766559 * double(at[0]) / double(k0); "
                                "out0 = O0(std::cos(angle), double(k1) * std::sin(angle));",
                        .coordinates = true}));
    return roots;
}

/// One stage over [outer, n, inner].
Result<Done> runStage(CudaDevice& device, const Tensor& from, const Tensor& roots, int64_t done, int64_t radix,
                      const Tensor& to) {
    const int64_t n = from.size(1), inner = from.size(2), rest = n / (done * radix);
    return launch(device,
                  {.outputs = {to},
                   .raw = {from, roots},
                   .integers = {n, inner, done, radix, rest},
                   .body = "const long long joined = k2 * k3, r = at[1] / joined, place = at[1] % joined, k = place "
                           "% k2; const auto* row = r0 + at[0] * k0 * k1 + at[2]; O0 sum(0); "
                           "for (long long j = 0; j < k3; ++j) sum += row[((j * k4 + r) * k2 + k) * k1] * r1[(j * "
                           "place) % joined * k4]; out0 = sum;",
                   .coordinates = true});
}

/// Row-major `x` transformed along `dim`, in one of the two tensors.
Result<Tensor> alongDim(CudaDevice& device, Tensor x, Tensor other, size_t dim, bool forward) {
    const int64_t n = x.size(dim), inner = x.strides()[dim], outer = x.numel() / (n * inner);
    const Sizes sizes = x.sizes(), flat{outer, n, inner};
    FX_TRY(const Tensor roots, rootsOf(device, n, forward));
    FX_TRY(x, x.asStrided(flat, rowMajorStrides(flat), x.offset()));
    FX_TRY(other, other.asStrided(flat, rowMajorStrides(flat), other.offset()));
    int64_t done = 1;
    for (const int64_t radix : radicesOf(n)) {
        FX_CHECK(runStage(device, x, roots, done, radix, other));
        std::swap(x, other);
        done *= radix;
    }
    return x.asStrided(sizes, rowMajorStrides(sizes), x.offset());
}

} // namespace

Result<Tensor> fourierByFactors(CudaDevice& device, const Tensor& x, const std::vector<size_t>& dims, bool forward) {
    FX_TRY(Tensor work, device.pool().empty(DType::Complex128, x.sizes()));
    if (x.numel() == 0)
        return work;
    FX_CHECK(device.copy(x, work));
    FX_TRY(Tensor other, device.pool().empty(DType::Complex128, x.sizes()));
    for (const size_t dim : dims) {
        FX_TRY(const Tensor made, alongDim(device, work, other, dim, forward));
        if (made.storage() == other.storage())
            std::swap(work, other);
    }
    return work;
}

Result<Tensor> fourierTransform(CudaDevice& device, const Tensor& x, const std::vector<size_t>& dims, bool forward) {
    FX_TRY(std::optional<Tensor> made, fourierByLibrary(device, x, dims, forward));
    return made ? Result<Tensor>(*std::move(made)) : fourierByFactors(device, x, dims, forward);
}

namespace {

using Taken = Result<std::optional<Value>>;

double scaleFor(int64_t normalization, const Tensor& x, const std::vector<size_t>& dims) {
    double points = 1;
    for (const size_t dim : dims)
        points *= static_cast<double>(x.size(dim));
    return normalization == 1 ? 1 / std::sqrt(points) : normalization == 2 ? 1 / points : 1;
}

/// `work` by `scale` into `out`, which may be real or have fewer elements at the end of a dimension.
Result<Done> scaleInto(CudaDevice& device, const Tensor& work, double scale, const Tensor& out) {
    FX_TRY(const Tensor kept, work.asStrided(out.sizes(), work.strides(), work.offset()));
    FX_TRY(const Number number, numberOf(Value(scale), DType::Float64));
    return launch(device, {.outputs = {out},
                           .inputs = {kept},
                           .numbers = {number},
                           .body = "out0 = castTo<O0>(std::complex<double>(in0) * std::complex<double>(n0));"});
}

/// _fft_c2c(self, dim, normalization, forward) and _fft_r2c(self, dim, normalization, onesided)
template <bool FromReal> Taken runForward(const OpDef& op, Values args, Call& call) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(const auto dims, wrapDims(wanted, x.dim()));
    FX_TRY(const bool forward, FromReal ? Result<bool>(true) : boolAt(args, 3));
    FX_TRY(const Tensor work, fourierTransform(call.device, x, dims, forward));
    FX_CHECK(scaleInto(call.device, work, scaleFor(args[2].toInt(), x, dims), out.front()));
    return std::optional(resultOf(std::move(out)));
}

/// The first half of Hermitian rows along `dim` completed to `length` elements, as core/ops/fft.cpp does it.
Result<Tensor> hermitian(CudaDevice& device, const Tensor& half, size_t dim, int64_t length) {
    Sizes sizes = half.sizes();
    sizes[dim] = length;
    FX_TRY(Tensor whole, device.pool().empty(half.dtype(), sizes));
    Elements elements{.outputs = {whole}, .raw = {half}, .integers = half.strides(), .coordinates = true};
    const size_t rank = sizes.size();
    elements.integers.insert(elements.integers.end(), {length, half.size(dim)});
    std::string place;
    for (size_t d = 0; d < rank; ++d)
        place += fmt::format(" + {} * k{}", d == dim ? std::string("k") : fmt::format("at[{}]", d), d);
    elements.body =
        fmt::format("const long long i = at[{0}]; const bool first = 2 * i <= k{1}; const long long k = first ? i "
                    ": k{1} - i; if (k >= k{2}) {{ out0 = O0(0); }} else {{ const O0 value = r0[0{3}]; "
                    "out0 = i == 0 || 2 * i == k{1} ? O0(value.real()) : first ? value : std::conj(value); }}",
                    dim, rank, rank + 1, place);
    FX_CHECK(launch(device, elements));
    return whole;
}

/// _fft_c2r(self, dim, normalization, last_dim_size)
Taken runC2r(const OpDef& op, Values args, Call& call) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(auto dims, wrapDims(wanted, x.dim()));
    const size_t last = dims.back();
    dims.pop_back();
    const int64_t normalization = args[2].toInt();
    if (out.front().numel() == 0)
        return std::optional(resultOf(std::move(out)));
    FX_TRY(const Tensor first, dims.empty() ? Result<Tensor>(x) : fourierTransform(call.device, x, dims, false));
    FX_TRY(const Tensor whole, hermitian(call.device, first, last, args[3].toInt()));
    FX_TRY(const Tensor signal, fourierTransform(call.device, whole, {last}, false));
    const double scale = scaleFor(normalization, x, dims) * scaleFor(normalization, whole, {last});
    FX_CHECK(scaleInto(call.device, signal, scale, out.front()));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel _fft_c2c{"torch.ops.aten._fft_c2c.default", runForward<false>};
const CudaKernel _fft_r2c{"torch.ops.aten._fft_r2c.default", runForward<true>};
const CudaKernel _fft_c2r{"torch.ops.aten._fft_c2r.default", runC2r};

} // namespace fxscope::cuda
