// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"
#include "core/cuda/positions.h"
#include "core/cuda/whole_rows.h"
#include "core/ops/indexing.h"

// index, index_put and the forms that do not check bounds. See Note [Advanced indexing].

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;
using Entries = Addressing::Entries;

bool isMask(const Tensor& index) { return index.dtype() == DType::Bool || index.dtype() == DType::UInt8; }

/// Masks replaced by the coordinates of their true elements, for which the host waits. Nothing: they do not fit.
Result<std::optional<IndexTensors>> withoutMasks(CudaDevice& device, const Tensor& x, const IndexTensors& given) {
    IndexTensors result;
    for (const auto& index : given) {
        if (!index || !isMask(*index)) {
            result.push_back(index);
            continue;
        }
        for (size_t d = 0; d < index->dim(); ++d)
            if (result.size() + d >= x.dim() || index->size(d) != x.size(result.size() + d))
                return std::optional<IndexTensors>();
        if (index->dim() == 0)
            return std::optional<IndexTensors>();
        FX_TRY(const Tensor places, nonzeroPlaces(device, *index));
        for (size_t d = 0; d < index->dim(); ++d) {
            FX_TRY(Tensor column, places.asStrided({places.size(0)}, {1}, static_cast<int64_t>(d) * places.size(0)));
            result.emplace_back(std::move(column));
        }
    }
    return std::optional(std::move(result));
}

Value valueOf(const IndexTensors& indices) {
    ValueList list;
    for (const auto& index : indices)
        list.push_back(index ? Value(*index) : Value());
    return Value(std::move(list));
}

Sizes constantSizes(const TensorMeta& meta) {
    Sizes sizes;
    for (const SymInt& size : meta.sizes)
        sizes.push_back(size.constant());
    return sizes;
}

/// Where the dimensions of the index tensors stand in the result, of `rank` dimensions.
struct IndexRange {
    size_t first, count;
};
IndexRange rangeOf(const Tensor& x, const IndexTensors& indices, size_t rank) {
    size_t first = x.dim(), last = 0, indexed = 0;
    for (size_t d = 0; d < indices.size(); ++d)
        if (indices[d]) {
            first = std::min(first, d);
            last = d;
            ++indexed;
        }
    const bool neighbours = indexed > 0 && last - first + 1 == indexed;
    return {neighbours ? first : 0, rank - (x.dim() - indexed)};
}

/// What x[indices] reads, over places of the result's sizes.
Result<Addressing> addressingOf(const Tensor& x, const IndexTensors& indices, const Sizes& sizes, Entries check) {
    const IndexRange range = rangeOf(x, indices, sizes.size());
    const auto begin = sizes.begin() + static_cast<std::ptrdiff_t>(range.first);
    const Sizes indexSizes(begin, begin + static_cast<std::ptrdiff_t>(range.count));
    Addressing result{.base = x, .strides = Sizes(sizes.size(), 0), .indices = {}, .check = check};
    size_t rest = 0;
    for (size_t d = 0; d < x.dim(); ++d) {
        if (d >= indices.size() || !indices[d]) {
            result.strides[rest < range.first ? rest : rest + range.count] = x.strides()[d];
            ++rest;
            continue;
        }
        FX_TRY(const Tensor spread, expandTo(*indices[d], indexSizes));
        Sizes strides(sizes.size(), 0);
        std::copy(spread.strides().begin(), spread.strides().end(),
                  strides.begin() + static_cast<std::ptrdiff_t>(range.first));
        FX_TRY(Tensor entries, spread.asStrided(sizes, std::move(strides), spread.offset()));
        result.indices.push_back({std::move(entries), x.size(d), x.strides()[d]});
    }
    return result;
}

/// The arguments of a call with its masks replaced. Nothing: a wrong call.
Result<std::optional<IndexTensors>> indicesOf(const OpDef& op, Values args, std::vector<Value>& replaced, Call& call) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    const auto given = optionalTensorsAt(args, 1);
    if (!given.ok() || deviceType(x.dtype()).empty())
        return std::optional<IndexTensors>();
    FX_TRY(auto indices, withoutMasks(call.device, x, *given));
    if (!indices)
        return indices;
    replaced.assign(args.begin(), args.end());
    replaced[1] = valueOf(*indices);
    if (!op.infer(metaArgs(replaced)).ok())
        return std::optional<IndexTensors>();
    return indices;
}

