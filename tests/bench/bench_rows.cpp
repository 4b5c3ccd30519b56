// SPDX-License-Identifier: BSD-3-Clause
// The index rewrites' kernels on a card: gather by rows, index_add in its forms, randperm and the whole pattern, each
// with the bytes that must move and its share of the card's own copy bandwidth. Times are medians over runs with an L2
// that was overwritten before each (as triton's do_bench measures). Prints one JSON object.
//
//     bench_rows [ROWS COLUMNS KEPT DTYPE]...      without arguments: the shapes that PyTorch was recorded with
#include "core/cuda/check.h"
#include "core/cuda/copy_bandwidth.h"
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/random_permutation.h"
#include "core/cuda/row_moves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

struct Shape {
    int64_t rows, columns, kept;
    DType dtype;
};

struct Spread {
    double median, low, high; ///< milliseconds; 20 % and 80 %
};

class Stopwatch {
public:
    explicit Stopwatch(CudaDevice& device) : m_device(device) {
        m_cold = device.pool().empty(DType::UInt8, {int64_t(256) << 20}).value();
        cudaEventCreate(&m_begin);
        cudaEventCreate(&m_end);
    }
    ~Stopwatch() {
        cudaEventDestroy(m_begin);
        cudaEventDestroy(m_end);
    }

    Result<Spread> time(const std::function<Result<Done>()>& body) {
        for (int i = 0; i < 5; ++i)
            FX_CHECK(body());
        FX_CHECK(m_device.wait());
        std::vector<double> times;
        for (int i = 0; i < 60; ++i) {
            FX_CHECK(m_device.clear(m_cold.raw(), m_cold.bytes()));
            FX_CHECK(check(cudaEventRecord(m_begin, m_device.stream()), "timing"));
            FX_CHECK(body());
            FX_CHECK(check(cudaEventRecord(m_end, m_device.stream()), "timing"));
            FX_CHECK(m_device.wait());
            float milliseconds = 0;
            cudaEventElapsedTime(&milliseconds, m_begin, m_end);
            times.push_back(static_cast<double>(milliseconds));
        }
        std::sort(times.begin(), times.end());
        return Spread{times[times.size() / 2], times[times.size() / 5], times[times.size() * 4 / 5]};
    }

private:
    CudaDevice& m_device;
    Tensor m_cold;
    cudaEvent_t m_begin{}, m_end{};
};

Result<Tensor> filled(CudaDevice& device, DType dtype, Sizes sizes) {
    FX_TRY(Tensor made, device.pool().empty(dtype, std::move(sizes)));
    FX_CHECK(launch(device, {.outputs = {made},
                             .body = "out0 = castTo<O0>(float((at[0] * 7 + at[1] * 3) % 61) / 8);",
                             .coordinates = true}));
    return made;
}

class Bench {
public:
    Bench(CudaDevice& device, Stopwatch& watch, double bandwidth, Shape shape)
        : m_device(device), m_watch(watch), m_bandwidth(bandwidth), m_shape(shape) {}

    Result<std::string> run() {
        const auto [rows, columns, kept, dtype] = m_shape;
        const auto bytes = static_cast<int64_t>(bytesOf(dtype)), row = columns * bytes;
        FX_TRY(const Tensor x, filled(m_device, dtype, {rows, columns}));
        FX_TRY(const Tensor y, filled(m_device, dtype, {kept, columns}));
        FX_TRY(Tensor out, m_device.pool().empty(dtype, {rows, columns}));
        FX_TRY(Tensor small, m_device.pool().empty(dtype, {kept, columns}));
        FX_TRY(const Tensor index, m_device.pool().empty(DType::Int64, {rows}));
        FX_TRY(Tensor inverse, m_device.pool().empty(DType::Int32, {rows}));
        PhiloxState state{0, 0};
        FX_CHECK(drawPermutation(m_device, index, state));
        const double gatherFloor = 2.0 * static_cast<double>(kept * row),
                     addFloor = static_cast<double>((2 * rows + kept) * row);
        m_text = fmt::format("{{\"rows\": {}, \"columns\": {}, \"kept\": {}, \"dtype\": \"{}\", \"floor_gather_ms\": "
                             "{:.6f}, \"floor_add_ms\": {:.6f}",
                             rows, columns, kept, name(dtype), gatherFloor / m_bandwidth, addFloor / m_bandwidth);
        const int64_t* entries = index.data<int64_t>();
        const auto gather = [&](RowCheck check) {
            return gatherRows(m_device, {small.raw(), x.raw(), entries, kept, row, rows, check});
        };
        const auto onePass = [&]() -> Result<Done> {
            FX_CHECK(inverseOf(m_device, inverse.data<int32_t>(), rows, entries, kept, RowCheck::None));
            return addRowsOnce(m_device,
                               {out.raw(), x.raw(), y.raw(), inverse.data<int32_t>(), rows, columns, dtype, 1});
        };
        FX_CHECK(verify(x, y, index, inverse, out));
        FX_CHECK(addCopy("copy_gather", gatherFloor));
        FX_CHECK(addCopy("copy_add", addFloor));
        FX_CHECK(add("gather_checked", [&] { return gather(RowCheck::Wrapped); }));
        FX_CHECK(add("gather", [&] { return gather(RowCheck::None); }));
        FX_CHECK(add("index_add_one_pass", onePass));
        FX_CHECK(add("index_add_unique_store", [&]() -> Result<Done> {
            FX_CHECK(gather(RowCheck::None));
            FX_CHECK(launch(m_device, {.outputs = {small}, .inputs = {small, y}, .body = "out0 = sumOf(in0, in1);"}));
            FX_CHECK(m_device.copyBytes(out.raw(), x.raw(), x.bytes()));
            return storeRows(m_device, {out.raw(), small.raw(), entries, kept, row, rows, RowCheck::None});
        }));
        FX_CHECK(add("index_add_atomic", [&]() -> Result<Done> {
            FX_CHECK(m_device.copyBytes(out.raw(), x.raw(), x.bytes()));
            return addRowsAtomically(m_device, {out.raw(), y.raw(), entries, kept, columns, rows, dtype, 1});
        }));
        FX_CHECK(add("randperm", [&] { return drawPermutation(m_device, index, state); }));
        FX_CHECK(add("pattern_add", [&]() -> Result<Done> {
            FX_CHECK(drawPermutation(m_device, index, state));
            return onePass();
        }));
        FX_CHECK(add("pattern_gather", [&]() -> Result<Done> {
            FX_CHECK(drawPermutation(m_device, index, state));
            return gather(RowCheck::None);
        }));
        return m_text + "}";
    }

private:
    Result<Done> add(std::string_view what, const std::function<Result<Done>()>& body) {
        FX_TRY(const Spread took, m_watch.time(body));
        m_text += fmt::format(", \"{0}_ms\": {1:.6f}, \"{0}_spread\": [{2:.6f}, {3:.6f}]", what, took.median, took.low,
                              took.high);
        return Done{};
    }

