// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/library.h"

#include <dlfcn.h>

#include <cstdlib>

namespace fxscope::cuda {
namespace {

std::vector<std::string> foldersOf() {
    std::vector<std::string> folders{""};
    for (const char* variable : {"CUDA_HOME", "CUDA_PATH"})
        if (const char* root = std::getenv(variable); root && *root)
            folders.push_back(std::string(root) + "/lib64/");
    folders.push_back("/usr/local/cuda/lib64/");
    folders.push_back("/usr/lib/x86_64-linux-gnu/");
    return folders;
}

} // namespace

Result<Library> Library::open(const std::vector<std::string>& names) {
    for (const std::string& folder : foldersOf())
        for (const std::string& name : names)
            if (void* handle = dlopen((folder + name).c_str(), RTLD_NOW | RTLD_LOCAL))
                return Library(handle, folder + name);
    return Diagnostic{"the library " + names.front() + " was not found", "",
                      "install the CUDA Toolkit, or name its folder in CUDA_HOME"};
}

Result<void*> Library::symbol(const char* name) const {
    if (void* found = dlsym(m_handle, name))
        return found;
    return Diagnostic{m_path + " has no function " + name, "", "it is of another version; install CUDA Toolkit 13"};
}

} // namespace fxscope::cuda
