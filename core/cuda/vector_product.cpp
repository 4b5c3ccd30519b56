// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// dot(a, x) = sum of a_k x_k, mv the same for every row of a matrix, addmv = beta * self + alpha * (mat vec): with
// beta == 0 self is not read, so its NaNs do not come through. Sums of integers are int64, of floats double.

namespace fxscope::cuda {
namespace {

DType accumulateType(DType dtype) {
    return isComplex(dtype) ? DType::Complex128 : isFloating(dtype) ? DType::Float64 : DType::Int64;
}

Fold productFold() {
    Fold fold;
    fold.accumulator = "Accumulate<O0>";
    fold.start = "A(0)";
    fold.add = "acc = acc + widen(in0) * widen(in1);";
    fold.join = "acc = acc + other;";
    fold.finish = "out0 = castTo<O0>(acc);";
    return fold;
}

/// `left` is a matrix or, for dot, a vector; `fold` may have further inputs, one element per row.
Result<Done> launchProduct(Call& call, Fold fold, const Tensor& left, const Tensor& vector, const Tensor& out) {
    Sizes sizes(left.dim(), 1), strides(left.dim(), 0);
    sizes.back() = vector.size(0);
    strides.back() = vector.strides()[0];
    FX_TRY(Tensor right, vector.asStrided(std::move(sizes), std::move(strides), vector.offset()));
    fold.inputs.insert(fold.inputs.begin(), {left, std::move(right)});
    fold.kept = left.dim() - 1;
    DimSet dims(left.dim(), false);
    dims.back() = true;
    FX_TRY(Tensor result, rowResult(out, dims));
    fold.outputs = {std::move(result)};
    return launch(call.device, fold);
}

bool isTaken(Values args, const Tensor& out) {
    return hasDeviceTypes(args) && out.dtype() != DType::Bool && !deviceType(out.dtype()).empty();
}

Taken runVector(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    if (!isTaken(args, out[0]))
        return std::optional<Value>();
    FX_CHECK(launchProduct(call, productFold(), args[0].tensor(), args[1].tensor(), out[0]));
    return std::optional(resultOf(out));
}

/// (self, mat, vec, beta, alpha)
Taken runAddmv(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    if (!isTaken(args, out[0]))
        return std::optional<Value>();
    const DType dtype = accumulateType(out[0].dtype());
    const auto beta = numberOf(args[3], dtype), alpha = numberOf(args[4], dtype);
    if (!beta.ok() || !alpha.ok())
        return std::optional<Value>();
    Fold fold = productFold();
    fold.numbers = {*beta, *alpha};
    FX_TRY(const Tensor spread, expandTo(args[0].tensor(), out[0].sizes()));
    fold.raw = {spread};
    fold.integers = {spread.strides()[0]};
    fold.rowsInOrder = true;
    fold.finish = "const A product = acc * A(n1); out0 = castTo<O0>(n0 == decltype(n0)(0) ? product : product + A(n0) "
                  "* widen(r0[row * k0]));";
    FX_CHECK(launchProduct(call, std::move(fold), args[1].tensor(), args[2].tensor(), out[0]));
    return std::optional(resultOf(out));
}

} // namespace

const CudaKernel dot{"torch.ops.aten.dot.default", runVector};
const CudaKernel mv{"torch.ops.aten.mv.default", runVector};
const CudaKernel addmv{"torch.ops.aten.addmv.default", runAddmv};

} // namespace fxscope::cuda
