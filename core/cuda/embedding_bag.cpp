// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"

#include <fmt/format.h>

// embedding_dense_backward: the gradient of a table from the gradients of the rows that were looked up.
// _embedding_bag: looked-up rows joined by bag, a bag being the indices from one offset to the next.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

// --- embedding_dense_backward(grad_output, indices, num_weights, padding_idx, scale_grad_by_freq)

/// Rows of the gradient, and where in the table they belong.
struct TableGradient {
    Tensor rows;    ///< [n, width], row-major
    Tensor entries; ///< [n] int64
    int64_t padding;
};

Addressing rowsOfTable(const Tensor& table, const TableGradient& g, const Tensor& entries) {
    Addressing to{.base = table,
                  .strides = Sizes(entries.dim(), 0),
                  .indices = {{entries, table.size(0), table.strides()[0]}},
                  .check = Addressing::Entries::Within,
                  .skipped = g.padding};
    if (table.dim() > 1)
        to.strides.back() = table.strides()[1];
    return to;
}

/// The rows divided by how often their entry occurs.
Result<Tensor> scaledByFrequency(CudaDevice& device, const TableGradient& g, int64_t tableRows) {
    FX_TRY(const Tensor counts, device.zeros(DType::Int64, {tableRows}));
    FX_TRY(const Tensor ones, repeated(device, Value(int64_t(1)), DType::Int64, g.entries.sizes()));
    FX_CHECK(add(device, rowsOfTable(counts, g, g.entries), ones));
    FX_TRY(const Tensor spread, spreadAlong(g.entries, 0, g.rows.sizes()));
    FX_TRY(Tensor scaled, device.pool().empty(g.rows.dtype(), g.rows.sizes()));
    FX_CHECK(
        launch(device, {.outputs = {scaled},
                        .inputs = {g.rows, spread},
                        .raw = {counts},
                        .integers = {tableRows},
                        .body = "using C = ComputeType<I0>; const bool inside = (unsigned long long)in1 < (unsigned "
                                "long long)k0; out0 = O0(C(in0) * (C(1) / C(inside ? r0[in1] : 1)));"}));
    return scaled;
}

