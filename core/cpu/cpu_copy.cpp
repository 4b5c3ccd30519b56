// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/cpu/stream.h"
#include "core/cpu/turn.h"
#include "core/ops/kernel_util.h"

#include <cstring>

// clone and contiguous: strided copies on all cores, in square blocks where rows of one side are columns of the other.

namespace fxscope::cpu {
namespace {

constexpr int64_t kBlock = 16, kGrainElements = 65536;
constexpr int64_t kTurnedColumns = 64; // rows of `from` that are turned at once

struct Dim {
    int64_t size = 1, from = 0, to = 0; ///< steps in elements
};

/// A copy as loops: `outer` around blocks of `rows` and `columns`, columns innermost. Slowest first in `to`.
struct CopyPlan {
    std::vector<Dim> outer;
    Dim rows, columns;
    int64_t outerCount = 1;
};

std::vector<Dim> mergedDims(const Tensor& from, const Tensor& to) {
    std::vector<Dim> dims, merged;
    for (size_t d = 0; d < to.dim(); ++d)
        if (to.size(d) != 1)
            dims.push_back({to.size(d), from.strides()[d], to.strides()[d]});
    std::stable_sort(dims.begin(), dims.end(), [](const Dim& a, const Dim& b) { return a.to > b.to; });
    for (const Dim& dim : dims) {
        Dim* last = merged.empty() ? nullptr : &merged.back();
        if (last && last->from == dim.from * dim.size && last->to == dim.to * dim.size)
            *last = {last->size * dim.size, dim.from, dim.to};
        else
            merged.push_back(dim);
    }
    return merged;
}

CopyPlan planCopy(const Tensor& from, const Tensor& to) {
    CopyPlan plan;
    std::vector<Dim> dims = mergedDims(from, to);
    if (!dims.empty()) {
        plan.columns = dims.back();
        dims.pop_back();
    }
    // Rows are the dimension along which `from` steps least: with the columns it makes blocks that both sides keep in
    // cache.
    const auto nearest =
        std::min_element(dims.begin(), dims.end(), [](const Dim& a, const Dim& b) { return a.from < b.from; });
    if (nearest != dims.end()) {
        plan.rows = *nearest;
        dims.erase(nearest);
    }
    plan.outer = std::move(dims);
    for (const Dim& dim : plan.outer)
        plan.outerCount *= dim.size;
    return plan;
}

/// Rows of `from` that are columns of `to`: read line by line into a tile, and written line by line from there. Written
/// directly, the lines of one block would fall on one another in the cache.
template <class Unit> void turnBlock(const CopyPlan& plan, const Unit* from, Unit* to, int64_t rows) {
    const Dim &r = plan.rows, &c = plan.columns;
    Unit tile[kBlock][kBlock];
    for (int64_t begin = 0; begin < c.size; begin += kBlock) {
        const int64_t columns = std::min(kBlock, c.size - begin);
        for (int64_t j = 0; j < columns; ++j)
            for (int64_t i = 0; i < rows; ++i)
                tile[i][j] = from[i + (begin + j) * c.from];
        for (int64_t i = 0; i < rows; ++i)
            std::memcpy(to + i * r.to + begin, tile[i], static_cast<size_t>(columns) * sizeof(Unit));
    }
}

template <class Unit> void copyBlock(const CopyPlan& plan, const Unit* from, Unit* to, int64_t rows) {
    const Dim &r = plan.rows, &c = plan.columns;
    if (c.from == 1 && c.to == 1) {
        for (int64_t i = 0; i < rows; ++i)
            std::memcpy(to + i * r.to, from + i * r.from, static_cast<size_t>(c.size) * sizeof(Unit));
        return;
    }
    if (r.from == 1 && c.to == 1)
        return turnBlock(plan, from, to, rows);
    for (int64_t begin = 0; begin < c.size; begin += kBlock)
        for (int64_t i = 0; i < rows; ++i)
            for (int64_t j = begin; j < std::min(begin + kBlock, c.size); ++j)
                to[i * r.to + j * c.to] = from[i * r.from + j * c.from];
}

/// All rows by some columns: whole tiles, then what is left of the rows, then of the columns.
template <class Unit> void turnPart(const CopyPlan& plan, const Unit* from, Unit* to, int64_t columns, bool streamed) {
    const Dim &r = plan.rows, &c = plan.columns;
    const int64_t wholeRows = r.size / kTurnRows<Unit> * kTurnRows<Unit>,
                  wholeColumns = columns / kTurnColumns<Unit> * kTurnColumns<Unit>;
    const auto tiles = streamed ? turnTiles<Unit, true> : turnTiles<Unit, false>;
    tiles(from, c.from, to, r.to, wholeRows, wholeColumns);
    for (int64_t i = 0; i < r.size; ++i)
        for (int64_t j = i < wholeRows ? wholeColumns : 0; j < columns; ++j)
            to[i * r.to + j] = from[i + j * c.from];
}

/// Rows of `from` that are columns of `to`, in units for which there are tiles. Parts of the columns are shared among
/// the threads; within one, whole rows of `from` are read, so that each of its pages is visited once.
template <class Unit> bool turnAll(const CopyPlan& plan, const Unit* from, Unit* to) {
    const Dim &r = plan.rows, &c = plan.columns;
    if (!kTurns<Unit> || r.from != 1 || c.to != 1 || r.size < kTurnRows<Unit> || c.size < kTurnColumns<Unit>)
        return false;
    const auto bytes = static_cast<size_t>(plan.outerCount * r.size * c.size) * sizeof(Unit);
    bool streamed =
        bytes >= kStreamedBytes && reinterpret_cast<uintptr_t>(to) % 64 == 0 && r.to % kTurnColumns<Unit> == 0;
    for (const Dim& dim : plan.outer)
        streamed = streamed && dim.to % kTurnColumns<Unit> == 0;
    const int64_t parts = (c.size + kTurnedColumns - 1) / kTurnedColumns;
    const int64_t grain = std::max<int64_t>(1, kGrainElements / (kTurnedColumns * r.size));
    parallelFor(plan.outerCount * parts, grain, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) {
            const int64_t first = n % parts * kTurnedColumns;
            int64_t inFrom = first * c.from, inTo = first, rest = n / parts;
            for (size_t d = plan.outer.size(); d-- > 0; rest /= plan.outer[d].size) {
                inFrom += rest % plan.outer[d].size * plan.outer[d].from;
                inTo += rest % plan.outer[d].size * plan.outer[d].to;
            }
            turnPart(plan, from + inFrom, to + inTo, std::min(kTurnedColumns, c.size - first), streamed);
        }
        finishStreaming();
    });
    return true;
}

