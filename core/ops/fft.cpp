// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/fourier.h"
#include "core/ops/memory_format.h"
#include "core/ops/words.h"

#include <cmath>

// _fft_c2c, _fft_r2c and _fft_c2r: y_k = scale * sum of x_j e^(-2 pi i j k / n), + in the exponent backwards, along
// each dimension in turn. normalization 0 is scale 1, 1 is 1 / sqrt(n), 2 is 1 / n, n the product of the lengths.
// Computed in double. A real signal's spectrum is Hermitian: onesided keeps its first n / 2 + 1 elements, and c2r reads
// only these.

namespace fxscope::ops {
namespace {

using Complex = std::complex<double>;

/// Which dimensions are transformed, in the order PyTorch takes them: by falling stride, except a fixed last one.
Result<std::vector<size_t>> transformedDims(Metas args, const TensorMeta& x, bool keepLast) {
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(std::vector<size_t> dims, wrapDims(wanted, x.sizes.size()));
    for (const size_t dim : dims)
        if (x.sizes.empty() || (x.sizes[dim].isConstant() && x.sizes[dim].constant() < 1))
            return Diagnostic{"Invalid number of data points (" +
                                  (x.sizes.empty() ? std::string("0") : x.sizes[dim].str()) + ") specified",
                              "", ""};
    const auto before = [&](size_t a, size_t b) { return less((*x.strides)[b], (*x.strides)[a]); };
    if (x.strides && !dims.empty())
        std::sort(dims.begin(), dims.end() - (keepLast ? 1 : 0), before);
    return dims;
}

/// The transformed dimensions lie innermost in the result, in their order; the others by the input's strides.
TensorMeta spectrumMeta(const TensorMeta& x, DType dtype, SymSizes sizes, const std::vector<size_t>& dims) {
    std::vector<size_t> order(sizes.size());
    for (size_t d = 0; d < order.size(); ++d)
        order[d] = d;
    const auto batchEnd = std::partition(
        order.begin(), order.end(), [&](size_t d) { return std::find(dims.begin(), dims.end(), d) == dims.end(); });
    if (x.strides)
        std::sort(order.begin(), batchEnd, [&](size_t a, size_t b) { return less((*x.strides)[b], (*x.strides)[a]); });
    std::copy(dims.begin(), dims.end(), batchEnd);
    TensorMeta result = newMeta(dtype, std::move(sizes), &x);
    SymInt step = 1;
    for (size_t i = order.size(); i-- > 0;) {
        (*result.strides)[order[i]] = step;
        step = step * result.sizes[order[i]];
    }
    return result;
}

DType complexFor(DType real) { return real == DType::Float64 ? DType::Complex128 : DType::Complex64; }

Result<Done> needsDType(const TensorMeta& x, bool complex) {
    const bool fits = complex ? isComplex(x.dtype) && x.dtype != DType::Complex32
                              : x.dtype == DType::Float32 || x.dtype == DType::Float64;
    return fits ? Result<Done>(Done{})
                : Diagnostic{"Unsupported dtype " + std::string(scalarTypeName(x.dtype)), "", ""};
}

/// _fft_c2c(self, dim, normalization, forward)
Result<ValueMeta> inferC2c(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_CHECK(needsDType(x, true));
    FX_TRY(const auto dims, transformedDims(args, x, false));
    if (dims.empty())
        return inferSameAsFirst(args);
    return ValueMeta::tensor(spectrumMeta(x, x.dtype, x.sizes, dims));
}

/// _fft_r2c(self, dim, normalization, onesided): the last listed dimension may lose its second half
Result<ValueMeta> inferR2c(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_CHECK(needsDType(x, false));
    FX_TRY(const auto dims, transformedDims(args, x, true));
    FX_TRY(const bool oneSided, boolAt(args, 3));
    SymSizes sizes = x.sizes;
    if (oneSided && !dims.empty())
        sizes[dims.back()] = floorDiv(sizes[dims.back()], 2) + 1;
    return ValueMeta::tensor(spectrumMeta(x, complexFor(x.dtype), std::move(sizes), dims));
}

/// _fft_c2r(self, dim, normalization, last_dim_size)
Result<ValueMeta> inferC2r(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_CHECK(needsDType(x, true));
    FX_TRY(const auto dims, transformedDims(args, x, true));
    FX_TRY(const SymInt length, symIntAt(args, 3));
    if (dims.empty())
        return Diagnostic{"_fft_c2r needs a dimension", "", ""};
    TensorMeta between = x;
    if (dims.size() > 1) { // PyTorch transforms the other dimensions first, into a layout of its own
        FX_TRY(const auto others, transformedDims(args, x, true));
        std::vector<size_t> first(others.begin(), others.end() - 1);
        between = spectrumMeta(x, x.dtype, x.sizes, first);
    }
    SymSizes sizes = x.sizes;
    sizes[dims.back()] = length;
    return ValueMeta::tensor(spectrumMeta(between, realOf(x.dtype), std::move(sizes), {dims.back()}));
}

// --- kernels: everything happens in a row-major complex128 tensor

double scaleFor(int64_t normalization, double points) {
    return normalization == 1 ? 1 / std::sqrt(points) : normalization == 2 ? 1 / points : 1;
}

/// Replaces every row along `dim` by its transform.
void transformAlong(Tensor& x, size_t dim, bool forward) {
    const int64_t count = x.size(dim), step = x.strides()[dim];
    const Fourier plan(count, forward);
    std::vector<Complex> row(static_cast<size_t>(count));
    for (int64_t i = 0; i < x.numel() / count; ++i) {
        Complex* start = x.data<Complex>() + i / step * step * count + i % step;
        for (int64_t k = 0; k < count; ++k)
            row[static_cast<size_t>(k)] = start[k * step];
        plan.transform(row);
        for (int64_t k = 0; k < count; ++k)
            start[k * step] = row[static_cast<size_t>(k)];
    }
}

void scaleBy(Tensor& x, double scale) {
    for (int64_t i = 0; scale != 1 && i < x.numel(); ++i)
        x.data<Complex>()[i] *= scale;
}

/// `x` transformed along `dims`, row-major in complex128.
Result<Tensor> transformed(const Tensor& x, const std::vector<size_t>& dims, int64_t normalization, bool forward) {
    FX_TRY(const Tensor wide, converted(x, DType::Complex128));
    FX_TRY(Tensor work, wide.clone());
    double points = 1;
    for (const size_t dim : dims) {
        points *= static_cast<double>(x.size(dim));
        if (work.numel())
            transformAlong(work, dim, forward);
    }
    scaleBy(work, scaleFor(normalization, points));
    return work;
}

Result<Value> runC2c(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferC2c, args));
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(const auto dims, wrapDims(wanted, out.dim()));
    FX_TRY(const bool forward, boolAt(args, 3));
    FX_TRY(const Tensor work, transformed(args[0].tensor(), dims, args[2].toInt(), forward));
    FX_CHECK(copyInto(work, out));
    return Value(out);
}

