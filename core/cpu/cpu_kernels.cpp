// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"

#include <unordered_map>

namespace fxscope {
const CpuKernel* findCpuKernel(Target target) {
    static const auto table = [] {
        std::unordered_map<std::string_view, const CpuKernel*> kernels;
#define CPU_KERNEL(x) kernels.emplace(cpu::x.target, &cpu::x);
#include "core/cpu/cpu_kernels.def"
#undef CPU_KERNEL
        return kernels;
    }();
    const auto found = table.find(target.str());
    return found == table.end() ? nullptr : found->second;
}

} // namespace fxscope
