// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/kernel_util.h"
#include "core/ops/words.h"

#include <set>

// bucketize and searchsorted: how many elements of a sorted row are < v (or <= v with right=True); a NaN goes behind
// all. isin: whether v is among the test elements. nonzero: coordinates of what is not 0.

namespace fxscope::ops {
namespace {

/// A search of `values` in the rows of `sorted`; `sorter` says where the i-th smallest of a row stands.
struct Search {
    Tensor sorted, values;
    std::optional<Tensor> sorter;
    bool right = false;
};

template <class T> int64_t placeIn(const T* row, const int64_t* sorter, int64_t count, T value, bool right) {
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const T at = row[sorter ? sorter[middle] : middle];
        const bool behind = right ? !(at > value) : !(at >= value);
        (behind ? low : high) = behind ? middle + 1 : middle;
    }
    return low;
}

Result<Value> runSearchOf(const Search& search, Tensor out) {
    const MetaArgs both{metaArg(Value(search.sorted)), metaArg(Value(search.values))};
    const DType common = search.sorted.dtype() == search.values.dtype() ? search.sorted.dtype() : resultType(both);
    FX_TRY(const Tensor rows, converted(search.sorted, common));
    FX_TRY(const Tensor values, converted(search.values, common));
    FX_TRY(const Tensor sorter, search.sorter ? search.sorter->contiguous() : Result<Tensor>(Tensor()));
    const int64_t count = rows.dim() ? rows.size(rows.dim() - 1) : 1;
    const int64_t perRow = rows.dim() <= 1 ? std::max<int64_t>(values.numel(), 1) : values.size(values.dim() - 1);
    FX_TRY(Tensor places, Tensor::empty(DType::Int64, out.sizes()));
    return dispatch<DTypes::RealNoBool>(common, [&]<class T>() -> Result<Value> {
        for (int64_t i = 0; i < values.numel(); ++i) {
            const int64_t start = i / perRow * count;
            places.data<int64_t>()[i] =
                placeIn(rows.data<T>() + start, sorter.defined() ? sorter.data<int64_t>() + start : nullptr, count,
                        values.data<T>()[i], search.right);
        }
        FX_CHECK(copyInto(places, out));
        return Value(out);
    });
}

Result<ValueMeta> placesMeta(const TensorMeta& sorted, const SymSizes& sizes, bool int32) {
    if (isComplex(sorted.dtype))
        return unsupportedDType(sorted.dtype);
    return ValueMeta::tensor(newMeta(int32 ? DType::Int32 : DType::Int64, sizes, &sorted));
}

// --- bucketize(self, boundaries, out_int32, right); self a tensor or a number

Result<ValueMeta> inferBucketize(Metas args) {
    FX_TRY(const TensorMeta boundaries, tensorAt(args, 1));
    FX_TRY(const bool int32, boolAt(args, 2));
    if (boundaries.sizes.size() != 1)
        return Diagnostic{"bucketize(): boundaries tensor must be 1 dimension, but got dim(" +
                              std::to_string(boundaries.sizes.size()) + ")",
                          "", ""};
    return placesMeta(boundaries, isTensorAt(args, 0) ? args[0].tensor().sizes : SymSizes{}, int32);
}

/// A number becomes a tensor of the dtype it has in PyTorch: int64 or float32, bool.
Result<Tensor> searchedValues(const Value& value) {
    if (value.isTensor())
        return value.tensor();
    const MetaArg number = metaArg(value);
    return numberTensor(value, resultType({&number, 1}));
}

Result<Value> runBucketize(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferBucketize, args));
    FX_TRY(const bool right, boolAt(args, 3));
    FX_TRY(const Tensor values, searchedValues(args[0]));
    return runSearchOf({args[1].tensor(), values, std::nullopt, right}, out);
}

// --- searchsorted(sorted_sequence, self, out_int32, right, side, sorter)

Result<Done> checkSearch(Metas args, const TensorMeta& sorted, const SymSizes& values) {
    bool fits = sorted.sizes.size() == 1 || (!values.empty() && sorted.sizes.size() == values.size());
    for (size_t d = 0; fits && sorted.sizes.size() > 1 && d + 1 < values.size(); ++d)
        fits = !differ(sorted.sizes[d], values[d]);
    if (!fits)
        return Diagnostic{"torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions "
                          "of boundaries tensor and input value tensor must match, but we got boundaries tensor " +
                              sizesText(sorted.sizes) + " and input value tensor " + sizesText(values),
                          "", ""};
    FX_TRY(const auto sorter, optionalTensorAt(args, 5));
    if (sorter && (sorter->dtype != DType::Int64 || sorter->sizes != sorted.sizes))
        return Diagnostic{"torch.searchsorted(): boundary and sorter must have the same size, and sorter must be of "
                          "dtype long, but got boundary tensor " +
                              sizesText(sorted.sizes) + " and sorter " + ValueMeta::tensor(*sorter).str(),
                          "", ""};
    return Done{};
}

