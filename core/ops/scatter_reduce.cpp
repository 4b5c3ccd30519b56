// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"
#include "core/ops/sum.h"
#include "core/ops/words.h"

#include <limits>

// scatter_reduce(self, dim, index, src, reduce): self[..., index[i], ...] joined with src[i] by sum, prod, mean, amax
// or amin. Without include_self the places that are hit start anew. Half and bfloat16 are joined in float and rounded
// once.

namespace fxscope::ops {
namespace {

enum class Join { Sum, Prod, Mean, Amax, Amin };

Result<Join> joinNamed(std::string_view name) {
    static constexpr std::array<std::string_view, 5> kNames{"sum", "prod", "mean", "amax", "amin"};
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end())
        return Diagnostic{"reduce argument must be either sum, prod, mean, amax or amin, got " + std::string(name), "",
                          ""};
    return static_cast<Join>(found - kNames.begin());
}

Result<ValueMeta> inferScatterReduce(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, self.sizes.size()));
    FX_TRY(const TensorMeta index, tensorAt(args, 2));
    FX_TRY(const TensorMeta src, tensorAt(args, 3));
    const bool empty = numelOf(index.sizes).is(0);
    if (!empty && index.dtype != DType::Int64 && index.dtype != DType::Int32)
        return Diagnostic{"scatter(): Expected dtype int32/int64 for index", "", ""};
    if (self.dtype != src.dtype)
        return Diagnostic{"scatter(): Expected self.dtype to be equal to src.dtype", "", ""};
    const size_t rank = std::max<size_t>(self.sizes.size(), 1);
    bool fits =
        empty || (std::max<size_t>(index.sizes.size(), 1) == rank && std::max<size_t>(src.sizes.size(), 1) == rank);
    for (size_t d = 0; !empty && fits && d < index.sizes.size() && d < src.sizes.size() && d < self.sizes.size(); ++d)
        fits = !less(src.sizes[d], index.sizes[d]) && (d == dim || !less(self.sizes[d], index.sizes[d]));
    if (!fits)
        return Diagnostic{"Expected index " + sizesText(index.sizes) + " to be no larger than self " +
                              sizesText(self.sizes) + " apart from dimension " + std::to_string(dim) +
                              " and to be no larger size than src " + sizesText(src.sizes),
                          "", ""};
    return ValueMeta::tensor(newMeta(self.dtype, self.sizes, &self));
}

template <class C> C joined(C a, C b, Join join) {
    switch (join) {
    case Join::Sum:
    case Join::Mean: return sumOf(a, b);
    case Join::Prod: return productOf(a, b);
    case Join::Amax: return isNan(a) || isNan(b) ? (isNan(a) ? a : b) : std::max(a, b);
    case Join::Amin: return isNan(a) || isNan(b) ? (isNan(a) ? a : b) : std::min(a, b);
    }
    return a;
}

/// What joins with anything to give that thing.
template <class C> C neutral(Join join) {
    using Limits = std::numeric_limits<C>;
    switch (join) {
    case Join::Prod: return C(1);
    case Join::Amax: return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    case Join::Amin: return Limits::has_infinity ? Limits::infinity() : Limits::max();
    default: return C(0);
    }
}

template <class C> C divided(C sum, int64_t count) {
    if constexpr (std::is_integral_v<C>) {
        const int64_t wide = int64_t(sum), quotient = wide / count;
        return C(wide % count != 0 && wide < 0 ? quotient - 1 : quotient);
    } else {
        return sum / C(count);
    }
}

/// A place of the result and the source element that goes there, for every element of `index`.
struct Hit {
    int64_t to, from;
};
Result<std::vector<Hit>> hitsOf(const Tensor& out, size_t dim, const Tensor& index, const Tensor& src) {
    FX_TRY(const Tensor entries, converted(index, DType::Int64));
    const Sizes by = rowMajorStrides(index.sizes());
    const int64_t size = out.dim() ? out.size(dim) : 1;
    std::vector<Hit> hits;
    for (int64_t i = 0; i < entries.numel(); ++i) {
        const int64_t entry = entries.data<int64_t>()[i];
        if (entry < 0 || entry >= size)
            return Diagnostic{"index " + std::to_string(entry) + " is out of bounds for dimension " +
                                  std::to_string(dim) + " with size " + std::to_string(size),
                              "", ""};
        Hit hit{out.dim() ? entry * out.strides()[dim] : 0, 0};
        for (size_t d = 0; d < index.dim(); ++d) {
            const int64_t at = i / by[d] % index.size(d);
            hit.to += d != dim && d < out.dim() ? at * out.strides()[d] : 0;
            hit.from += d < src.dim() ? at * src.strides()[d] : 0;
        }
        hits.push_back(hit);
    }
    return hits;
}

template <class T>
void reduceHits(const std::vector<Hit>& hits, const T* src, Join join, bool includeSelf, Tensor& out) {
    using C = std::conditional_t<kIsReducedFloat<T>, float, T>;
    std::unique_ptr<C[]> sums(new C[static_cast<size_t>(out.numel())]());
    const auto places = static_cast<size_t>(out.numel());
    std::vector<int64_t> counts(places, includeSelf ? 1 : 0);
    std::vector<bool> hit(places, false);
    for (const Hit& h : hits) {
        const auto to = static_cast<size_t>(h.to);
        if (!hit[to])
            sums[to] = includeSelf ? C(out.data<T>()[to]) : neutral<C>(join);
        hit[to] = true;
        sums[to] = joined(sums[to], C(src[h.from]), join);
        ++counts[to];
    }
    for (size_t i = 0; i < places; ++i)
        if (hit[i])
            out.data<T>()[i] =
                castTo<T>(join == Join::Mean ? divided(castTo<C>(castTo<T>(sums[i])), counts[i]) : sums[i]);
}

Result<Value> runScatterReduce(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferScatterReduce, args));
    FX_CHECK(copyInto(args[0].tensor(), out));
    FX_TRY(const std::string_view name, stringAt(args, 4));
    FX_TRY(const Join join, joinNamed(name));
    FX_TRY(const bool includeSelf, boolAt(args, 5));
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), out.dim()));
    const Tensor& src = args[3].tensor();
    FX_TRY(const auto hits, hitsOf(out, dim, args[2].tensor(), src));
    return dispatch<DTypes::Real>(out.dtype(), [&]<class T>() -> Result<Value> {
        reduceHits(hits, src.data<T>(), join, includeSelf, out);
        return Value(out);
    });
}

} // namespace

const OpDef scatter_reduce_two{
    .target = "torch.ops.aten.scatter_reduce.two", .infer = inferScatterReduce, .reference = runScatterReduce};

} // namespace fxscope::ops