Result<Value> runR2c(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferR2c, args));
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(const auto dims, wrapDims(wanted, out.dim()));
    FX_TRY(const Tensor work, transformed(args[0].tensor(), dims, args[2].toInt(), true));
    FX_TRY(const Tensor kept, work.asStrided(out.sizes(), work.strides(), work.offset()));
    FX_CHECK(copyInto(kept, out));
    return Value(out);
}

/// The first half of a Hermitian row completed to `length` elements: x_(n - k) = conj(x_k). Elements beyond are cut,
/// missing ones 0; what must be real is taken as real.
Result<Tensor> hermitian(const Tensor& half, size_t dim, int64_t length) {
    Sizes sizes = half.sizes();
    const int64_t given = sizes[dim], kept = std::min(given, length / 2 + 1);
    sizes[dim] = length;
    FX_TRY(Tensor whole, Tensor::zeros(DType::Complex128, sizes));
    const int64_t step = half.strides()[dim];
    for (int64_t i = 0; given && i < half.numel() / given; ++i) {
        const Complex* from = half.data<Complex>() + i / step * step * given + i % step;
        Complex* to = whole.data<Complex>() + i / step * step * length + i % step;
        for (int64_t k = 0; k < kept; ++k) {
            const bool real = k == 0 || 2 * k == length;
            to[k * step] = real ? Complex(from[k * step].real()) : from[k * step];
            if (!real)
                to[(length - k) * step] = std::conj(from[k * step]);
        }
    }
    return whole;
}

Result<Value> runC2r(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferC2r, args));
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(auto dims, wrapDims(wanted, out.dim()));
    const size_t last = dims.back();
    dims.pop_back();
    const int64_t normalization = args[2].toInt(), length = args[3].toInt();
    FX_TRY(const Tensor first, transformed(args[0].tensor(), dims, normalization, false));
    FX_TRY(const Tensor whole, hermitian(first, last, length));
    FX_TRY(const Tensor signal, transformed(whole, {last}, normalization, false));
    FX_CHECK(copyInto(signal, out));
    return Value(out);
}

} // namespace

const OpDef _fft_c2c{.target = "torch.ops.aten._fft_c2c.default", .infer = inferC2c, .reference = runC2c};
const OpDef _fft_r2c{.target = "torch.ops.aten._fft_r2c.default", .infer = inferR2c, .reference = runR2c};
const OpDef _fft_c2r{.target = "torch.ops.aten._fft_c2r.default", .infer = inferC2r, .reference = runC2r};

} // namespace fxscope::ops
