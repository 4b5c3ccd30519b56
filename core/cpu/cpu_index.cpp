// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/ops/kernel_util.h"
#include "core/ops/sum.h"

#include <cstring>

// x[i] and index_put(x, [i], y) along dimension 0 as copies of whole rows. What the index rewrites promise pays here:
// without accumulation a row is one memcpy instead of a sum, and the forms without bounds checks do not look for
// negative indices. Every index is still held against the bounds in one pass, as a graph from a file may say anything;
// a call with one outside goes to the reference, which reports it. For rows written more than once the order of the
// indices decides.

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

template <bool MayBeNegative> void gatherRows(const Tensor& x, const Tensor& index, Tensor& out) {
    const int64_t rowBytes = rowBytesOf(x), step = x.strides()[0] * static_cast<int64_t>(bytesOf(x.dtype()));
    const int64_t* rows = index.data<int64_t>();
    parallelFor(index.numel(), rowGrain(rowBytes), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t row = MayBeNegative && rows[i] < 0 ? rows[i] + x.size(0) : rows[i];
            std::memcpy(out.raw() + i * rowBytes, x.raw() + row * step, static_cast<size_t>(rowBytes));
        }
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

/// Rows [begin, end) of `out`: those of `x`, then what the indices write there.
template <class T, bool Accumulate>
void putRows(const Tensor& x, const Tensor& index, const Tensor& values, Tensor& out, int64_t begin, int64_t end) {
    const int64_t width = x.numel() / x.size(0);
    const auto bytes = static_cast<size_t>(width) * sizeof(T);
    T* to = out.data<T>();
    for (int64_t row = begin; row < end; ++row)
        std::memcpy(to + row * width, x.data<T>() + row * x.strides()[0], bytes);
    for (int64_t i = 0; i < index.numel(); ++i) {
        const int64_t at = index.data<int64_t>()[i], row = at < 0 ? at + x.size(0) : at;
        if (row < begin || row >= end)
            continue;
        const T* from = values.data<T>() + i * width;
        if constexpr (Accumulate)
            for (int64_t j = 0; j < width; ++j)
                to[row * width + j] = sumOf(to[row * width + j], from[j]);
        else
            std::memcpy(to + row * width, from, bytes);
    }
}

Result<Value> runPut(const OpDef& op, Values args, KernelContext& context) {
    const Tensor &x = args[0].tensor(), &index = *rowIndex(args[1]);
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    const auto values = valueRows(args[2].tensor(), index, x);
    if (!values.ok() || !out.isContiguous() || !allWithin(index, -x.size(0), x.size(0)))
        return op.reference(args, context);
    const bool accumulate = args[3].toInt() != 0;
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        const auto put = accumulate ? putRows<T, true> : putRows<T, false>;
        parallelFor(x.size(0), rowGrain(rowBytesOf(x)),
                    [&](int64_t begin, int64_t end) { put(x, index, *values, out, begin, end); });
        return Value(out);
    });
}

} // namespace

const CpuKernel index_Tensor{"torch.ops.aten.index.Tensor", takesIndex, runIndex<true>};
const CpuKernel _unsafe_index{"torch.ops.aten._unsafe_index.Tensor", takesIndex, runIndex<false>};
const CpuKernel index_put{"torch.ops.aten.index_put.default", takesPut, runPut};
const CpuKernel _unsafe_index_put{"torch.ops.aten._unsafe_index_put.default", takesPut, runPut};

} // namespace fxscope::cpu
