// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/check.h"

#include <tuple>

namespace fxscope::cuda {

bool isSticky(cudaError_t answer) {
    switch (answer) {
    case cudaErrorIllegalAddress:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorIllegalInstruction:
    case cudaErrorHardwareStackError:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorContained:
    case cudaErrorTensorMemoryLeak:
    case cudaErrorECCUncorrectable:
    case cudaErrorUnknown: return true;
    default: return false;
    }
}

Result<Done> check(cudaError_t answer, std::string_view doing) {
    if (answer == cudaSuccess)
        return Done{};
    std::ignore = cudaGetLastError(); // an error that is not sticky is over with this
    const std::string what = "CUDA failed while " + std::string(doing) + ": " + cudaGetErrorString(answer);
    if (isSticky(answer))
        return Diagnostic{what, "", std::string(kCannotGoOn)};
    if (answer == cudaErrorMemoryAllocation)
        return Diagnostic{what, "", "use smaller inputs, or free memory of the device (nvidia-smi lists who holds it)"};
    return Diagnostic{what, "", "see what fxscope doctor says about the device"};
}

} // namespace fxscope::cuda
