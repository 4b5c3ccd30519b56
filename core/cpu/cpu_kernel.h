// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

namespace fxscope {

/// A fast kernel for one operator, listed in cpu_kernels.def. `takes` looks at dtypes, layouts and sizes of a call;
/// calls it does not want, wrong ones among them, go to the operator's reference kernel. Results equal the reference's
/// up to rounding, and each other's bit for bit whatever the number of threads.
struct CpuKernel {
    std::string_view target;
    bool (*takes)(std::span<const Value> args);
    Result<Value> (*run)(const OpDef& op, std::span<const Value> args, KernelContext& context);
};

/// The fast kernel of a target, or null.
const CpuKernel* findCpuKernel(Target target);

namespace cpu {
#define CPU_KERNEL(x) extern const CpuKernel x;
#include "core/cpu/cpu_kernels.def"
#undef CPU_KERNEL
} // namespace cpu

} // namespace fxscope
