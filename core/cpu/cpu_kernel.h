// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

namespace fxscope {

/// A fast kernel for one operator, listed in cpu_kernels.def. `takes` looks at dtypes, layouts and sizes of a call;
/// calls it does not want go to the operator's reference kernel. Results equal the reference's up to rounding, whatever
/// the number of threads, bit for bit for any two numbers of threads.
struct CpuKernel {
    std::string_view target;
    bool (*takes)(std::span<const Value> args);
    Kernel run;
};

/// The fast kernel of a target, or null.
const CpuKernel* findCpuKernel(Target target);

} // namespace fxscope
