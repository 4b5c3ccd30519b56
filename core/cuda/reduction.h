// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"
#include "core/cuda/rows.h"

namespace fxscope::cuda {

/// What a kernel gives back: nothing is "not this call".
using Taken = Result<std::optional<Value>>;

/// The operator's results, each element of which is the fold of args[0] over the dimensions of argument `dims` (see
/// dimsAt): `fold` says how, and the tensors are filled in here. Not taken: what is no tensor, dtypes that device code
/// does not have. Error: a wrong call.
Taken reduce(const OpDef& op, Values args, Call& call, int dims, Fold fold, EmptyDims empty = EmptyDims::All);

/// The dimensions of argument `i`, or all of them if the overload has none (i < 0).
Result<DimSet> dimsAt(Values args, int i, EmptyDims empty = EmptyDims::All);

/// Has device code a type for every tensor here?
bool hasDeviceTypes(Values args);

} // namespace fxscope::cuda
