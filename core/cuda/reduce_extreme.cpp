// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// Extremes and where they are. A NaN wins over every number; the place is that of the first NaN, else of the first of
// equal extremes.

namespace fxscope::cuda {
namespace {

enum class Wanted { Largest, Smallest };

/// Values alone.
Fold valueFold(Wanted wanted) {
    const bool largest = wanted == Wanted::Largest;
    const std::string better = largest ? "formulas::larger" : "formulas::smaller";
    Fold fold;
    fold.accumulator = "Held<ComputeType<I0>>";
    fold.start = largest ? "{leastOf<ComputeType<I0>>()}" : "{mostOf<ComputeType<I0>>()}";
    fold.add = "acc.value = " + better + "(acc.value, ComputeType<I0>(in0));";
    fold.join = "acc.value = " + better + "(acc.value, other.value);";
    fold.finish = "out0 = castTo<O0>(acc.value);";
    return fold;
}

/// Values and places, or places alone.
Fold placeFold(Wanted wanted, bool values) {
    const std::string meet = wanted == Wanted::Largest ? "acc.template meet<true>" : "acc.template meet<false>";
    Fold fold;
    fold.accumulator = "Best<ComputeType<I0>>";
    fold.start = "{ComputeType<I0>(), -1}";
    fold.add = meet + "(ComputeType<I0>(in0), i);";
    fold.join = meet + "(other.value, other.place);";
    fold.finish = values ? "out0 = castTo<O0>(acc.value); out1 = acc.place;" : "out0 = acc.place;";
    fold.elementsInOrder = true;
    return fold;
}

/// aminmax: both at once. A NaN makes both NaN, for it wins both.
Fold bothFold() {
    Fold fold;
    fold.prologue = "struct Both { Held<ComputeType<I0>> least, most; };\n";
    fold.accumulator = "Both";
    fold.start = "{{mostOf<ComputeType<I0>>()}, {leastOf<ComputeType<I0>>()}}";
    fold.add = "acc.least.value = formulas::smaller(acc.least.value, ComputeType<I0>(in0)); "
               "acc.most.value = formulas::larger(acc.most.value, ComputeType<I0>(in0));";
    fold.join = "acc.least.value = formulas::smaller(acc.least.value, other.least.value); "
                "acc.most.value = formulas::larger(acc.most.value, other.most.value);";
    fold.finish = "out0 = castTo<O0>(acc.least.value); out1 = castTo<O1>(acc.most.value);";
    return fold;
}

bool isReal(Values args) { return isTensorAt(args, 0) && !isComplex(args[0].tensor().dtype()); }

template <int Dims, Wanted W> Taken runValues(const OpDef& op, Values args, Call& call) {
    if (!isReal(args))
        return std::optional<Value>();
    return reduce(op, args, call, Dims, valueFold(W));
}

template <Wanted W, bool WithValues> Taken runPlaces(const OpDef& op, Values args, Call& call) {
    if (!isReal(args) || (!WithValues && args[0].tensor().dtype() == DType::Bool))
        return std::optional<Value>();
    return reduce(op, args, call, 1, placeFold(W, WithValues));
}

Taken runBoth(const OpDef& op, Values args, Call& call) {
    if (!isReal(args))
        return std::optional<Value>();
    return reduce(op, args, call, 1, bothFold());
}

} // namespace

const CudaKernel amax{"torch.ops.aten.amax.default", runValues<1, Wanted::Largest>};
const CudaKernel amin{"torch.ops.aten.amin.default", runValues<1, Wanted::Smallest>};
const CudaKernel max_default{"torch.ops.aten.max.default", runValues<-1, Wanted::Largest>};
const CudaKernel min_default{"torch.ops.aten.min.default", runValues<-1, Wanted::Smallest>};
const CudaKernel max_dim{"torch.ops.aten.max.dim", runPlaces<Wanted::Largest, true>};
const CudaKernel min_dim{"torch.ops.aten.min.dim", runPlaces<Wanted::Smallest, true>};
const CudaKernel argmax{"torch.ops.aten.argmax.default", runPlaces<Wanted::Largest, false>};
const CudaKernel argmin{"torch.ops.aten.argmin.default", runPlaces<Wanted::Smallest, false>};
const CudaKernel aminmax{"torch.ops.aten.aminmax.default", runBoth};

} // namespace fxscope::cuda
