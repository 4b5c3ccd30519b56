// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/cpu/stream.h"
#include "core/ops/kernel_util.h"
#include "core/ops/sum.h"

#include <memory>
#include <span>

// x[i] and index_put(x, [i], y) along dimension 0 as copies of whole rows. What the index rewrites promise pays here:
// without accumulation a row is one memcpy instead of a sum, and the forms without bounds checks do not look for
// negative indices. Every index is still held against the bounds in one pass, as a graph from a file may say anything;
// a call with one outside goes to the reference, which reports it. For rows written more than once the order of the
// indices decides. Also index_select, index_add, and index_add of distinct rows, which runs
// alike: index_add passes over memory once here whatever the index.

namespace fxscope::cpu {
namespace {

constexpr int64_t kGrainBytes = 262144;

/// Are the rows (all dimensions but the first) without gaps and row-major?
bool hasDenseRows(const Tensor& x) {
    int64_t step = 1;
    for (size_t d = x.dim(); d-- > 1;) {
        if (x.size(d) != 1 && x.strides()[d] != step)
            return false;
        step *= x.size(d);
    }
    return x.dim() > 0;
}

/// The one index tensor, if dimension 0 is all that is indexed, by int64.
const Tensor* rowIndex(const Value& indices) {
    if (!indices.isList() || indices.list().empty() || !indices.list()[0].isTensor())
        return nullptr;
    const ValueList& list = indices.list();
    const bool alone = std::all_of(list.begin() + 1, list.end(), [](const Value& value) { return value.isNone(); });
    const Tensor& index = list[0].tensor();
    return alone && index.dtype() == DType::Int64 && index.isContiguous() && index.dim() > 0 ? &index : nullptr;
}

bool allWithin(const Tensor& index, int64_t low, int64_t high) {
    int64_t least = 0, most = 0;
    for (int64_t i = 0; i < index.numel(); ++i) {
        least = std::min(least, index.data<int64_t>()[i]);
        most = std::max(most, index.data<int64_t>()[i]);
    }
    return least >= low && most < high;
}

bool takesIndex(Values args) {
    if (!args[0].isTensor() || args[0].tensor().numel() == 0 || !hasDenseRows(args[0].tensor()))
        return false;
    const Tensor* index = rowIndex(args[1]);
    return index && index->numel() > 0;
}

int64_t rowBytesOf(const Tensor& x) { return static_cast<int64_t>(x.bytes()) / x.size(0); }
int64_t rowGrain(int64_t rowBytes) { return std::max<int64_t>(1, kGrainBytes / std::max<int64_t>(1, rowBytes)); }

/// Asks for a row that is read soon; rows in random order are out of the hardware's sight.
void prefetchRow(const std::byte* row, int64_t bytes) {
    constexpr int64_t kLine = 64, kMost = 2048; // what follows, the hardware sees coming
    for (int64_t i = 0; i < std::min(bytes, kMost); i += kLine)
        __builtin_prefetch(row + i);
}

template <bool MayBeNegative> void gatherRows(const Tensor& x, const Tensor& index, Tensor& out) {
    const int64_t rowBytes = rowBytesOf(x), step = x.strides()[0] * static_cast<int64_t>(bytesOf(x.dtype()));
    const int64_t* rows = index.data<int64_t>();
    const bool streamed = out.bytes() >= kStreamedBytes;
    parallelFor(index.numel(), rowGrain(rowBytes), [&](int64_t begin, int64_t end) {
        const auto rowAt = [&](int64_t i) { return MayBeNegative && rows[i] < 0 ? rows[i] + x.size(0) : rows[i]; };
        const int64_t ahead = std::max<int64_t>(1, 4096 / rowBytes);
        for (int64_t i = begin; i < end; ++i) {
            const int64_t row = rowAt(i);
            if (i + ahead < end)
                prefetchRow(x.raw() + rowAt(i + ahead) * step, rowBytes);
            copyRow(out.raw() + i * rowBytes, x.raw() + row * step, static_cast<size_t>(rowBytes), streamed);
        }
        finishStreaming();
    });
}

template <bool Checked> Result<Value> runIndex(const OpDef& op, Values args, KernelContext& context) {
    const Tensor &x = args[0].tensor(), &index = *rowIndex(args[1]);
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    if (!allWithin(index, Checked ? -x.size(0) : 0, x.size(0)) || !out.isContiguous())
        return op.reference(args, context);
    gatherRows<Checked>(x, index, out);
    return Value(out);
}

// --- index_put(self, indices, values, accumulate)

bool takesPut(Values args) {
    return takesIndex(args) && args[2].isTensor() && args[2].tensor().dtype() == args[0].tensor().dtype() &&
           args[3].isNumber();
}

/// `values` broadcast to a row per index, rows dense.
Result<Tensor> valueRows(const Tensor& values, const Tensor& index, const Tensor& x) {
    Sizes sizes = index.sizes();
    sizes.insert(sizes.end(), x.sizes().begin() + 1, x.sizes().end());
    FX_TRY(const Tensor expanded, expandTo(values, sizes));
    return expanded.contiguous();
}

/// Which entries of an index write each row, in their order: those of row r are order[start[r]] up to, without it,
/// order[start[r + 1]].
struct RowWriters {
    std::vector<int64_t> start, order;