/// The one index tensor, if it stands at the first dimension.
const Tensor* rowIndex(const IndexTensors& indices) {
    const auto given = std::count_if(indices.begin(), indices.end(), [](const auto& index) { return bool(index); });
    return given == 1 && indices[0] ? &*indices[0] : nullptr;
}

template <Entries Check> Taken runIndex(const OpDef& op, Values args, Call& call) {
    std::vector<Value> replaced;
    FX_TRY(const auto indices, indicesOf(op, args, replaced, call));
    if (!indices)
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, replaced, call.device));
    bool done = out[0].numel() == 0;
    if (const Tensor* const rows = rowIndex(*indices); rows && !done) {
        FX_TRY(done, takeRows(call.device, args[0].tensor(), *rows, out[0], Check));
    }
    if (!done) {
        FX_TRY(const Addressing from, addressingOf(args[0].tensor(), *indices, out[0].sizes(), Check));
        FX_CHECK(take(call.device, from, out[0]));
    }
    return std::optional(resultOf(std::move(out)));
}

// --- index_put(self, indices, values, accumulate)

/// What is read while `written` changes must not share memory with it.
Result<Tensor> apartFrom(CudaDevice& device, const Tensor& written, const Tensor& x) {
    return x.storage() == written.storage() ? copied(device, x) : x;
}

Result<Done> putInto(CudaDevice& device, const Tensor& self, const IndexTensors& indices, const Tensor& values,
                     bool accumulate, Entries check) {
    IndexMetas metas;
    IndexTensors apart;
    for (const auto& index : indices) {
        metas.push_back(index ? std::optional(index->meta()) : std::nullopt);
        if (!index) {
            apart.emplace_back();
            continue;
        }
        FX_TRY(Tensor entries, apartFrom(device, self, *index));
        apart.emplace_back(std::move(entries));
    }
    FX_TRY(const TensorMeta target, indexedMeta(self.meta(), metas));
    const Sizes sizes = constantSizes(target);
    FX_TRY(const Tensor own, apartFrom(device, self, values));
    FX_TRY(const Tensor source, expandTo(own, sizes));
    if (source.numel() == 0)
        return Done{};
    if (const Tensor* const rows = rowIndex(apart); rows && !accumulate) {
        FX_TRY(const bool done, putRows(device, self, *rows, source, check));
        if (done)
            return Done{};
    }
    FX_TRY(const Addressing to, addressingOf(self, apart, sizes, check));
    return accumulate ? add(device, to, source) : put(device, to, source);
}

template <Entries Check, bool InPlace> Taken runIndexPut(const OpDef& op, Values args, Call& call) {
    std::vector<Value> replaced;
    FX_TRY(const auto indices, indicesOf(op, args, replaced, call));
    if (!indices || !isTensorAt(args, 2) || (InPlace && !checkWritable(args[0].tensor()).ok()))
        return std::optional<Value>();
    FX_TRY(const bool accumulate, boolAt(args, 3));
    Tensor self = args[0].tensor();
    if (!InPlace) {
        FX_TRY(std::vector<Tensor> out, allocateResults(op, replaced, call.device));
        FX_CHECK(call.device.copy(self, out[0]));
        self = out[0];
    }
    FX_CHECK(putInto(call.device, self, *indices, args[2].tensor(), accumulate, Check));
    return std::optional(Value(self));
}

} // namespace

const CudaKernel index_Tensor{"torch.ops.aten.index.Tensor", runIndex<Entries::Wrapped>};
const CudaKernel unsafe_index{"torch.ops.aten._unsafe_index.Tensor", runIndex<Entries::Trusted>};
const CudaKernel index_put{"torch.ops.aten.index_put.default", runIndexPut<Entries::Wrapped, false>};
const CudaKernel index_put_{"torch.ops.aten.index_put_.default", runIndexPut<Entries::Wrapped, true>};
const CudaKernel unsafe_index_put{"torch.ops.aten._unsafe_index_put.default", runIndexPut<Entries::Trusted, false>};

} // namespace fxscope::cuda
