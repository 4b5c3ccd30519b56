// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel_rows.h"
#include "core/cpu/vector.h"
#include "core/ops/pointwise.h"

// Elementwise operators in float: rows of operands that step by one element or stand still are vector code, and rows
// are shared among the threads. Every element is computed alone, so neither changes a result.

namespace fxscope::cpu {
namespace {

constexpr int64_t kPointwiseGrain = 32768; // elements that are worth a thread

/// Steps of 1 or 0; others are taken element by element.
using UnaryRow = void (*)(const float* x, float* y, int64_t count);
using BinaryRow = void (*)(const float* a, int64_t stepA, const float* b, int64_t stepB, float* y, int64_t count);

#define FX_UNARY_ROW(name, expression)                                                                                 \
    FX_VECTOR void name(const float* x, float* y, int64_t count) {                                                     \
        for (int64_t i = 0; i < count; ++i) {                                                                          \
            const float v = x[i];                                                                                      \
            y[i] = expression;                                                                                         \
        }                                                                                                              \
    }
FX_UNARY_ROW(reluRow, v < 0 ? 0 : v)
FX_UNARY_ROW(negateRow, -v)
FX_UNARY_ROW(sqrtRow, std::sqrt(v))
FX_UNARY_ROW(rsqrtRow, 1 / std::sqrt(v))
FX_UNARY_ROW(expRow, vectorExp(v))
FX_UNARY_ROW(sigmoidRow, 1 / (1 + vectorExp(-v)))
FX_UNARY_ROW(siluRow, v / (1 + vectorExp(-v)))
FX_UNARY_ROW(tanhRow, vectorTanh(v))
#undef FX_UNARY_ROW

#define FX_BINARY_ROW(name, expression)                                                                                \
    FX_VECTOR void name(const float* a, int64_t stepA, const float* b, int64_t stepB, float* y, int64_t count) {       \
        if (stepA == 1 && stepB == 1)                                                                                  \
            for (int64_t i = 0; i < count; ++i) {                                                                      \
                const float u = a[i], v = b[i];                                                                        \
                y[i] = expression;                                                                                     \
            }                                                                                                          \
        else if (stepA == 1 && stepB == 0)                                                                             \
            for (int64_t i = 0; i < count; ++i) {                                                                      \
                const float u = a[i], v = *b;                                                                          \
                y[i] = expression;                                                                                     \
            }                                                                                                          \
        else                                                                                                           \
            for (int64_t i = 0; i < count; ++i) {                                                                      \
                const float u = a[i * stepA], v = b[i * stepB];                                                        \
                y[i] = expression;                                                                                     \
            }                                                                                                          \
    }
FX_BINARY_ROW(addRow, u + v)
FX_BINARY_ROW(subtractRow, u - v)
FX_BINARY_ROW(multiplyRow, u* v)
FX_BINARY_ROW(divideRow, u / v)
FX_BINARY_ROW(maximumRow, u != u || u > v ? u : v)
FX_BINARY_ROW(minimumRow, u != u || u < v ? u : v)
#undef FX_BINARY_ROW

bool isFloatTensor(const Value& value) { return value.isTensor() && value.tensor().dtype() == DType::Float32; }

/// The result of an operator of one tensor: the rule's, without asking it where that is plain.
Result<Tensor> resultLike(const OpDef& op, Values args) {
    const Tensor& x = args[0].tensor();
    return x.isContiguous() ? Tensor::empty(DType::Float32, x.sizes()) : allocateResult(op.infer, args);
}

bool takesUnary(Values args) { return isFloatTensor(args[0]); }

template <UnaryRow Row> Result<Value> runUnary(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    FX_TRY(Tensor out, resultLike(op, args));
    if (out.strides() != x.strides())
        return op.reference(args, context);
    const ParallelRows<2> rows(out.sizes(), {&out.strides(), &x.strides()});
    float* const to = out.data<float>();
    const float* const from = x.data<float>();
    rows.run(kPointwiseGrain, [&](int64_t count, const auto& at, const auto&) { // dense: rows step by one
        Row(from + at[1], to + at[0], count);
    });
    return Value(out);
}

/// Two float tensors, or one and a number that is a float in the result's type; alpha must be 1.
bool takesBinary(Values args) {
    const auto isNumber = [](const Value& v) { return v.isNumber() && !std::holds_alternative<bool>(v.v); };
    if (!isFloatTensor(args[0]) || !(isFloatTensor(args[1]) || isNumber(args[1])))
        return false;
    return args.size() < 3 || (args[2].isNumber() && args[2].toDouble() == 1);
}

Result<Tensor> binaryResult(const OpDef& op, Values args) {
    const Tensor& a = args[0].tensor();
    const bool same = !args[1].isTensor() || args[1].tensor().dim() == 0 ||
                      (args[1].tensor().sizes() == a.sizes() && args[1].tensor().isContiguous());
    return same && a.isContiguous() ? Tensor::empty(DType::Float32, a.sizes()) : allocateResult(op.infer, args);
}

template <BinaryRow Row> Result<Value> runBinary(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, binaryResult(op, args));
    FX_TRY(const Tensor a, expandTo(args[0].tensor(), out.sizes()));
    const float number = args[1].isTensor() ? 0 : static_cast<float>(args[1].toDouble());
    const Sizes still(out.dim(), 0);
    FX_TRY(const Tensor b, args[1].isTensor() ? expandTo(args[1].tensor(), out.sizes()) : Result<Tensor>(a));
    const ParallelRows<3> rows(out.sizes(), {&out.strides(), &a.strides(), args[1].isTensor() ? &b.strides() : &still});
    float* const to = out.data<float>();
    const float *const left = a.data<float>(), *const right = args[1].isTensor() ? b.data<float>() : &number;
    rows.run(kPointwiseGrain, [&](int64_t count, const auto& at, const auto& steps) {
        if (steps[0] == 1 || count == 1)
            Row(left + at[1], steps[1], right + at[2], steps[2], to + at[0], count);
        else
            for (int64_t i = 0; i < count; ++i)
                Row(left + at[1] + i * steps[1], 0, right + at[2] + i * steps[2], 0, to + at[0] + i * steps[0], 1);
    });
    return Value(out);
}

template <UnaryRow Row> constexpr CpuKernel unaryKernel(std::string_view target) {
    return {target, takesUnary, runUnary<Row>};
}
template <BinaryRow Row> constexpr CpuKernel binaryKernel(std::string_view target) {
    return {target, takesBinary, runBinary<Row>};
}

} // namespace

