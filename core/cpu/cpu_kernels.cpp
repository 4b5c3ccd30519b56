// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"

#include <unordered_map>

namespace fxscope {
const CpuKernel* findCpuKernel(Target target) {
    static const auto table = [] {
        std::unordered_map<const std::string*, const CpuKernel*> kernels; // targets are unique strings
#define CPU_KERNEL(x) kernels.emplace(&Target(cpu::x.target).str(), &cpu::x);
#include "core/cpu/cpu_kernels.def"
#undef CPU_KERNEL
        return kernels;
    }();
    const auto found = table.find(&target.str());
    return found == table.end() ? nullptr : found->second;
}

} // namespace fxscope
