// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <string>
#include <vector>

namespace fxscope::cuda {

/// A library of the CUDA Toolkit that is loaded when it is first needed: the program starts without it. Looked for
/// where the loader looks, below CUDA_HOME and CUDA_PATH, in /usr/local/cuda and beside the program.
class Library {
public:
    /// Error: none of the names was found, and where it was looked for.
    static Result<Library> open(const std::vector<std::string>& names);
    /// Error: the library has no such function (another version).
    template <class Function> Result<Function*> function(const char* name) const {
        FX_TRY(void* const found, symbol(name));
        return reinterpret_cast<Function*>(found);
    }
    const std::string& path() const { return m_path; }

private:
    Library(void* handle, std::string path) : m_handle(handle), m_path(std::move(path)) {}
    Result<void*> symbol(const char* name) const;
    void* m_handle; ///< never closed: kernels may outlive what loaded it
    std::string m_path;
};

} // namespace fxscope::cuda