    /// A copy that moves as many bytes: what the card does at this size.
    Result<Done> addCopy(std::string_view what, double moved) {
        const auto bytes = static_cast<int64_t>(moved / 2);
        FX_TRY(const Tensor from, m_device.pool().empty(DType::UInt8, {bytes}));
        FX_TRY(Tensor to, m_device.pool().empty(DType::UInt8, {bytes}));
        return add(what, [&] { return m_device.copyBytes(to.raw(), from.raw(), from.bytes()); });
    }

    /// The one-pass sum beside x with y added at the places of index, on the host.
    Result<Done> verify(const Tensor& x, const Tensor& y, const Tensor& index, Tensor& inverse, Tensor& out) {
        FX_CHECK(inverseOf(m_device, inverse.data<int32_t>(), m_shape.rows, index.data<int64_t>(), m_shape.kept,
                           RowCheck::None));
        FX_CHECK(addRowsOnce(m_device, {out.raw(), x.raw(), y.raw(), inverse.data<int32_t>(), m_shape.rows,
                                        m_shape.columns, m_shape.dtype, 1}));
        FX_TRY(const Tensor got, m_device.download(out));
        FX_TRY(const Tensor from, m_device.download(x));
        FX_TRY(const Tensor added, m_device.download(y));
        FX_TRY(const Tensor entries, m_device.download(index));
        for (int64_t k = 0; k < m_shape.kept; k += std::max<int64_t>(1, m_shape.kept / 97)) {
            const int64_t at = entries.data<int64_t>()[k] * m_shape.columns;
            for (int64_t c = 0; c < m_shape.columns; c += std::max<int64_t>(1, m_shape.columns / 53))
                if (elementAsDouble(got, at + c) !=
                    elementAsDouble(from, at + c) + elementAsDouble(added, k * m_shape.columns + c))
                    return Diagnostic{"the one-pass sum is wrong", "", ""};
        }
        return Done{};
    }

    CudaDevice& m_device;
    Stopwatch& m_watch;
    double m_bandwidth;
    Shape m_shape;
    std::string m_text;
};

std::vector<Shape> shapesOf(int argc, char** argv) {
    std::vector<Shape> shapes;
    for (int i = 1; i + 3 < argc; i += 4)
        shapes.push_back({std::atoll(argv[i]), std::atoll(argv[i + 1]), std::atoll(argv[i + 2]),
                          dtypeFromTorch(argv[i + 3]).value_or(DType::Float32)});
    if (shapes.empty())
        for (const DType dtype : {DType::Float32, DType::BFloat16})
            for (const auto& [rows, columns, kept] : {std::array<int64_t, 3>{4096, 1024, 2048},
                                                      {65536, 1024, 32768},
                                                      {1048576, 256, 524288},
                                                      {1048576, 64, 524288},
                                                      {256, 201728, 128},
                                                      {4096, 4096, 4096}})
                shapes.push_back({rows, columns, kept, dtype});
    return shapes;
}

Result<Done> runAll(int argc, char** argv) {
    FX_TRY(const auto device, CudaDevice::open(0));
    Stopwatch watch(*device);
    FX_TRY(const double bytesPerSecond, copyBandwidth(*device));
    const double bandwidth = bytesPerSecond / 1e3;
    fmt::print("{{\"device\": \"{}\", \"copy_gbs\": {:.1f}, \"cases\": [", device->facts().name, bandwidth / 1e6);
    const char* separator = "\n";
    for (const Shape& shape : shapesOf(argc, argv)) {
        FX_TRY(const std::string line, Bench(*device, watch, bandwidth, shape).run());
        fmt::print("{}{}", separator, line);
        separator = ",\n";
        std::fflush(stdout);
    }
    fmt::print("\n]}}\n");
    return Done{};
}

} // namespace

int main(int argc, char** argv) {
    const auto done = runAll(argc, argv);
    if (!done.ok())
        fmt::print(stderr, "{}\n", done.error().str());
    return done.ok() ? 0 : 1;
}
