// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/cpu/vector.h"
#include "core/ops/memory_format.h"
#include "core/ops/pool_util.h"

// Max pooling, group norm and batch norm of row-major float images: planes shared among the threads.

namespace fxscope::cpu {
namespace {

constexpr int64_t kGrain = 65536; // elements that are worth a thread

bool isRowMajorFloat(const Value& value) {
    return value.isTensor() && value.tensor().dtype() == DType::Float32 && value.tensor().isContiguous() &&
           value.tensor().numel() > 0 && !suggestsChannelsLast(value.tensor());
}

int64_t grainFor(int64_t elements) { return std::max<int64_t>(1, kGrain / std::max<int64_t>(1, elements)); }

// --- max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode), with the places of the largest elements

struct Pool {
    int64_t height, width, outHeight, outWidth;
    std::array<PoolAxis<int64_t>, 2> axes;
};

/// Taps [first, last) of an axis that lie inside the input for a window that starts at `start`.
std::pair<int64_t, int64_t> insideTaps(const PoolAxis<int64_t>& axis, int64_t start, int64_t size) {
    const int64_t first = start < 0 ? (-start + axis.dilation - 1) / axis.dilation : 0;
    const int64_t last = start >= size ? 0 : (size - start + axis.dilation - 1) / axis.dilation;
    return {first, std::min(last, axis.kernel)};
}

/// `places` may be null. As in the reference the first of equal elements counts, and a NaN wins over all before it.
void poolPlane(const Pool& pool, const float* x, float* y, int64_t* places) {
    const auto& [rows, columns] = pool.axes;
    for (int64_t oh = 0; oh < pool.outHeight; ++oh) {
        const int64_t top = oh * rows.stride - rows.padding;
        const auto [firstRow, lastRow] = insideTaps(rows, top, pool.height);
        for (int64_t ow = 0; ow < pool.outWidth; ++ow) {
            const int64_t left = ow * columns.stride - columns.padding;
            const auto [firstColumn, lastColumn] = insideTaps(columns, left, pool.width);
            int64_t best = -1;
            float most = -INFINITY;
            for (int64_t kh = firstRow; kh < lastRow; ++kh)
                for (int64_t kw = firstColumn; kw < lastColumn; ++kw) {
                    const int64_t at = (top + kh * rows.dilation) * pool.width + left + kw * columns.dilation;
                    const bool wins = best < 0 || x[at] > most || x[at] != x[at];
                    best = wins ? at : best;
                    most = wins ? x[at] : most;
                }
            *y++ = best < 0 ? std::numeric_limits<float>::lowest() : most;
            if (places)
                *places++ = best;
        }
    }
}

bool takesPool(Values args) { return isRowMajorFloat(args[0]) && args[0].tensor().dim() >= 2; }

Result<Value> runPool(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op.infer, args));
    FX_TRY(const auto axes, poolAxes(args, 4));
    const Tensor& x = args[0].tensor();
    const size_t rank = x.dim();
    const Pool pool{x.size(rank - 2), x.size(rank - 1), out[0].size(rank - 2), out[0].size(rank - 1), axes};
    const int64_t inArea = pool.height * pool.width, outArea = pool.outHeight * pool.outWidth;
    int64_t* places = out.size() > 1 ? out[1].data<int64_t>() : nullptr;
    parallelFor(x.numel() / inArea, grainFor(outArea * axes[0].kernel * axes[1].kernel),
                [&](int64_t begin, int64_t end) {
                    for (int64_t p = begin; p < end; ++p)
                        poolPlane(pool, x.data<float>() + p * inArea, out[0].data<float>() + p * outArea,
                                  places ? places + p * outArea : nullptr);
                });
    return out.size() > 1 ? Value(ValueList{out[0], out[1]}) : Value(out[0]);
}

// --- native_group_norm and _native_batch_norm_legit_no_training: y = x * scale + shift for each channel's plane

FX_VECTOR void scalePlane(const float* x, float scale, float shift, int64_t count, float* y) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = x[i] * scale + shift;
}

/// An optional vector of numbers by channel, row-major floats.
struct Channel {
    Tensor numbers;
    float fallback;
    float operator[](int64_t c) const { return numbers.defined() ? numbers.data<float>()[c] : fallback; }
};

