// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/tracer.h"

namespace fxscope {

// Decompositions of more than a line, by family. Arguments are in schema order with defaults filled in.
using Decomposed = Result<std::optional<TraceValue>>;

// --- trace_matmul.cpp
Decomposed traceMatmul(Tracer& tracer, const ArgumentList& args);
Decomposed traceReshape(Tracer& tracer, const ArgumentList& args);
Decomposed traceUnsafeView(Tracer& tracer, const ArgumentList& args);
Decomposed traceContiguous(Tracer& tracer, const ArgumentList& args);
Decomposed traceMm(Tracer& tracer, const ArgumentList& args);
Decomposed traceBmm(Tracer& tracer, const ArgumentList& args);
Decomposed traceAddmm(Tracer& tracer, const ArgumentList& args);

// --- trace_compose.cpp
Decomposed traceSoftmaxInt(Tracer& tracer, const ArgumentList& args);
Decomposed traceSoftmax(Tracer& tracer, const ArgumentList& args);
Decomposed traceSafeSoftmax(Tracer& tracer, const ArgumentList& args);
Decomposed traceDropout(Tracer& tracer, const ArgumentList& args);
Decomposed traceToDtype(Tracer& tracer, const ArgumentList& args);
Decomposed traceToCopy(Tracer& tracer, const ArgumentList& args);
Decomposed traceTypeAs(Tracer& tracer, const ArgumentList& args);
Decomposed traceMaskedFill(Tracer& tracer, const ArgumentList& args);
Decomposed traceWhereNumber(Tracer& tracer, const ArgumentList& args);
Decomposed traceFull(Tracer& tracer, const ArgumentList& args);
Decomposed traceExpandAs(Tracer& tracer, const ArgumentList& args);
Decomposed traceSplitSizes(Tracer& tracer, const ArgumentList& args);
Decomposed traceChunk(Tracer& tracer, const ArgumentList& args);

// --- trace_attention.cpp
Decomposed traceAttention(Tracer& tracer, const ArgumentList& args);
/// The shape rule of an operator that tracing makes and core/ops does not run; nothing: none is known.
std::optional<ValueMeta> tracedShape(const Tracer& tracer, Target target, const ArgumentList& args);

// --- what the rules have in common

/// Makes a call whose only result is a tensor.
Result<Argument> emit(Tracer& tracer, Target target, ArgumentList args, Kwargs kwargs = {});
/// That tensor as the result of a rule.
Decomposed decomposed(Result<Argument> tensor);
/// prims.convert_element_type, or nothing where the dtype is the same already.
Result<Argument> converted(Tracer& tracer, const Argument& x, DType dtype);
/// A copy where x is not row-major.
Result<Argument> contiguous(Tracer& tracer, const Argument& x);
/// scalar_tensor(value, dtype) on the device of `like`, as PyTorch's C++ wraps a number.
Result<Argument> wrappedNumber(Tracer& tracer, const Argument& value, DType dtype, const TensorMeta& like,
                               bool layout = true);
/// The sizes of a tensor as values of the trace: numbers, or symbols asked of it.
std::vector<TraceValue> traceSizes(Tracer& tracer, const Argument& x);
/// Values as one list argument; symbols become nodes here.
Result<Argument> listArgument(Tracer& tracer, std::vector<TraceValue> values);
/// The sizes that a list argument names.
std::optional<SymSizes> sizesIn(const Tracer& tracer, const Argument& list);

} // namespace fxscope
