// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/gemm.h"
#include "core/cpu/parallel.h"
#include "core/ops/kernel_util.h"

// mm, bmm, addmm, baddbmm, linear in float and double; matrices whose rows and columns both step are copied first. Half
// types, integers and complex numbers go to the reference.

namespace fxscope::cpu {
namespace {

bool isFast(const Value& value) {
    return value.isTensor() && (value.tensor().dtype() == DType::Float32 || value.tensor().dtype() == DType::Float64);
}
bool isReal(const Value& value) { return value.isNumber(); }

/// The products' operands are at `At` and `At + 1`; wrong calls go to the reference, which says what is wrong.
template <size_t At, size_t Rank> bool takesProduct(Values args) {
    if (!isFast(args[At]) || !isFast(args[At + 1]))
        return false;
    const Tensor &a = args[At].tensor(), &b = args[At + 1].tensor();
    const bool fits =
        a.dtype() == b.dtype() && a.dim() == Rank && b.dim() == Rank && a.size(Rank - 1) == b.size(Rank - 2);
    return fits && a.numel() > 0 && b.numel() > 0 && (Rank == 2 || a.size(0) == b.size(0)) &&
           (At == 0 ||
            (isFast(args[0]) && args[0].tensor().dtype() == a.dtype() && isReal(args[3]) && isReal(args[4])));
}

/// `x` itself if rows or columns of its last two dimensions have unit step, else a row-major copy.
Result<Tensor> asOperand(const Tensor& x) {
    const size_t r = x.dim() - 2, c = x.dim() - 1;
    const int64_t rows = x.strides()[r], columns = x.strides()[c];
    const bool byRows = (columns == 1 || x.size(c) == 1) && (rows >= x.size(c) || x.size(r) == 1);
    const bool byColumns = (rows == 1 || x.size(r) == 1) && (columns >= x.size(r) || x.size(c) == 1);
    return byRows || byColumns ? Result<Tensor>(x) : x.clone();
}

template <class T> GemmOperand<T> operandAt(const Tensor& x, int64_t batch) {
    const size_t r = x.dim() - 2, c = x.dim() - 1;
    const T* data = x.data<T>() + (r ? batch * x.strides()[0] : 0);
    const bool byRows = (x.strides()[c] == 1 || x.size(c) == 1) && (x.strides()[r] >= x.size(c) || x.size(r) == 1);
    if (byRows)
        return GemmOperand<T>::of(data, x.size(r), x.size(c), x.strides()[r], 1);
    return {data, x.size(c) == 1 ? x.size(r) : x.strides()[c], true};
}

/// out = alpha * a b + beta * out for one matrix or a stack.
Result<Value> multiply(const Tensor& a, const Tensor& b, double alpha, double beta, Tensor out) {
    FX_TRY(const Tensor left, asOperand(a));
    FX_TRY(const Tensor right, asOperand(b));
    const size_t r = out.dim() - 2;
    const int64_t batch = r ? out.size(0) : 1, rows = out.size(r), columns = out.size(r + 1),
                  inner = a.size(a.dim() - 1);
    const auto run = [&]<class T>(int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n)
            gemm(rows, columns, inner, static_cast<T>(alpha), operandAt<T>(left, n), operandAt<T>(right, n),
                 static_cast<T>(beta), out.data<T>() + n * rows * columns);
    };
    const auto ofType = [&](int64_t begin, int64_t end) {
        out.dtype() == DType::Float32 ? run.template operator()<float>(begin, end)
                                      : run.template operator()<double>(begin, end);
    };
    if (batch == 1)
        ofType(0, 1); // one matrix is cut into blocks by gemm itself
    else
        parallelFor(batch, gemmGrain(rows * columns * inner), ofType);
    return Value(out);
}

Result<Value> runProduct(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    return multiply(args[0].tensor(), args[1].tensor(), 1, 0, std::move(out));
}

Result<Value> runAdding(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    const double beta = args[3].toDouble(), alpha = args[4].toDouble();
    if (beta != 0)
        FX_CHECK(copyInto(args[0].tensor(), out));
    return multiply(args[1].tensor(), args[2].tensor(), alpha, beta, std::move(out));
}

bool takesLinear(Values args) {
    if (!isFast(args[0]) || !isFast(args[1]) || !(args[2].isNone() || isFast(args[2])))
        return false;
    const Tensor &x = args[0].tensor(), &w = args[1].tensor();
    return x.dim() > 0 && w.dim() == 2 && x.dtype() == w.dtype() && x.size(x.dim() - 1) == w.size(1) && x.numel() > 0 &&
           w.numel() > 0;
}

Result<Value> runLinear(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const Tensor& w = args[1].tensor();
    const int64_t inner = w.size(1), columns = w.size(0), rows = x.numel() / inner;
    if (args[2].isTensor())
        FX_CHECK(copyInto(args[2].tensor(), out));
    FX_TRY(const Tensor flat, x.asStrided({rows, inner}, {inner, 1}, x.offset()));
    FX_TRY(const Tensor turned, w.asStrided({inner, columns}, {w.strides()[1], w.strides()[0]}, w.offset()));
    FX_TRY(Tensor to, out.asStrided({rows, columns}, {columns, 1}, 0));
    FX_CHECK(multiply(flat, turned, 1, args[2].isTensor() ? 1 : 0, std::move(to)));
    return Value(out);
}

} // namespace

const CpuKernel mm{"torch.ops.aten.mm.default", takesProduct<0, 2>, runProduct};
const CpuKernel bmm{"torch.ops.aten.bmm.default", takesProduct<0, 3>, runProduct};
const CpuKernel addmm{"torch.ops.aten.addmm.default", takesProduct<1, 2>, runAdding};
const CpuKernel baddbmm{"torch.ops.aten.baddbmm.default", takesProduct<1, 3>, runAdding};
const CpuKernel linear{"torch.ops.aten.linear.default", takesLinear, runLinear};

} // namespace fxscope::cpu