bool isNoneOrFloats(const Value& value) {
    return value.isNone() || (value.isTensor() && value.tensor().dtype() == DType::Float32);
}

Result<Channel> channelAt(Values args, size_t i, float fallback) {
    if (isNoneAt(args, i))
        return Channel{{}, fallback};
    FX_TRY(Tensor numbers, args[i].tensor().contiguous());
    return Channel{std::move(numbers), fallback};
}

/// _native_batch_norm_legit_no_training(x, weight, bias, mean, var, momentum, eps)
bool takesBatchNorm(Values args) {
    return isRowMajorFloat(args[0]) && isNoneOrFloats(args[1]) && isNoneOrFloats(args[2]) && args[3].isTensor() &&
           isNoneOrFloats(args[3]) && args[4].isTensor() && isNoneOrFloats(args[4]);
}

Result<Value> runBatchNorm(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op.infer, args));
    FX_TRY(const Channel weight, channelAt(args, 1, 1));
    FX_TRY(const Channel bias, channelAt(args, 2, 0));
    FX_TRY(const Channel mean, channelAt(args, 3, 0));
    FX_TRY(const Channel var, channelAt(args, 4, 1));
    FX_TRY(const double eps, doubleAt(args, 6));
    const Tensor& x = args[0].tensor();
    const int64_t channels = x.size(1), planes = x.size(0) * channels, count = x.numel() / planes;
    parallelFor(planes, grainFor(count), [&](int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end; ++p) {
            const int64_t c = p % channels;
            const auto scale = static_cast<float>(weight[c] / std::sqrt(var[c] + eps));
            scalePlane(x.data<float>() + p * count, scale, bias[c] - mean[c] * scale, count,
                       out[0].data<float>() + p * count);
        }
    });
    return Value(ValueList(out.begin(), out.end()));
}

/// Sum and sum of squares about `about`, in double: groups may be long and far from zero.
std::pair<double, double> momentsAbout(const float* x, int64_t count, double about) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < count; ++i) {
        const double d = x[i] - about;
        sum += d;
        squares += d * d;
    }
    return {sum, squares};
}

/// native_group_norm(x, weight, bias, N, C, HxW, group, eps)
bool takesGroupNorm(Values args) {
    return isRowMajorFloat(args[0]) && isNoneOrFloats(args[1]) && isNoneOrFloats(args[2]);
}

Result<Value> runGroupNorm(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op.infer, args));
    FX_TRY(const Channel weight, channelAt(args, 1, 1));
    FX_TRY(const Channel bias, channelAt(args, 2, 0));
    FX_TRY(const double eps, doubleAt(args, 7));
    const Tensor& x = args[0].tensor();
    const int64_t groups = args[6].toInt(), perGroup = args[4].toInt() / groups, rows = out[1].numel();
    const int64_t count = x.numel() / rows, plane = count / perGroup;
    parallelFor(rows, grainFor(count), [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r) {
            const float* from = x.data<float>() + r * count;
            const auto elements = static_cast<double>(count);
            const double mean = momentsAbout(from, count, 0).first / elements;
            const double rstd = 1 / std::sqrt(momentsAbout(from, count, mean).second / elements + eps);
            out[1].data<float>()[r] = static_cast<float>(mean);
            out[2].data<float>()[r] = static_cast<float>(rstd);
            for (int64_t i = 0; i < perGroup; ++i) {
                const int64_t c = r % groups * perGroup + i;
                scalePlane(from + i * plane, static_cast<float>(rstd * weight[c]),
                           static_cast<float>(bias[c] - mean * rstd * weight[c]), plane,
                           out[0].data<float>() + r * count + i * plane);
            }
        }
    });
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const CpuKernel max_pool2d{"torch.ops.aten.max_pool2d.default", takesPool, runPool};
const CpuKernel max_pool2d_with_indices{"torch.ops.aten.max_pool2d_with_indices.default", takesPool, runPool};
const CpuKernel native_group_norm{"torch.ops.aten.native_group_norm.default", takesGroupNorm, runGroupNorm};
const CpuKernel _native_batch_norm_legit_no_training{"torch.ops.aten._native_batch_norm_legit_no_training.default",
                                                     takesBatchNorm, runBatchNorm};

} // namespace fxscope::cpu
