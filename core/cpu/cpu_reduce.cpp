// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/cpu/vector.h"
#include "core/ops/reduce_util.h"

#include <memory>

// sum and mean in float over one block of neighbouring dimensions of a row-major tensor. Sums run in float lanes over
// short stretches and in double from stretch to stretch, in an order that does not depend on the number of threads.

namespace fxscope::cpu {
namespace {

constexpr int64_t kStretch = 1024, kLanes = 16, kReduceGrain = 65536;

FX_VECTOR float stretchSum(const float* x, int64_t count) {
    float lanes[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (int64_t k = 0; k < kLanes; ++k)
            lanes[k] += x[i + k];
    float sum = 0;
    for (; i < count; ++i)
        sum += x[i];
    for (const float lane : lanes)
        sum += lane;
    return sum;
}

double rowSum(const float* x, int64_t count) {
    double sum = 0;
    for (int64_t i = 0; i < count; i += kStretch)
        sum += stretchSum(x + i, std::min(kStretch, count - i));
    return sum;
}

FX_VECTOR void addColumns(const float* x, double* sums, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        sums[i] += x[i];
}

/// x as [outer, reduced, inner], if the reduced dimensions are neighbours.
struct Block {
    int64_t outer = 1, reduced = 1, inner = 1;
};
std::optional<Block> blockOf(const Tensor& x, const DimSet& dims) {
    Block block;
    bool begun = false, ended = false;
    for (size_t d = 0; d < x.dim(); ++d) {
        if (dims[d] && ended)
            return std::nullopt;
        begun = begun || dims[d];
        ended = begun && !dims[d];
        (dims[d] ? block.reduced : ended ? block.inner : block.outer) *= x.size(d);
    }
    return block;
}

/// sum(x, dtype), and sum.dim_IntList(x, dims, keepdim, dtype).
template <bool ByDims> Result<DimSet> dimsOf(Values args) {
    const size_t rank = args[0].tensor().dim();
    return ByDims ? reducedDims(args, 1, rank) : DimSet(rank, true);
}

template <bool ByDims> bool takesSum(Values args) {
    const bool plain = args[0].isTensor() && args[0].tensor().dtype() == DType::Float32 &&
                       args[0].tensor().isContiguous() && args[0].tensor().numel() > 0;
    if (!plain || !isNoneAt(args, ByDims ? 3 : 1))
        return false;
    const auto dims = dimsOf<ByDims>(args);
    return dims.ok() && blockOf(args[0].tensor(), *dims).has_value();
}

/// Columns [begin, end) of all outer blocks, `inner` columns each.
void sumColumns(const float* x, const Block& block, double scale, int64_t begin, int64_t end, float* out) {
    for (int64_t at = begin; at < end;) {
        const int64_t o = at / block.inner, first = at % block.inner;
        const int64_t count = std::min(end - at, block.inner - first);
        std::unique_ptr<double[]> sums(new double[static_cast<size_t>(count)]());
        const float* from = x + o * block.reduced * block.inner + first;
        for (int64_t r = 0; r < block.reduced; ++r)
            addColumns(from + r * block.inner, sums.get(), count);
        for (int64_t i = 0; i < count; ++i)
            out[at + i] = static_cast<float>(sums[static_cast<size_t>(i)] * scale);
        at += count;
    }
}

template <bool ByDims, bool Mean> Result<Value> runSum(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    FX_TRY(const DimSet dims, dimsOf<ByDims>(args));
    const Block block = *blockOf(args[0].tensor(), dims);
    const double scale = Mean ? 1.0 / static_cast<double>(block.reduced) : 1;
    const float* x = args[0].tensor().data<float>();
    float* to = out.data<float>();
    const int64_t grain = std::max<int64_t>(1, kReduceGrain / block.reduced);
    if (block.inner == 1)
        parallelFor(block.outer, grain, [&](int64_t begin, int64_t end) {
            for (int64_t r = begin; r < end; ++r)
                to[r] = static_cast<float>(rowSum(x + r * block.reduced, block.reduced) * scale);
        });
    else
        parallelFor(block.outer * block.inner, grain,
                    [&](int64_t begin, int64_t end) { sumColumns(x, block, scale, begin, end, to); });
    return Value(out);
}

} // namespace

const CpuKernel sum{"torch.ops.aten.sum.default", takesSum<false>, runSum<false, false>};
const CpuKernel sum_dim{"torch.ops.aten.sum.dim_IntList", takesSum<true>, runSum<true, false>};
const CpuKernel mean{"torch.ops.aten.mean.default", takesSum<false>, runSum<false, true>};
const CpuKernel mean_dim{"torch.ops.aten.mean.dim", takesSum<true>, runSum<true, true>};

} // namespace fxscope::cpu