Taken runEmbeddingBackward(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || !isFloating(args[0].tensor().dtype()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_CHECK(call.device.clear(out[0].raw(), out[0].bytes()));
    const int64_t width = out[0].size(1), count = args[1].tensor().numel();
    if (args[0].tensor().numel() != count * width || !out[0].isContiguous())
        return std::optional<Value>();
    FX_TRY(const int64_t padding, intAt(args, 3));
    FX_TRY(const bool byFrequency, boolAt(args, 4));
    FX_TRY(const Tensor gradient, contiguous(call.device, args[0].tensor()));
    FX_TRY(const Tensor entries, contiguous(call.device, args[1].tensor(), DType::Int64));
    TableGradient g{{}, {}, padding};
    FX_TRY(g.rows, gradient.asStrided({count, width}, {width, 1}, gradient.offset()));
    FX_TRY(g.entries, entries.asStrided({count}, {1}, entries.offset()));
    if (g.rows.numel() == 0)
        return std::optional(resultOf(std::move(out)));
    if (byFrequency) {
        FX_TRY(g.rows, scaledByFrequency(call.device, g, out[0].size(0)));
    }
    FX_TRY(const Tensor spread, spreadAlong(g.entries, 0, g.rows.sizes()));
    FX_CHECK(add(call.device, rowsOfTable(out[0], g, spread), g.rows));
    return std::optional(resultOf(std::move(out)));
}

// --- _embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
// include_last_offset, padding_idx) -> output, offset2bag, bag_size, max_indices

enum BagMode : int64_t { kBagSum = 0, kBagMean = 1, kBagMax = 2 };

/// What the kernels below read. In their bodies r0: indices, r1: offsets; k0: how many indices, k1: how many offsets,
/// k2: the padding index, k3: rows of the table.
struct BagCall {
    Tensor weight, entries, starts;
    std::optional<Tensor> perSample;
    int64_t mode = kBagSum, padding = -1;
};

constexpr std::string_view kBagRange = "const long long bag = at[0]; long long begin = r1[bag], end = bag + 1 < k1 ? "
                                       "(long long)r1[bag + 1] : k0; if (begin "
                                       "< 0 || end < begin || end > k0 || (bag == 0 && begin != 0)) { "
                                       "FX_FAULT(kAssertionFailed, bag, k0); end = begin = 0; "
                                       "} ";

Elements bagElements(const BagCall& c, std::vector<Tensor> outputs) {
    return {.outputs = std::move(outputs),
            .raw = {c.entries, c.starts},
            .integers = {c.entries.numel(), c.starts.numel(), c.padding, c.weight.size(0)},
            .body = std::string(kBagRange),
            .coordinates = true};
}

Result<Done> joinBags(CudaDevice& device, const BagCall& c, const Tensor& out, const Tensor& places) {
    const bool most = c.mode == kBagMax;
    Elements e = bagElements(c, most ? std::vector{out, places} : std::vector{out});
    e.raw.push_back(c.weight);
    e.integers.push_back(c.weight.size(1));
    if (c.perSample)
        e.raw.push_back(*c.perSample);
    e.body +=
        "using C = ComputeType<O0>; C sum = C(0); long long count = 0, place = 0; for (long long i = begin; i < "
        "end; ++i) { const long long entry = r0[i]; if ((unsigned long long)entry >= (unsigned long long)k3) { "
        "FX_FAULT(kIndexOutOfRange, entry, k3); continue; } if (entry == k2) continue; const C value = C(r2[entry * "
        "k4 + at[1]]); ";
    e.body += most          ? "if (count == 0 || value > sum) { sum = value; place = entry; } "
              : c.perSample ? "sum += value * C(r3[i]); "
                            : "sum += value; ";
    e.body += "++count; } ";
    e.body += c.mode == kBagMean ? "out0 = O0(count ? sum / C(count) : sum);" : "out0 = O0(sum);";
    e.body += most ? " out1 = O1(place);" : "";
    return launch(device, e);
}

/// How many indices of each bag are no padding.
Result<Done> countBags(CudaDevice& device, const BagCall& c, const Tensor& out) {
    Elements e = bagElements(c, {out});
    e.body += "long long count = 0; for (long long i = begin; i < end; ++i) count += r0[i] != k2; out0 = O0(count);";
    return launch(device, e);
}

/// The bag of each index, k4 bags: the last that begins at or before it.
Result<Done> bagOfEach(CudaDevice& device, const BagCall& c, int64_t bags, const Tensor& out) {
    Elements e = bagElements(c, {out});
    e.integers.push_back(bags);
    e.body =
        "long long low = 0, high = k4; while (low < high) { const long long m = (low + high) / 2; if (r1[m] <= at[0]) "
        "low = m + 1; else high = m; } const long long bag = low - 1; const bool inside = bag >= 0 && (bag + 1 >= k1 "
        "|| at[0] < r1[bag + 1]); out0 = O0(inside ? bag : 0);";
    return launch(device, e);
}

Result<Done> runBags(CudaDevice& device, const BagCall& c, const std::vector<Tensor>& out) {
    FX_CHECK(joinBags(device, c, out[0], out[3]));
    FX_CHECK(bagOfEach(device, c, out[0].size(0), out[1]));
    if (c.mode == kBagSum)
        FX_CHECK(device.clear(const_cast<std::byte*>(out[2].raw()), out[2].bytes()));
    else
        FX_CHECK(countBags(device, c, out[2]));
    if (c.mode == kBagMean)
        return device.copy(out[2], out[3]);
    const bool untouched = c.mode == kBagSum || out[0].numel() == 0;
    return untouched ? device.clear(const_cast<std::byte*>(out[3].raw()), out[3].bytes()) : Result<Done>(Done{});
}

Taken runEmbeddingBag(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || !isFloating(args[0].tensor().dtype()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    BagCall c;
    FX_TRY(c.weight, contiguous(call.device, args[0].tensor()));
    FX_TRY(c.entries, contiguous(call.device, args[1].tensor(), DType::Int64));
    FX_TRY(c.starts, contiguous(call.device, args[2].tensor(), DType::Int64));
    FX_TRY(c.mode, intAt(args, 4));
    FX_TRY(c.padding, intAt(args, 8));
    if (isTensorAt(args, 6)) {
        if (args[6].tensor().sizes() != c.entries.sizes() || deviceType(args[6].tensor().dtype()).empty())
            return std::optional<Value>();
        FX_TRY(c.perSample, contiguous(call.device, args[6].tensor(), c.weight.dtype()));
    }
    FX_CHECK(runBags(call.device, c, out));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel embedding_dense_backward{"torch.ops.aten.embedding_dense_backward.default", runEmbeddingBackward};
const CudaKernel embedding_bag{"torch.ops.aten._embedding_bag.default", runEmbeddingBag};

} // namespace fxscope::cuda