    RowWriters(const Tensor& index, int64_t rows)
        : start(static_cast<size_t>(rows) + 1, 0), order(static_cast<size_t>(index.numel())) {
        const int64_t* entries = index.data<int64_t>();
        const auto rowOf = [&](int64_t i) {
            return static_cast<size_t>(entries[i] < 0 ? entries[i] + rows : entries[i]);
        };
        for (int64_t i = 0; i < index.numel(); ++i)
            ++start[rowOf(i) + 1];
        for (size_t r = 1; r < start.size(); ++r)
            start[r] += start[r - 1];
        std::vector<int64_t> next(start.begin(), start.end() - 1);
        for (int64_t i = 0; i < index.numel(); ++i)
            order[static_cast<size_t>(next[rowOf(i)]++)] = i;
    }
};

/// A row of x plus rows of values, one after the other, as the reference rounds.
template <class T> void sumRows(const T* x, const T* values, std::span<const int64_t> writers, int64_t width, T* to) {
    const T* from = x;
    for (const int64_t i : writers) {
        const T* added = values + i * width;
        for (int64_t j = 0; j < width; ++j)
            to[j] = sumOf(from[j], added[j]);
        from = to;
    }
}

enum class Put { Last, SumOfAll, SumOfLast };

/// Rows [begin, end) of `out`, each written once: what the last index puts there, or the sum, or the row of `x`.
template <class T, Put How>
void putRows(const Tensor& x, const RowWriters& by, const Tensor& values, Tensor& out, int64_t begin, int64_t end) {
    const int64_t width = x.numel() / x.size(0), step = x.strides()[0];
    const auto bytes = static_cast<size_t>(width) * sizeof(T);
    const bool streamed = out.bytes() >= kStreamedBytes;
    constexpr bool kSums = How != Put::Last;
    std::unique_ptr<T[]> row(kSums ? new T[static_cast<size_t>(width)] : nullptr);
    const int64_t ahead = std::max<int64_t>(1, 4096 / static_cast<int64_t>(bytes));
    for (int64_t r = begin; r < end; ++r) {
        if (r + ahead < end && by.start[static_cast<size_t>(r + ahead)] < by.start[static_cast<size_t>(r + ahead) + 1])
            prefetchRow(reinterpret_cast<const std::byte*>(
                            values.data<T>() +
                            by.order[static_cast<size_t>(by.start[static_cast<size_t>(r + ahead) + 1] - 1)] * width),
                        static_cast<int64_t>(bytes));
        const auto last = by.start[static_cast<size_t>(r) + 1];
        auto first = by.start[static_cast<size_t>(r)];
        if (How == Put::SumOfLast && first != last)
            first = last - 1;
        const T* from = x.data<T>() + r * step;
        if (first != last && kSums) {
            sumRows(from, values.data<T>(), {by.order.data() + first, by.order.data() + last}, width, row.get());
            from = row.get();
        } else if (first != last) {
            from = values.data<T>() + by.order[static_cast<size_t>(last) - 1] * width;
        }
        copyRow(reinterpret_cast<std::byte*>(out.data<T>() + r * width), reinterpret_cast<const std::byte*>(from),
                bytes, streamed);
    }
    finishStreaming();
}

Result<Value> runPut(const OpDef& op, Values args, KernelContext& context) {
    const Tensor &x = args[0].tensor(), &index = *rowIndex(args[1]);
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    const auto values = valueRows(args[2].tensor(), index, x);
    if (!values.ok() || !out.isContiguous() || !allWithin(index, -x.size(0), x.size(0)))
        return op.reference(args, context);
    const bool accumulate = args[3].toInt() != 0;
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        const auto put = accumulate ? putRows<T, Put::SumOfAll> : putRows<T, Put::Last>;
        const RowWriters by(index, x.size(0));
        parallelFor(x.size(0), rowGrain(rowBytesOf(x)),
                    [&](int64_t begin, int64_t end) { put(x, by, *values, out, begin, end); });
        return Value(out);
    });
}

