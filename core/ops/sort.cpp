// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/rows_along.h"

#include <numeric>

// sort and topk along a dimension, with the places the elements came from. NaN counts as larger than every number. sort
// is stable in both directions; which of equal elements topk takes follows the standard library's selection, as
// PyTorch's CPU kernel does.

namespace fxscope::ops {
namespace {

template <class T> bool ordered(T a, T b, bool descending) {
    return descending ? (isNan(a) && !isNan(b)) || a > b : (!isNan(a) && isNan(b)) || a < b;
}

/// Values and places of the rows, row-major, to be written into `out` along `dim`.
struct Ordered {
    Tensor values, places;
    static Result<Ordered> allocate(const Tensor& out, size_t dim) {
        Ordered result;
        FX_TRY(const Tensor turned, withDimLast(out, dim));
        FX_TRY(result.values, Tensor::empty(out.dtype(), turned.sizes()));
        FX_TRY(result.places, Tensor::empty(DType::Int64, turned.sizes()));
        return result;
    }
    Result<Value> put(std::vector<Tensor>& out, size_t dim) const {
        FX_CHECK(putRows(values, out[0], dim));
        FX_CHECK(putRows(places, out[1], dim));
        return Value(ValueList{out[0], out[1]});
    }
};

Result<ValueMeta> sortedMeta(Metas args, size_t dimAt) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, dimAt));
    FX_CHECK(wrapDim(dim, x.sizes.size()));
    if (isComplex(x.dtype))
        return unsupportedDType(x.dtype);
    TensorMeta values = newMeta(x.dtype, x.sizes, &x);
    values.strides = preservedStrides(x);
    TensorMeta places = values;
    places.dtype = DType::Int64;
    return tensorList({values, places});
}
/// sort(self, dim, descending)
Result<ValueMeta> inferSort(Metas args) { return sortedMeta(args, 1); }
/// sort.stable(self, stable, dim, descending)
Result<ValueMeta> inferSortStable(Metas args) { return sortedMeta(args, 2); }

template <class T> void sortRow(const T* x, int64_t count, bool descending, T* values, int64_t* places) {
    std::iota(places, places + count, int64_t(0));
    std::stable_sort(places, places + count, [&](int64_t a, int64_t b) { return ordered(x[a], x[b], descending); });
    for (int64_t i = 0; i < count; ++i)
        values[i] = x[places[i]];
}

template <Infer Rule, size_t DimAt> Result<Value> runSort(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(Rule, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[DimAt].toInt(), x.dim()));
    FX_TRY(const bool descending, boolAt(args, DimAt + 1));
    FX_TRY(const RowsAlong in, rowsAlong(x, dim));
    FX_TRY(Ordered rows, Ordered::allocate(out[0], dim));
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            sortRow(in.rows.data<T>() + r * in.count, in.count, descending, rows.values.data<T>() + r * in.count,
                    rows.places.data<int64_t>() + r * in.count);
        return rows.put(out, dim);
    });
}

// --- topk(self, k, dim, largest, sorted)

Result<ValueMeta> inferTopk(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymInt k, symIntAt(args, 1));
    FX_TRY(const int64_t wanted, intAt(args, 2));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    const SymInt size = x.sizes.empty() ? SymInt(1) : x.sizes[dim];
    if ((k.isConstant() && k.constant() < 0) || less(size, k))
        return Diagnostic{"selected index k out of range", "",
                          "k is " + k.str() + ", the dimension has " + size.str() + " elements"};
    SymSizes sizes = x.sizes;
    if (!sizes.empty())
        sizes[dim] = k;
    const TensorMeta values = newMeta(x.dtype, sizes, &x);
    return tensorList({values, newMeta(DType::Int64, sizes, &x)});
}

template <class T>
void topkRow(const T* x, int64_t count, int64_t k, bool largest, bool sorted, T* values, int64_t* places) {
    if (k == 0)
        return;
    std::vector<std::pair<T, int64_t>> queue;
    for (int64_t i = 0; i < count; ++i)
        queue.emplace_back(x[i], i);
    const auto before = [largest](const auto& a, const auto& b) { return ordered(a.first, b.first, largest); };
    const auto first = queue.begin(), last = queue.begin() + k;
    if (k * 64 <= count) {
        std::partial_sort(first, last, queue.end(), before);
    } else {
        std::nth_element(first, last - 1, queue.end(), before);
        if (sorted)
            std::sort(first, last - 1, before);
    }
    for (int64_t i = 0; i < k; ++i) {
        values[i] = queue[static_cast<size_t>(i)].first;
        places[i] = queue[static_cast<size_t>(i)].second;
    }
}

Result<Value> runTopk(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferTopk, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[2].toInt(), x.dim()));
    FX_TRY(const bool largest, boolAt(args, 3));
    FX_TRY(const bool sorted, boolAt(args, 4));
    const int64_t k = args[1].toInt();
    FX_TRY(const RowsAlong in, rowsAlong(x, dim));
    FX_TRY(Ordered rows, Ordered::allocate(out[0], dim));
    return dispatch<DTypes::RealNoBool>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            topkRow(in.rows.data<T>() + r * in.count, in.count, k, largest, sorted, rows.values.data<T>() + r * k,
                    rows.places.data<int64_t>() + r * k);
        return rows.put(out, dim);
    });
}

} // namespace

const OpDef sort_default{
    .target = "torch.ops.aten.sort.default", .infer = inferSort, .reference = runSort<inferSort, 1>};
const OpDef sort_stable{
    .target = "torch.ops.aten.sort.stable", .infer = inferSortStable, .reference = runSort<inferSortStable, 2>};
const OpDef topk{.target = "torch.ops.aten.topk.default", .infer = inferTopk, .reference = runTopk};

} // namespace fxscope::ops