Result<ValueMeta> inferSearchsorted(Metas args) {
    FX_TRY(const TensorMeta sorted, tensorAt(args, 0));
    FX_TRY(const bool int32, boolAt(args, 2));
    const SymSizes values = isTensorAt(args, 1) ? args[1].tensor().sizes : SymSizes{};
    FX_CHECK(checkSearch(args, sorted, values));
    return placesMeta(sorted, values, int32);
}

Result<Value> runSearchsorted(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferSearchsorted, args));
    FX_TRY(bool right, boolAt(args, 3));
    if (!isNoneAt(args, 4)) {
        FX_TRY(const std::string_view side, stringAt(args, 4));
        if ((side != "left" && side != "right") || (side == "left" && right))
            return Diagnostic{"torch.searchsorted(): side can only be 'left' or 'right' and can't be opposite of "
                              "right, but got side of " +
                                  std::string(side),
                              "", ""};
        right = side == "right";
    }
    FX_TRY(const auto sorter, optionalTensorAt(args, 5));
    const int64_t count = args[0].tensor().dim() ? args[0].tensor().sizes().back() : 1;
    for (int64_t i = 0; sorter && i < sorter->numel(); ++i)
        if (const double at = elementAsDouble(*sorter, i); at < 0 || at >= static_cast<double>(count))
            return Diagnostic{"torch.searchsorted(): sorter index out of range", "", ""};
    FX_TRY(const Tensor values, searchedValues(args[1]));
    return runSearchOf({args[0].tensor(), values, sorter, right}, out);
}

// --- isin(elements, test_elements, assume_unique, invert)

Result<ValueMeta> inferIsin(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_CHECK(tensorAt(args, 1));
    if (isComplex(x.dtype) || isComplex(args[1].tensor().dtype))
        return Diagnostic{"Unsupported input type encountered for isin(): Complex", "", ""};
    return ValueMeta::tensor(newMeta(DType::Bool, x.sizes, &x));
}

Result<Value> runIsin(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIsin, args));
    FX_TRY(const bool invert, boolAt(args, 3));
    const DType common = resultType(metaArgs(args.first(2)));
    FX_TRY(const Tensor x, converted(args[0].tensor(), common));
    FX_TRY(const Tensor test, converted(args[1].tensor(), common));
    return dispatch<DTypes::Real>(common, [&]<class T>() -> Result<Value> {
        std::set<ComputeType<T>> members;
        for (int64_t i = 0; i < test.numel(); ++i)
            if (!isNan(test.data<T>()[i])) // equals nothing
                members.insert(ComputeType<T>(test.data<T>()[i]));
        for (int64_t i = 0; i < x.numel(); ++i) {
            const T value = x.data<T>()[i];
            out.data<bool>()[i] = (!isNan(value) && members.contains(ComputeType<T>(value))) != invert;
        }
        return Value(out);
    });
}

// --- nonzero(self): row-major coordinates as rows, which lie in columns in memory

Result<ValueMeta> inferNonzero(Metas args) {
    FX_CHECK(tensorAt(args, 0));
    return Diagnostic{"the number of elements that are not 0 is known only when it runs", "", ""};
}

Result<Value> runNonzero(Values args, KernelContext&) {
    FX_TRY(const Tensor given, tensorAt(args, 0));
    FX_TRY(const Tensor x, given.contiguous());
    std::vector<int64_t> found;
    FX_CHECK(dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Done> {
        for (int64_t i = 0; i < x.numel(); ++i)
            if (castTo<bool>(x.data<T>()[i]))
                found.push_back(i);
        return Done{};
    }));
    const auto count = static_cast<int64_t>(found.size());
    FX_TRY(Tensor out, Tensor::emptyStrided(DType::Int64, {count, static_cast<int64_t>(x.dim())}, {1, count}));
    int64_t* to = out.data<int64_t>();
    const Sizes strides = rowMajorStrides(x.sizes());
    for (size_t d = 0; d < x.dim(); ++d)
        for (const int64_t at : found)
            *to++ = at / strides[d] % x.size(d);
    return Value(out);
}

} // namespace

const OpDef bucketize_Tensor{
    .target = "torch.ops.aten.bucketize.Tensor", .infer = inferBucketize, .reference = runBucketize};
const OpDef bucketize_Scalar{
    .target = "torch.ops.aten.bucketize.Scalar", .infer = inferBucketize, .reference = runBucketize};
const OpDef searchsorted_Tensor{
    .target = "torch.ops.aten.searchsorted.Tensor", .infer = inferSearchsorted, .reference = runSearchsorted};
const OpDef searchsorted_Scalar{
    .target = "torch.ops.aten.searchsorted.Scalar", .infer = inferSearchsorted, .reference = runSearchsorted};
const OpDef isin_Tensor_Tensor{.target = "torch.ops.aten.isin.Tensor_Tensor", .infer = inferIsin, .reference = runIsin};
const OpDef nonzero{.target = "torch.ops.aten.nonzero.default", .infer = inferNonzero, .reference = runNonzero};

} // namespace fxscope::ops
