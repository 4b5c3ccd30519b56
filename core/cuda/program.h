// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/kernel_key.h"
#include "core/support/result.h"

#include <cuda_runtime_api.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fxscope::cuda {

/// Text that device code can include, by the name it includes it with: the files of core/cuda/kernels and the shared
/// headers of core.
struct DeviceHeader {
    const char *name, *begin, *end;
};
extern const DeviceHeader kDeviceHeaders[]; ///< made by the build
extern const size_t kDeviceHeaderCount;

/// Compiles CUDA C++ to machine code of `architecture` ("sm_90"), which needs no device. Error: what the compiler said,
/// or that there is none.
Result<std::string> compileDeviceCode(const std::string& source, const std::string& architecture);

/// Kernels of one device by their source, compiled once: kept in memory, and as files in the user's cache folder.
class Programs {
public:
    explicit Programs(std::string architecture) : m_architecture(std::move(architecture)) {}
    /// The function `kernel` (extern "C") of `source`. Thread safe.
    Result<cudaKernel_t> kernel(const std::string& source);
    /// The same for the source that `key` stands for; `source()` is asked only where the key is new.
    template <class Source> Result<cudaKernel_t> kernel(const KernelKey& key, const Source& source) {
        if (const cudaKernel_t known = find(key))
            return known;
        FX_TRY(const cudaKernel_t made, kernel(source()));
        remember(key, made);
        return made;
    }
    size_t compiled() const { return m_compiled; } ///< not found in the cache
    std::chrono::nanoseconds spent() const { return m_spent; }

private:
    Result<std::string> code(const std::string& source);
    cudaKernel_t find(const KernelKey& key); ///< or null
    void remember(const KernelKey& key, cudaKernel_t kernel);
    std::string m_architecture;
    std::mutex m_mutex;
    std::unordered_map<std::string, cudaKernel_t> m_kernels, m_keyed; ///< by source, by key
    size_t m_compiled = 0;
    std::chrono::nanoseconds m_spent{};
};

/// $XDG_CACHE_HOME/fxscope/kernels, or ~/.cache/fxscope/kernels; FXSCOPE_KERNEL_CACHE names another folder, empty:
/// none.
std::string kernelCacheFolder();

} // namespace fxscope::cuda
