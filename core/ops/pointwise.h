// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/kernel_util.h"

namespace fxscope {

// Shape rules and loops of elementwise operators. A rule takes the first `Count` arguments as operands (tensors and
// numbers), broadcasts them and lays the result out as Note [Elementwise strides] says; the loops take a captureless
// lambda over the type that is computed in (float for half and bfloat16).

/// Whether operands of another dtype are cast before the loop. On the CPU PyTorch copies them then, which closes gaps
/// and repetitions, and the copy's order of dimensions takes part in the choice of the result's.
enum class Casts { Yes, No };
/// The result of an elementwise operator over `operands` with this dtype.
Result<ValueMeta> pointwiseMeta(Metas operands, DType dtype, Casts casts = Casts::Yes);

/// Note [Result types] of an operator over its operands.
enum class ResultKind { Same, Float, Bool };

template <ResultKind Kind, size_t Count> Result<ValueMeta> inferPointwise(Metas args) {
    const Metas operands = args.first(std::min(Count, args.size()));
    const DType dtype = resultType(operands);
    return pointwiseMeta(operands, Kind == ResultKind::Bool    ? DType::Bool
                                   : Kind == ResultKind::Float ? floatFor(dtype)
                                                               : dtype);
}

/// The dtype that PyTorch computes these operands in, before a comparison makes it bool.
DType commonDType(Values operands);
/// float32 for half and bfloat16, whose numbers it holds exactly; itself otherwise.
inline DType computeDType(DType dtype) {
    return dtype == DType::Float16 || dtype == DType::BFloat16 ? DType::Float32 : dtype;
}

/// y = fn(x), the result having the type that is computed in.
template <ResultKind Kind, DTypes Set, auto Fn> Result<Value> unary(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferPointwise<Kind, 1>, args));
    FX_TRY(const Tensor x, operand(args[0], out.dtype(), out.sizes()));
    FX_CHECK(dispatch<Set>(out.dtype(), [&]<class T>() -> Result<Done> {
        using C = ComputeType<T>;
        mapElements<T, T>(out, {&x}, [](T value) { return T(Fn(C(value))); });
        return Done{};
    }));
    return Value(out);
}

/// y = fn(x) in the dtype that `rule` gives, fn being a closure over the type that is computed in.
template <DTypes Set> Result<Value> unaryBy(Values args, Infer rule, auto fn) {
    FX_TRY(Tensor out, allocateResult(rule, args));
    FX_TRY(const Tensor x, operand(args[0], out.dtype(), out.sizes()));
    FX_CHECK(dispatch<Set>(out.dtype(), [&]<class T>() -> Result<Done> {
        using C = ComputeType<T>;
        mapElements<T, T>(out, {&x}, [fn](T value) { return T(fn(C(value))); });
        return Done{};
    }));
    return Value(out);
}

/// What happens to the numbers of half and bfloat16 operators that did not come in that type: PyTorch rounds them to it
/// first, except those of products and quotients.
enum class Operands { Rounded, Exact };

/// y = fn(a, b) in the common type, half and bfloat16 in float.
template <ResultKind Kind, DTypes Set, auto Fn, Operands Given = Operands::Rounded>
Result<Value> binary(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferPointwise<Kind, 2>, args));
    const DType read = Given == Operands::Exact ? computeDType(out.dtype()) : out.dtype();
    FX_TRY(const Tensor a, operand(args[0], read, out.sizes()));
    FX_TRY(const Tensor b, operand(args[1], read, out.sizes()));
    FX_CHECK(dispatch<Set>(out.dtype(), [&]<class T>() -> Result<Done> {
        using C = ComputeType<T>;
        using In = std::conditional_t<Given == Operands::Exact, C, T>;
        mapElements<T, In, In>(out, {&a, &b}, [](In x, In y) { return T(Fn(C(x), C(y))); });
        return Done{};
    }));
    return Value(out);
}

/// fn(a, b) is a bool; a number is rounded to the common type first, as PyTorch does.
template <DTypes Set, auto Fn> Result<Value> comparison(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferPointwise<ResultKind::Bool, 2>, args));
    const DType common = commonDType(args.first(2));
    FX_TRY(const Tensor a, operand(args[0], common, out.sizes()));
    FX_TRY(const Tensor b, operand(args[1], common, out.sizes()));
    FX_CHECK(dispatch<Set>(common, [&]<class T>() -> Result<Done> {
        using C = ComputeType<T>;
        mapElements<bool, T, T>(out, {&a, &b}, [](T x, T y) { return bool(Fn(C(x), C(y))); });
        return Done{};
    }));
    return Value(out);
}

/// The in-place form of a kernel: its result is written into the first argument.
Result<Value> writeBack(Values args, Result<Value> result);
template <Kernel Functional> Result<Value> inPlace(Values args, KernelContext& context) {
    return writeBack(args, Functional(args, context));
}
Result<ValueMeta> inferInPlace(Metas args);

/// The truth of a number of any type.
template <class T> bool truth(T value) { return value != T(0); }

} // namespace fxscope