template <class Unit> void copyAll(const CopyPlan& plan, const std::byte* fromBytes, std::byte* toBytes) {
    const auto* from = reinterpret_cast<const Unit*>(fromBytes);
    auto* to = reinterpret_cast<Unit*>(toBytes);
    if constexpr (kTurns<Unit>)
        if (turnAll(plan, from, to))
            return;
    const int64_t blocks = (plan.rows.size + kBlock - 1) / kBlock;
    const int64_t grain = std::max<int64_t>(1, kGrainElements / (kBlock * plan.columns.size));
    parallelFor(plan.outerCount * blocks, grain, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) {
            const int64_t first = n % blocks * kBlock;
            int64_t inFrom = first * plan.rows.from, inTo = first * plan.rows.to, rest = n / blocks;
            for (size_t d = plan.outer.size(); d-- > 0; rest /= plan.outer[d].size) {
                inFrom += rest % plan.outer[d].size * plan.outer[d].from;
                inTo += rest % plan.outer[d].size * plan.outer[d].to;
            }
            copyBlock(plan, from + inFrom, to + inTo, std::min(kBlock, plan.rows.size - first));
        }
    });
}

struct Sixteen {
    uint64_t low, high;
};

void copyStrided(const Tensor& from, Tensor& to) {
    if (to.numel() == 0)
        return;
    const CopyPlan plan = planCopy(from, to);
    switch (bytesOf(to.dtype())) {
    case 1: return copyAll<uint8_t>(plan, from.raw(), to.raw());
    case 2: return copyAll<uint16_t>(plan, from.raw(), to.raw());
    case 4: return copyAll<uint32_t>(plan, from.raw(), to.raw());
    case 8: return copyAll<uint64_t>(plan, from.raw(), to.raw());
    default: return copyAll<Sixteen>(plan, from.raw(), to.raw());
    }
}

bool isRowMajorWanted(const Value& format) {
    const MemoryFormat* wanted = std::get_if<MemoryFormat>(&format.v);
    return !wanted || *wanted == MemoryFormat::Contiguous;
}

bool takesClone(Values args) { return args[0].isTensor(); }
/// A tensor that is row-major already is returned itself, by the reference.
bool takesContiguous(Values args) {
    return args[0].isTensor() && !args[0].tensor().isContiguous() && isRowMajorWanted(args[1]);
}

Result<Value> run(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    copyStrided(args[0].tensor(), out);
    return Value(out);
}

} // namespace

const CpuKernel clone{"torch.ops.aten.clone.default", takesClone, run};
const CpuKernel contiguous_default{"torch.ops.aten.contiguous.default", takesContiguous, run};

} // namespace fxscope::cpu
