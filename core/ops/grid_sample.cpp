// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/grid_sampler.h"
#include "core/ops/memory_format.h"

#include <cmath>

// grid_sampler_2d(input, grid, interpolation_mode, padding_mode, align_corners): the image at places (x, y) in [-1, 1].
// -1 and 1 are the centres of the corner elements with align_corners, else the image's edges. Interpolation is bilinear
// (0), nearest (1) or bicubic (2); outside the image is 0 (0), the nearest edge (1), or a reflection (2).

namespace fxscope::ops {
namespace {

Result<ValueMeta> inferGridSampler(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta grid, tensorAt(args, 1));
    FX_TRY(const int64_t mode, intAt(args, 2));
    FX_TRY(const int64_t padding, intAt(args, 3));
    const bool shapes =
        x.sizes.size() == 4 && grid.sizes.size() == 4 && grid.sizes[3].is(2) && !differ(x.sizes[0], grid.sizes[0]);
    if (!shapes)
        return Diagnostic{"grid_sampler(): expected 4D input and grid with the same batch size and a last dimension of "
                          "2 in grid, but got input with sizes " +
                              sizesText(x.sizes) + " and grid with sizes " + sizesText(grid.sizes),
                          "", ""};
    if (x.dtype != grid.dtype)
        return Diagnostic{"grid_sampler(): expected input and grid to have same dtype, but input has " +
                              std::string(scalarTypeName(x.dtype)) + " and grid has " +
                              std::string(scalarTypeName(grid.dtype)),
                          "", ""};
    if (x.sizes[2].is(0) || x.sizes[3].is(0))
        return Diagnostic{"grid_sampler(): expected input to have non-empty spatial dimensions", "", ""};
    if (mode < grid::kGridBilinear || mode > grid::kGridBicubic || padding < grid::kGridZeros ||
        padding > grid::kGridReflection)
        return Diagnostic{"grid_sampler(): interpolation_mode and padding_mode must be 0, 1 or 2", "", ""};
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, {x.sizes[0], x.sizes[1], grid.sizes[1], grid.sizes[2]}));
}

Result<Value> runGridSampler(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferGridSampler, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const Tensor grid, args[1].tensor().contiguous());
    FX_TRY(const bool aligned, boolAt(args, 4));
    const int64_t mode = args[2].toInt(), padding = args[3].toInt();
    const int64_t places = y.size(2) * y.size(3), channels = y.size(1), plane = x.size(2) * x.size(3);
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        using C = Stepwise<T>;
        const grid::GridSampler<T, C> sampler{
            {x.size(2), padding, aligned}, {x.size(3), padding, aligned}, mode, x.size(3), 1};
        for (int64_t i = 0; i < y.numel(); ++i) {
            const int64_t image = i / (places * channels), place = image * places + i % places;
            const T* at = grid.data<T>() + 2 * place;
            y.data<T>()[i] = T(sampler.sample(x.data<T>() + i / places * plane, C(at[0]), C(at[1])));
        }
        return settle(y, out);
    });
}

} // namespace

const OpDef grid_sampler_2d{
    .target = "torch.ops.aten.grid_sampler_2d.default", .infer = inferGridSampler, .reference = runGridSampler};

} // namespace fxscope::ops