// --- index_select(self, 0, index), index_add(self, 0, index, source, alpha = 1)

bool isRowCall(Values args) {
    const bool tensors = args[0].isTensor() && args[0].tensor().dim() > 0 && args[0].tensor().numel() > 0 &&
                         hasDenseRows(args[0].tensor()) && args[2].isTensor();
    if (!tensors || !args[1].isNumber() || args[1].toInt() != 0)
        return false;
    const Tensor& index = args[2].tensor();
    return index.dtype() == DType::Int64 && index.dim() == 1 && index.isContiguous() && index.numel() > 0;
}

Result<Value> runSelect(const OpDef& op, Values args, KernelContext& context) {
    const Tensor &x = args[0].tensor(), &index = args[2].tensor();
    if (!allWithin(index, 0, x.size(0)))
        return op.reference(args, context);
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    gatherRows<false>(x, index, out);
    return Value(out);
}

bool takesAdd(Values args) {
    return isRowCall(args) && args[3].isTensor() && args[3].tensor().dtype() == args[0].tensor().dtype() &&
           args[3].tensor().dim() == args[0].tensor().dim() && args[0].tensor().isContiguous() && args[4].isNumber() &&
           args[4].toDouble() == 1;
}

template <Put How> Result<Value> runAdd(const OpDef& op, Values args, KernelContext& context) {
    const Tensor &x = args[0].tensor(), &index = args[2].tensor();
    FX_TRY(Tensor out, allocateResult(op.infer, args)); // checks the sizes of source
    FX_TRY(const Tensor source, args[3].tensor().contiguous());
    if (!allWithin(index, 0, x.size(0)) || !out.isContiguous())
        return op.reference(args, context);
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        const RowWriters by(index, x.size(0));
        parallelFor(x.size(0), rowGrain(rowBytesOf(x)),
                    [&](int64_t begin, int64_t end) { putRows<T, How>(x, by, source, out, begin, end); });
        return Value(out);
    });
}

} // namespace

const CpuKernel index_select{"torch.ops.aten.index_select.default", isRowCall, runSelect};
const CpuKernel index_add{"torch.ops.aten.index_add.default", takesAdd, runAdd<Put::SumOfAll>};
const CpuKernel index_add_once{"torch.ops.fxscope.index_add_once.default", takesAdd, runAdd<Put::SumOfLast>};
const CpuKernel index_Tensor{"torch.ops.aten.index.Tensor", takesIndex, runIndex<true>};
const CpuKernel _unsafe_index{"torch.ops.aten._unsafe_index.Tensor", takesIndex, runIndex<false>};
const CpuKernel index_put{"torch.ops.aten.index_put.default", takesPut, runPut};
const CpuKernel _unsafe_index_put{"torch.ops.aten._unsafe_index_put.default", takesPut, runPut};

} // namespace fxscope::cpu