const CpuKernel relu = unaryKernel<reluRow>("torch.ops.aten.relu.default");
const CpuKernel neg = unaryKernel<negateRow>("torch.ops.aten.neg.default");
const CpuKernel sqrt = unaryKernel<sqrtRow>("torch.ops.aten.sqrt.default");
const CpuKernel rsqrt = unaryKernel<rsqrtRow>("torch.ops.aten.rsqrt.default");
const CpuKernel exp = unaryKernel<expRow>("torch.ops.aten.exp.default");
const CpuKernel sigmoid = unaryKernel<sigmoidRow>("torch.ops.aten.sigmoid.default");
const CpuKernel silu = unaryKernel<siluRow>("torch.ops.aten.silu.default");
const CpuKernel tanh = unaryKernel<tanhRow>("torch.ops.aten.tanh.default");
const CpuKernel add_Tensor = binaryKernel<addRow>("torch.ops.aten.add.Tensor");
const CpuKernel sub_Tensor = binaryKernel<subtractRow>("torch.ops.aten.sub.Tensor");
const CpuKernel mul_Tensor = binaryKernel<multiplyRow>("torch.ops.aten.mul.Tensor");
const CpuKernel mul_Scalar = binaryKernel<multiplyRow>("torch.ops.aten.mul.Scalar");
const CpuKernel div_Tensor = binaryKernel<divideRow>("torch.ops.aten.div.Tensor");
const CpuKernel maximum = binaryKernel<maximumRow>("torch.ops.aten.maximum.default");
const CpuKernel minimum = binaryKernel<minimumRow>("torch.ops.aten.minimum.default");

} // namespace fxscope::cpu
