// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/ops/pointwise.h"
#include "core/ops/sum.h"

// An index of the result's own shape along one dimension: gather and scatter.

namespace fxscope::ops {
namespace {

Diagnostic shapeError(std::string_view op, std::string_view what) {
    return Diagnostic{std::string(op) + "(): " + std::string(what), "", ""};
}

/// `index` must fit into `x` in every dimension but `dim`.
Result<size_t> checkIndexShape(std::string_view op, const TensorMeta& x, int64_t wanted, const TensorMeta& index) {
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    if (index.dtype != DType::Int64 && index.dtype != DType::Int32 &&
        !numelOf(index.sizes).is(0)) // an empty one may be anything
        return shapeError(op, "Expected dtype int32/int64 for index");
    if (index.sizes.size() != x.sizes.size() && !(x.sizes.empty() || index.sizes.empty()) &&
        !numelOf(index.sizes).is(0))
        return shapeError(op, "Index tensor must have the same number of dimensions as input tensor");
    for (size_t d = 0; d < x.sizes.size() && d < index.sizes.size(); ++d)
        if (d != dim && less(x.sizes[d], index.sizes[d]))
            return shapeError(op, "Size does not match at dimension " + std::to_string(d) + " expected index " +
                                      ValueMeta::tensor(index).str() + " to be no larger than self " +
                                      ValueMeta::tensor(x).str() + " apart from dimension " + std::to_string(dim));
    return dim;
}

/// Calls fn(entry, offset without the index dimension, step of it, offset in `other`) for each element of `index`, in
/// row-major order; offsets are those of `x`. Error: an entry outside [0, size).
Result<Done> forEachEntry(const Tensor& x, size_t dim, const Tensor& index, const Tensor& other, auto&& fn) {
    FX_TRY(const Tensor wide, castTensor(index, DType::Int64));
    const int64_t size = x.dim() ? x.size(dim) : 1, step = x.dim() ? x.strides()[dim] : 0;
    Sizes walk(index.dim(), 0);
    for (size_t d = 0; d < index.dim() && d < x.dim(); ++d)
        walk[d] = d == dim ? 0 : x.strides()[d];
    Sizes otherStrides = other.strides();
    otherStrides.resize(index.dim(), 0);
    std::optional<int64_t> bad;
    const int64_t* entries = wide.data<int64_t>();
    StridedLoop<3>(index.sizes(), {&wide.strides(), &walk, &otherStrides})
        .rows([&](int64_t n, const auto& at, const auto& by) {
            for (int64_t i = 0; i < n && !bad; ++i) {
                const int64_t entry = entries[at[0] + i * by[0]];
                if (entry < 0 || entry >= size)
                    bad = entry;
                else
                    fn(at[1] + i * by[1] + entry * step, at[2] + i * by[2]);
            }
        });
    if (bad)
        return Diagnostic{"index " + std::to_string(*bad) + " is out of bounds for dimension " + std::to_string(dim) +
                              " with size " + std::to_string(size),
                          "", ""};
    return Done{};
}

// --- gather(self, dim, index, sparse_grad)

Result<ValueMeta> inferGather(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_TRY(const TensorMeta index, tensorAt(args, 2));
    FX_CHECK(checkIndexShape("gather", x, dim, index));
    return ValueMeta::tensor(newMeta(x.dtype, index.sizes, &x));
}

Result<Value> gather(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferGather, args));
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, x.dim()));
    FX_TRY(const Tensor index, tensorAt(args, 2));
    FX_CHECK(dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Done> {
        const T* from = x.data<T>();
        T* to = out.data<T>();
        return forEachEntry(x, dim, index, out, [&](int64_t inX, int64_t inOut) { to[inOut] = from[inX]; });
    }));
    return Value(out);
}

// --- scatter(self, dim, index, src or value), scatter_add

Result<ValueMeta> inferScatter(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_TRY(const TensorMeta index, tensorAt(args, 2));
    FX_CHECK(checkIndexShape("scatter", x, dim, index));
    if (isTensorAt(args, 3) && args[3].tensor().dtype != x.dtype)
        return shapeError("scatter", "Expected self.dtype to be equal to src.dtype");
    return ValueMeta::tensor(newMeta(x.dtype, x.sizes, &x));
}

template <bool Add> Result<Done> scatterInto(Tensor& out, size_t dim, const Tensor& index, const Tensor& source) {
    return dispatch<DTypes::All>(out.dtype(), [&]<class T>() -> Result<Done> {
        T* to = out.data<T>();
        const T* from = source.data<T>();
        return forEachEntry(out, dim, index, source, [&](int64_t inOut, int64_t inSource) {
            to[inOut] = Add ? sumOf(to[inOut], from[inSource]) : from[inSource];
        });
    });
}

/// Sums of half types are kept in float and rounded once.
template <bool Add> Result<Value> scatter(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferScatter, args));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, out.dim()));
    FX_TRY(const Tensor index, tensorAt(args, 2));
    FX_TRY(const Tensor source,
           isTensorAt(args, 3) ? Result<Tensor>(args[3].tensor()) : operand(args[3], out.dtype(), index.sizes()));
    FX_CHECK(copyInto(args[0].tensor(), out));
    for (size_t d = 0; d < index.dim(); ++d)
        if (index.numel() && (source.dim() != index.dim() || source.size(d) < index.size(d)))
            return shapeError("scatter", "Expected index to be no larger than src");
    if (Add && (out.dtype() == DType::Float16 || out.dtype() == DType::BFloat16)) {
        FX_TRY(Tensor sums, castTensor(out, DType::Float32));
        FX_TRY(const Tensor terms, castTensor(source, DType::Float32));
        FX_CHECK(scatterInto<Add>(sums, dim, index, terms));
        FX_CHECK(copyInto(sums, out));
    } else {
        FX_CHECK(scatterInto<Add>(out, dim, index, source));
    }
    return Value(out);
}

} // namespace

const OpDef scatter_add_{
    .target = "torch.ops.aten.scatter_add_.default", .infer = inferInPlace, .reference = inPlace<scatter<true>>};
const OpDef gather_default{.target = "torch.ops.aten.gather.default", .infer = inferGather, .reference = gather};
const OpDef scatter_src{.target = "torch.ops.aten.scatter.src", .infer = inferScatter, .reference = scatter<false>};
const OpDef scatter_value{.target = "torch.ops.aten.scatter.value", .infer = inferScatter, .reference = scatter<false>};
const OpDef scatter_add{
    .target = "torch.ops.aten.scatter_add.default", .infer = inferScatter, .reference = scatter<true>};

} // namespace fxscope::ops
