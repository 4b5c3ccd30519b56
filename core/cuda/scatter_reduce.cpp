// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"

#include <fmt/format.h>

// scatter_reduce(self, dim, index, src, reduce, include_self): self[..., index[i], ...] joined with src[i] by sum,
// prod, mean, amax or amin. Half and bfloat16 are joined in float and rounded once.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

/// One way to join, as device code over accumulators of type J.
struct JoinRule {
    std::string_view name;
    std::string_view neutral; ///< joins with anything to give that thing
    std::string_view join;    ///< joins in `v` at r0[o]
};
constexpr JoinRule kJoins[] = {
    {"sum", "J(0)", "addTo(r0 + o, v);"},
    {"mean", "J(0)", "addTo(r0 + o, v);"},
    {"prod", "J(1)", "update(r0 + o, [&](J old) { return productOf(old, v); });"},
    {"amax", "lowestOf<J>()", "update(r0 + o, [&](J old) { return old != old || !(v != v || old < v) ? old : v; });"},
    {"amin", "highestOf<J>()", "update(r0 + o, [&](J old) { return old != old || !(v != v || v < old) ? old : v; });"},
};

const JoinRule* joinNamed(std::string_view name) {
    for (const JoinRule& rule : kJoins)
        if (rule.name == name)
            return &rule;
    return nullptr;
}

constexpr std::string_view kPrologue = R"(#include "core/cuda/kernels/atomics.cuh"
#include <limits>
template <class J> __device__ inline J lowestOf() {
    if constexpr (std::is_floating_point_v<J>) return -std::numeric_limits<J>::infinity();
    else return std::numeric_limits<J>::lowest();
}
template <class J> __device__ inline J highestOf() {
    if constexpr (std::is_floating_point_v<J>) return std::numeric_limits<J>::infinity();
    else return std::numeric_limits<J>::max();
}
/// sum / count, integers rounded down.
template <class J> __device__ inline J divided(J sum, long long count) {
    if constexpr (std::is_integral_v<J>) {
        const long long wide = (long long)sum, quotient = wide / count;
        return J(wide % count != 0 && wide < 0 ? quotient - 1 : quotient);
    } else return sum / J(count);
}
)";

DType joinedType(DType dtype) { return dtype == DType::Float16 || dtype == DType::BFloat16 ? DType::Float32 : dtype; }

/// A call whose arguments are right.
struct ReduceCall {
    CudaDevice& device;
    const JoinRule& rule;
    Tensor joined; ///< self in the type that is computed in, row-major
    Tensor source; ///< the part of src that the index covers
    size_t dim;
    const Tensor& index;
    bool includeSelf;
};

Addressing targetOf(const ReduceCall& c, const Tensor& base) {
    Addressing to{
        .base = base, .strides = Sizes(c.index.dim(), 0), .indices = {}, .check = Addressing::Entries::Within};
    for (size_t d = 0; d < c.index.dim() && d < base.dim(); ++d)
        to.strides[d] = d == c.dim ? 0 : base.strides()[d];
    to.indices.push_back({c.index, base.dim() ? base.size(c.dim) : 1, base.dim() ? base.strides()[c.dim] : 0});
    return to;
}

Result<Done> launchJoin(const ReduceCall& c, std::string_view body) {
    FX_TRY(Elements e, addressed(targetOf(c, c.joined), c.source, false));
    e.prologue = fmt::format("{}using J = {};\n", kPrologue, deviceType(c.joined.dtype()));
    e.body += body;
    return launch(c.device, e);
}

/// How many elements were joined at each place, for a mean.
Result<Tensor> countsOf(const ReduceCall& c) {
    FX_TRY(Tensor counts, c.device.zeros(DType::Int64, c.joined.sizes()));
    FX_TRY(const Tensor ones, repeated(c.device, Value(int64_t(1)), DType::Int64, c.index.sizes()));
    FX_CHECK(add(c.device, targetOf(c, counts), ones));
    return counts;
}

Result<Done> reduceInto(const ReduceCall& c, const Tensor& out) {
    if (!c.includeSelf)
        FX_CHECK(launchJoin(c, fmt::format("if (ok) r0[o] = {};", c.rule.neutral)));
    FX_CHECK(launchJoin(c, fmt::format("if (ok) {{ const J v = castTo<J>(in0); {} }}", c.rule.join)));
    if (c.rule.name != "mean")
        return c.joined.storage() == out.storage() ? Result<Done>(Done{}) : c.device.copy(c.joined, out);
    FX_TRY(const Tensor counts, countsOf(c));
    return launch(c.device,
                  {.outputs = {out},
                   .inputs = {c.joined, counts},
                   .integers = {c.includeSelf},
                   .body = "out0 = in1 == 0 ? castTo<O0>(in0) : castTo<O0>(divided(castTo<I0>(castTo<O0>(in0)), "
                           "in1 + k0));",
                   .prologue = std::string(kPrologue)});
}

/// The part of `source` that `index` covers.
Result<Tensor> coveredPart(const Tensor& source, const Tensor& index) {
    if (source.dim() == index.dim())
        return source.asStrided(index.sizes(), source.strides(), source.offset());
    return source.asStrided(index.sizes(), Sizes(index.dim(), 1), source.offset()); // one of them has no dimension
}

Taken runScatterReduce(const OpDef& op, Values args, Call& call) {
    const auto name = stringAt(args, 4);
    const JoinRule* rule = name.ok() ? joinNamed(*name) : nullptr;
    if (!rule || !op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty() ||
        isComplex(args[0].tensor().dtype()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_CHECK(call.device.copy(args[0].tensor(), out[0]));
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), out[0].dim()));
    FX_TRY(const bool includeSelf, boolAt(args, 5));
    const Tensor& index = args[2].tensor();
    if (index.numel() == 0)
        return std::optional(resultOf(std::move(out)));
    FX_TRY(Tensor joined, contiguous(call.device, out[0], joinedType(out[0].dtype())));
    FX_TRY(Tensor source, coveredPart(args[3].tensor(), index));
    FX_CHECK(reduceInto({call.device, *rule, std::move(joined), std::move(source), dim, index, includeSelf}, out[0]));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel scatter_reduce_two{"torch.ops.aten.scatter_reduce.two", runScatterReduce};

} // namespace fxscope::cuda
