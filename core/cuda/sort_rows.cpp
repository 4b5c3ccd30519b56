// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/sort_rows.h"

#include "core/cuda/device_sort.h"
#include "core/cuda/kernels/sort.cuh"

#include <fmt/format.h>

namespace fxscope::cuda {
namespace {

constexpr int kSmallTile = 512; ///< elements of shared memory for rows of up to as many

int64_t tileFor(int64_t count) { return count <= kSmallTile ? kSmallTile : kShortRow; }

Result<Done> sortShort(CudaDevice& device, const Tensor& rows, bool descending, const Tensor& values,
                       const Tensor& places) {
    SortArguments a{};
    a.x = rows.raw();
    a.values = const_cast<std::byte*>(values.raw());
    a.places = reinterpret_cast<long long*>(const_cast<std::byte*>(places.raw()));
    a.rows = rows.size(0);
    a.count = static_cast<int>(rows.size(1));
    a.keep = static_cast<int>(values.size(1));
    a.descending = descending;
    a.padded = 2;
    while (a.padded < a.count)
        a.padded *= 2;
    const int64_t tile = tileFor(a.count), perBlock = tile / a.padded;
    return device.launch(shortSortSource(rows.dtype(), a.count), (a.rows + perBlock - 1) / perBlock,
                         static_cast<int>(tile / 2), std::as_bytes(std::span(&a, 1)));
}

/// Keys and places of long rows, before and after.
struct Pairs {
    Tensor keys, places, sortedKeys, sortedPlaces;
    static Result<Pairs> make(CudaDevice& device, const Tensor& rows, bool descending) {
        const DType key = bytesOf(rows.dtype()) == 8 ? DType::UInt64 : DType::UInt32;
        Pairs pairs;
        FX_TRY(pairs.keys, device.pool().empty(key, rows.sizes()));
        FX_TRY(pairs.places, device.pool().empty(DType::Int32, rows.sizes()));
        FX_TRY(pairs.sortedKeys, device.pool().empty(key, rows.sizes()));
        FX_TRY(pairs.sortedPlaces, device.pool().empty(DType::Int32, rows.sizes()));
        FX_CHECK(launch(device, {.outputs = {pairs.keys, pairs.places},
                                 .inputs = {rows},
                                 .integers = {descending},
                                 .body = "out0 = sortKey(in0, k0 != 0); out1 = int(at[1]);",
                                 .prologue = "#include \"core/cuda/kernels/sort.cuh\"\n",
                                 .coordinates = true}));
        return pairs;
    }
};

/// Every element counts those before it and goes there: for where the fast kernels do not run. Quadratic.
Result<Done> sortByCounting(CudaDevice& device, const Pairs& pairs) {
    return launch(device, {.inputs = {pairs.keys},
                           .raw = {pairs.keys, pairs.sortedPlaces},
                           .integers = {pairs.keys.size(1)},
                           .body = "const auto* row = r0 + at[0] * k0; long long rank = 0; for (long long j = 0; j < "
                                   "k0; ++j) rank += row[j] < in0 || (row[j] == in0 && j < at[1]); r1[at[0] * k0 + "
                                   "rank] = int(at[1]);",
                           .coordinates = true});
}

Result<Done> sortPairs(CudaDevice& device, const Pairs& pairs, int bits) {
    const LongRows rows{.keys = pairs.keys.raw(),
                        .sortedKeys = const_cast<std::byte*>(pairs.sortedKeys.raw()),
                        .places = pairs.places.data<int32_t>(),
                        .sortedPlaces = const_cast<int32_t*>(pairs.sortedPlaces.data<int32_t>()),
                        .rows = pairs.keys.size(0),
                        .count = pairs.keys.size(1),
                        .keyBytes = static_cast<int>(bytesOf(pairs.keys.dtype())),
                        .bits = bits};
    size_t bytes = 0;
    if (sortLongRows(nullptr, bytes, rows, device.stream()) != cudaSuccess || bytes == 0) {
        std::ignore = cudaGetLastError();
        return sortByCounting(device, pairs);
    }
    FX_TRY(Tensor temporary, device.pool().empty(DType::UInt8, {static_cast<int64_t>(bytes)}));
    if (sortLongRows(temporary.raw(), bytes, rows, device.stream()) != cudaSuccess) {
        std::ignore = cudaGetLastError();
        return sortByCounting(device, pairs);
    }
    return Done{};
}

Result<Done> sortLong(CudaDevice& device, const Tensor& rows, bool descending, const Tensor& values,
                      const Tensor& places) {
    if (rows.size(1) > INT32_MAX)
        return Diagnostic{"rows of more than 2^31 elements cannot be sorted on cuda", "", "use smaller inputs"};
    FX_TRY(const Pairs pairs, Pairs::make(device, rows, descending));
    FX_CHECK(sortPairs(device, pairs, static_cast<int>(8 * bytesOf(rows.dtype()))));
    FX_TRY(const Tensor kept, pairs.sortedPlaces.asStrided(values.sizes(), {rows.size(1), 1}, 0));
    return launch(device, {.outputs = {values, places},
                           .inputs = {kept},
                           .raw = {rows},
                           .integers = {rows.size(1)},
                           .body = "out0 = r0[at[0] * k0 + in0]; out1 = in0;",
                           .coordinates = true});
}

} // namespace

std::string shortSortSource(DType dtype, int64_t count) {
    return fmt::format("#include \"core/cuda/kernels/sort.cuh\"\nusing namespace fxscope;\nusing namespace "
                       "fxscope::cuda;\nusing Arguments = SortArguments;\n// its threads meet: __syncthreads\n"
                       "extern \"C\" __global__ void __launch_bounds__({1} / 2) kernel(const __grid_constant__ "
                       "Arguments a) {{ sortShortRows<{0}, {1}>(a); }}\n",
                       deviceType(dtype), tileFor(count));
}

Result<Done> sortRows(CudaDevice& device, const Tensor& rows, bool descending, const Tensor& values,
                      const Tensor& places) {
    if (values.numel() == 0)
        return Done{};
    return rows.size(1) <= kShortRow ? sortShort(device, rows, descending, values, places)
                                     : sortLong(device, rows, descending, values, places);
}

} // namespace fxscope::cuda
