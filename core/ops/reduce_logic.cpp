// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

// any and all: is one (every) element not zero? NaN is not zero. any of nothing is false, all of nothing true. The
// result is bool, but uint8 for uint8, as PyTorch keeps it.

namespace fxscope::ops {
namespace {

enum class Quantifier { Any, All };
/// default has no dimensions, dim one, dims a list in which empty means none: the elements themselves, not zero.
enum class LogicForm { Whole, Dims };

template <class Arg> Result<DimSet> dimsOf(std::span<const Arg> args, LogicForm form, size_t rank) {
    return form == LogicForm::Whole ? DimSet(rank, true) : reducedDims(args, 1, rank, EmptyDims::None);
}

template <LogicForm F> Result<ValueMeta> infer(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, dimsOf(args, F, x.sizes.size()));
    FX_TRY(const bool keepDim, F == LogicForm::Whole ? Result<bool>(false) : boolAt(args, 2));
    const DType dtype = x.dtype == DType::UInt8 ? DType::UInt8 : DType::Bool;
    return ValueMeta::tensor(newMeta(dtype, reducedSizes(x.sizes, dims, keepDim), &x));
}

template <class T> bool holds(const T* x, int64_t count, Quantifier quantifier) {
    const bool any = quantifier == Quantifier::Any;
    for (int64_t i = 0; i < count; ++i)
        if (castTo<bool>(x[i]) == any)
            return any;
    return !any;
}

template <Quantifier Q, LogicForm F> Result<Value> run(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(infer<F>, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, dimsOf(args, F, x.dim()));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            out.data<uint8_t>()[r] = holds(in.rows.data<T>() + r * in.inner, in.inner, Q);
        return Value(out);
    });
}

} // namespace

const OpDef any{.target = "torch.ops.aten.any.default",
                .infer = infer<LogicForm::Whole>,
                .reference = run<Quantifier::Any, LogicForm::Whole>};
const OpDef any_dim{.target = "torch.ops.aten.any.dim",
                    .infer = infer<LogicForm::Dims>,
                    .reference = run<Quantifier::Any, LogicForm::Dims>};
const OpDef any_dims{.target = "torch.ops.aten.any.dims",
                     .infer = infer<LogicForm::Dims>,
                     .reference = run<Quantifier::Any, LogicForm::Dims>};
const OpDef all{.target = "torch.ops.aten.all.default",
                .infer = infer<LogicForm::Whole>,
                .reference = run<Quantifier::All, LogicForm::Whole>};
const OpDef all_dim{.target = "torch.ops.aten.all.dim",
                    .infer = infer<LogicForm::Dims>,
                    .reference = run<Quantifier::All, LogicForm::Dims>};
const OpDef all_dims{.target = "torch.ops.aten.all.dims",
                     .infer = infer<LogicForm::Dims>,
                     .reference = run<Quantifier::All, LogicForm::Dims>};

} // namespace fxscope::ops
