// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// cumsum and cumprod: y_i = x_0 + ... + x_i. Integers and bool as int64; half types keep the running value in float. A
// team goes along its row in steps of its own length and carries on what came before.

namespace fxscope::cuda {
namespace {

constexpr std::string_view kScan = R"(
    using Sum = Accumulate<O0>;
    Sum carried = nothing<Sum>();
    for (long long from = 0; from < count; from += lanes) {
        const long long i = from + lane;
        Sum mine = i < count ? widen(castTo<O0>(in0(i))) : nothing<Sum>();
        const Sum all = team.scan(mine, [](Sum& a, const Sum& b) { a = joined(a, b); });
        if (i < count) put0(i, castTo<O0>(joined(carried, mine)));
        carried = joined(carried, all);
    }
)";
constexpr std::string_view kSums = R"(
template <class S> __device__ inline S nothing() { return S(0); }
template <class S> __device__ inline S joined(S a, S b) { return a + b; }
)";
constexpr std::string_view kProducts = R"(
template <class S> __device__ inline S nothing() { return S(1); }
template <class S> __device__ inline S joined(S a, S b) { return a * b; }
)";

enum class Scan { Sum, Product };

/// (self, dim, *, dtype)
template <Scan S> Taken runScan(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    if (!hasDeviceTypes(args) || deviceType(out[0].dtype()).empty())
        return std::optional<Value>();
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_TRY(const size_t along, wrapDim(dim, out[0].dim()));
    DimSet dims(out[0].dim(), false);
    if (!dims.empty())
        dims[along] = true;
    RowWork work;
    FX_TRY(Tensor x, rowsOf(args[0].tensor(), dims));
    FX_TRY(Tensor y, rowsOf(out[0], dims));
    work.inputs = {std::move(x)};
    work.outputs = {std::move(y)};
    work.kept = keptOf(dims);
    work.elementsInOrder = true;
    work.prologue = S == Scan::Sum ? kSums : kProducts;
    work.body = kScan;
    FX_CHECK(launch(call.device, work));
    return std::optional(resultOf(out));
}

} // namespace

const CudaKernel cumsum{"torch.ops.aten.cumsum.default", runScan<Scan::Sum>};
const CudaKernel cumprod{"torch.ops.aten.cumprod.default", runScan<Scan::Product>};

} // namespace fxscope::cuda
