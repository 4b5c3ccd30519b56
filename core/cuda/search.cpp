// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"
#include "core/cuda/sort_rows.h"

// bucketize, searchsorted: places in sorted rows. isin: whether test elements have a value.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

bool isSearchable(DType dtype) { return !isComplex(dtype) && dtype != DType::Bool && !deviceType(dtype).empty(); }

/// Halves the row r0[start ...] until it holds one place. `entry` computes the place `s` of the `m`-th smallest.
std::string searchBody(std::string_view start, std::string_view entry) {
    return std::string("const long long start = ") + std::string(start) +
           "; const R0 wanted = castTo<R0>(in0); long long low = 0, high = k0; while (low < high) { const long long m "
           "= low + (high - low) / 2; long long s = m; " +
           std::string(entry) +
           "const R0 seen = r0[start + s]; const bool behind = k1 != 0 ? !(seen > wanted) : !(seen >= wanted); if "
           "(behind) low = m + 1; else high = m; } out0 = O0(low);";
}

struct SearchOf {
    Tensor sorted;
    Value wanted;
    std::optional<Tensor> sorter;
    bool right = false;
};

Taken runSearchOf(const SearchOf& search, const OpDef& op, Values args, Call& call) {
    const MetaArgs both{metaArg(Value(search.sorted)), metaArg(search.wanted)};
    const DType wantedType =
        search.wanted.isTensor() ? search.wanted.tensor().dtype() : resultType(std::span(both).subspan(1));
    const DType common = search.sorted.dtype() == wantedType ? wantedType : resultType(both);
    if (!isSearchable(common) || deviceType(wantedType).empty() || deviceType(search.sorted.dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const Tensor rows, contiguous(call.device, search.sorted, common));
    Tensor wanted;
    if (search.wanted.isTensor())
        wanted = search.wanted.tensor();
    else {
        FX_TRY(wanted, repeated(call.device, search.wanted, wantedType, out[0].sizes()));
    }
    const int64_t count = rows.dim() ? rows.sizes().back() : 1;
    const bool several = rows.dim() > 1;
    Elements e{.outputs = out, .inputs = {wanted}, .raw = {rows}, .integers = {count, search.right}, .body = {}};
    std::string entry;
    if (search.sorter) {
        FX_TRY(Tensor sorter, contiguous(call.device, *search.sorter));
        e.raw.push_back(std::move(sorter));
        entry = "s = r1[start + m]; if ((unsigned long long)s >= (unsigned long long)k0) { FX_FAULT(kIndexOutOfRange, "
                "s, k0); s = m; } ";
    }
    e.coordinates = several;
    e.body = several ? "long long row = 0; for (int d = 0; d + 1 < R; ++d) row = row * size[d] + at[d]; " : "";
    e.body += searchBody(several ? "row * k0" : "0", entry);
    FX_CHECK(launch(call.device, e));
    return std::optional(resultOf(std::move(out)));
}

/// bucketize(self, boundaries, out_int32, right)
Taken runBucketize(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok())
        return std::optional<Value>();
    FX_TRY(const bool right, boolAt(args, 3));
    return runSearchOf({args[1].tensor(), args[0], std::nullopt, right}, op, args, call);
}

/// searchsorted(sorted_sequence, self, out_int32, right, side, sorter)
Taken runSearchsorted(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok())
        return std::optional<Value>();
    FX_TRY(bool right, boolAt(args, 3));
    if (!isNoneAt(args, 4)) {
        FX_TRY(const std::string_view side, stringAt(args, 4));
        if ((side != "left" && side != "right") || (side == "left" && right))
            return std::optional<Value>();
        right = side == "right";
    }
    FX_TRY(const auto sorter, optionalTensorAt(args, 5));
    return runSearchOf({args[0].tensor(), args[1], sorter, right}, op, args, call);
}

// --- isin(elements, test_elements, assume_unique, invert)

constexpr int64_t kFewTests = 32; ///< up to as many are looked at one by one

Result<Tensor> sortedTests(CudaDevice& device, const Tensor& tests) {
    FX_TRY(const Tensor row, tests.asStrided({1, tests.numel()}, {tests.numel(), 1}, tests.offset()));
    FX_TRY(Tensor values, device.pool().empty(tests.dtype(), row.sizes()));
    FX_TRY(const Tensor places, device.pool().empty(DType::Int64, row.sizes()));
    FX_CHECK(sortRows(device, row, false, values, places));
    return values;
}

Taken runIsin(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty() ||
        deviceType(args[1].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(const bool invert, boolAt(args, 3));
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(Tensor tests, contiguous(call.device, args[1].tensor(), resultType(metaArgs(args.first(2)))));
    const bool few = tests.numel() <= kFewTests;
    if (!few) {
        FX_TRY(tests, sortedTests(call.device, tests));
    }
    // NaN equals nothing, and stands behind all that could be equal
    const std::string look = few ? "for (long long j = 0; j < k0; ++j) found = found || r0[j] == wanted; "
                                 : "long long low = 0, high = k0; while (low < high) { const long long m = low + (high "
                                   "- low) / 2; if (r0[m] < wanted) low = m + 1; else high = m; } found = low < k0 && "
                                   "r0[low] == wanted; ";
    FX_CHECK(launch(call.device, {.outputs = out,
                                  .inputs = {args[0].tensor()},
                                  .raw = {tests},
                                  .integers = {tests.numel(), invert},
                                  .body = "const R0 wanted = castTo<R0>(in0); bool found = false; " + look +
                                          "out0 = found != (k1 != 0);"}));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel bucketize_Tensor{"torch.ops.aten.bucketize.Tensor", runBucketize};
const CudaKernel bucketize_Scalar{"torch.ops.aten.bucketize.Scalar", runBucketize};
const CudaKernel searchsorted_Tensor{"torch.ops.aten.searchsorted.Tensor", runSearchsorted};
const CudaKernel searchsorted_Scalar{"torch.ops.aten.searchsorted.Scalar", runSearchsorted};
const CudaKernel isin_Tensor_Tensor{"torch.ops.aten.isin.Tensor_Tensor", runIsin};

} // namespace fxscope::cuda
