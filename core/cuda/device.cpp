// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/device.h"

#include "core/cuda/check.h"

#include <tuple>

namespace fxscope::cuda {

Result<int> deviceCount() {
    int count = 0;
    const cudaError_t answer = cudaGetDeviceCount(&count);
    std::ignore = cudaGetLastError();
    if (answer == cudaSuccess && count > 0)
        return count;
    int driver = 0;
    std::ignore = cudaDriverGetVersion(&driver);
    if (driver == 0)
        return Diagnostic{"no NVIDIA driver", "", "install the driver of your card"};
    if (answer == cudaErrorInsufficientDriver)
        return Diagnostic{"the NVIDIA driver is too old for CUDA 13", "", "install driver 580 or newer"};
    if (answer == cudaErrorNoDevice || answer == cudaSuccess)
        return Diagnostic{"no CUDA device", "", "CUDA_VISIBLE_DEVICES may hide it"};
    return Diagnostic{std::string("CUDA does not start: ") + cudaGetErrorString(answer), "", ""};
}

Result<DeviceProperties> factsOf(int index) {
    FX_TRY(const int count, deviceCount());
    if (index < 0 || index >= count)
        return Diagnostic{"there is no device cuda:" + std::to_string(index), "",
                          "this machine has " + std::to_string(count)};
    cudaDeviceProp properties{};
    FX_CHECK(check(cudaGetDeviceProperties(&properties, index), "reading the device's properties"));
    DeviceProperties facts;
    facts.index = index;
    facts.name = properties.name;
    facts.major = properties.major;
    facts.minor = properties.minor;
    facts.multiprocessors = properties.multiProcessorCount;
    facts.threadsPerMultiprocessor = properties.maxThreadsPerMultiProcessor;
    facts.memoryBytes = static_cast<int64_t>(properties.totalGlobalMem);
    facts.l2Bytes = properties.l2CacheSize;
    std::ignore = cudaDriverGetVersion(&facts.driver);
    std::ignore = cudaRuntimeGetVersion(&facts.runtime);
    if (facts.major < kOldestMajor)
        return Diagnostic{facts.name + " has compute capability " + std::to_string(facts.major) + "." +
                              std::to_string(facts.minor) + ", the kernels need " + std::to_string(kOldestMajor) + ".0",
                          "", "use a newer card, or --device cpu"};
    return facts;
}

} // namespace fxscope::cuda
