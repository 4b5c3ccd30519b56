// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pool_util.h"

#include <limits>

// y = the largest x of the window, with its place in the plane. The first of equal ones counts, and a NaN wins over all
// before it, as in PyTorch; padding never wins.

namespace fxscope::ops {
namespace {

/// max_pool2d_with_indices(x, kernel_size, stride, padding, dilation, ceil_mode), and max_pool2d.
Result<ValueMeta> inferMaxPool(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto axes, poolAxes(args, 4));
    FX_TRY(const bool ceilMode, boolAt(args, 5));
    FX_TRY(const SymSizes planes, imageSizes(x, 1, 1));
    const size_t rank = planes.size();
    FX_TRY(const SymInt height, pooledSize(x.sizes[rank - 2], axes[0], ceilMode));
    FX_TRY(const SymInt width, pooledSize(x.sizes[rank - 1], axes[1], ceilMode));
    FX_TRY(SymSizes sizes, imageSizes(x, height, width));
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

Result<ValueMeta> inferWithIndices(Metas args) {
    FX_TRY(const ValueMeta values, inferMaxPool(args));
    TensorMeta indices = values.tensor();
    indices.dtype = DType::Int64;
    return tensorList({values.tensor(), indices});
}

struct Window {
    int64_t height, width; ///< of the input plane
    std::array<PoolAxis<int64_t>, 2> axes;
};

/// The place of the largest element of the window of output (oh, ow).
template <class T> int64_t placeOfMax(const T* plane, const Window& in, int64_t oh, int64_t ow) {
    const auto& [rows, columns] = in.axes;
    int64_t best = -1;
    for (int64_t kh = 0; kh < rows.kernel; ++kh)
        for (int64_t kw = 0; kw < columns.kernel; ++kw) {
            const int64_t h = oh * rows.stride - rows.padding + kh * rows.dilation;
            const int64_t w = ow * columns.stride - columns.padding + kw * columns.dilation;
            if (h < 0 || h >= in.height || w < 0 || w >= in.width)
                continue;
            const int64_t at = h * in.width + w;
            if (best < 0 || plane[at] > plane[best] || isNan(plane[at]))
                best = at;
        }
    return best;
}

/// `places` may be undefined.
template <class T> void maxPool(const Tensor& x, const Window& in, Tensor& y, Tensor& places) {
    const size_t rank = y.dim();
    const int64_t height = y.size(rank - 2), width = y.size(rank - 1), area = height * width;
    for (int64_t i = 0; i < y.numel(); ++i) {
        const T* plane = x.data<T>() + i / area * in.height * in.width;
        const int64_t best = placeOfMax(plane, in, i % area / width, i % width);
        y.data<T>()[i] = best < 0 ? std::numeric_limits<T>::lowest() : plane[best];
        if (places.defined())
            places.data<int64_t>()[i] = best;
    }
}

Result<Done> pool(Values args, Tensor& y, Tensor places) {
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const auto axes, poolAxes(args, 4));
    const Window in{x.size(x.dim() - 2), x.size(x.dim() - 1), axes};
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Done> {
        maxPool<T>(x, in, y, places);
        return Done{};
    });
}

Result<Value> runMaxPool(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferMaxPool, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_CHECK(pool(args, y, Tensor()));
    return settle(y, out);
}

Result<Value> runWithIndices(Values args, KernelContext&) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(inferWithIndices, args));
    FX_TRY(Tensor y, rowMajorFor(out[0]));
    FX_TRY(const Tensor places, rowMajorFor(out[1]));
    FX_CHECK(pool(args, y, places));
    return Value(ValueList{settle(y, out[0]), settle(places, out[1])});
}

} // namespace

const OpDef max_pool2d{.target = "torch.ops.aten.max_pool2d.default", .infer = inferMaxPool, .reference = runMaxPool};
const OpDef max_pool2d_with_indices{
    .target = "torch.ops.aten.max_pool2d_with_indices.default", .infer = inferWithIndices, .reference = runWithIndices};

} // namespace fxscope::ops
