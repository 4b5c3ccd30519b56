// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/positions.h"

#include "core/cuda/cuda_kernel.h"
#include "core/cuda/kernels/positions.cuh"

#include <fmt/format.h>

namespace fxscope::cuda {
namespace {

Result<Done> launchTiles(CudaDevice& device, std::string_view function, int64_t blocks,
                         const PositionsArguments& arguments) {
    return device.launch(positionsSource(function), blocks, kTileThreads, std::as_bytes(std::span(&arguments, 1)));
}

/// Positions of what is not 0 in the row-major tensor `flags`, as coordinates of a tensor of `sizes`.
Result<Tensor> placesIn(CudaDevice& device, const Tensor& flags, const Sizes& sizes) {
    if (sizes.size() > kMostDimensions)
        return Diagnostic{"nonzero of more than 16 dimensions is not implemented on cuda", "",
                          "run this graph with --device cpu"};
    PositionsArguments a{};
    a.flags = flags.raw();
    a.count = flags.numel();
    a.tileCount = (a.count + kTile - 1) / kTile;
    FX_TRY(Tensor tiles, device.pool().empty(DType::Int64, {a.tileCount + 1}));
    a.tiles = reinterpret_cast<long long*>(tiles.raw());
    const std::string_view type = deviceType(flags.dtype());
    FX_CHECK(launchTiles(device, fmt::format("countTile<{}>", type), a.tileCount, a));
    FX_CHECK(launchTiles(device, "sumTiles", 1, a));
    FX_TRY(const Tensor whole, tiles.asStrided({1}, {1}, a.tileCount));
    FX_TRY(const Tensor onHost, device.download(whole)); // waits: the result has this size
    a.found = *onHost.data<int64_t>();
    a.rank = static_cast<int>(sizes.size());
    for (size_t d = 0; d < sizes.size(); ++d)
        a.sizes[d] = sizes[d];
    FX_TRY(Tensor out, device.pool().empty(DType::Int64, {a.found, a.rank}, {1, a.found}));
    a.out = reinterpret_cast<long long*>(out.raw());
    if (a.found > 0 && a.rank > 0)
        FX_CHECK(launchTiles(device, fmt::format("writeTile<{}>", type), a.tileCount, a));
    return out;
}

} // namespace

std::string positionsSource(std::string_view function) {
    return fmt::format("#include \"core/cuda/kernels/positions.cuh\"\nusing namespace fxscope;\nusing namespace "
                       "fxscope::cuda;\nusing Arguments = PositionsArguments;\n// its threads meet: __syncthreads\n"
                       "extern \"C\" __global__ void __launch_bounds__(kTileThreads) kernel(const __grid_constant__ "
                       "Arguments a) {{ {}(a); }}\n",
                       function);
}

Result<Tensor> nonzeroPlaces(CudaDevice& device, const Tensor& x) {
    FX_TRY(const Tensor flags, contiguous(device, x));
    return placesIn(device, flags, x.sizes());
}

Result<Tensor> nonzeroPositions(CudaDevice& device, const Tensor& x) {
    FX_TRY(const Tensor flags, contiguous(device, x));
    FX_TRY(const Tensor places, placesIn(device, flags, {x.numel()}));
    return places.asStrided({places.size(0)}, {1}, 0);
}

} // namespace fxscope::cuda
