// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/optional_library.h"

#include <cstdlib>
#include <string_view>

namespace fxscope::cuda {

Result<Library> openOptional(const std::vector<std::string>& names) {
    if (const char* wanted = std::getenv("FXSCOPE_CUDA_LIBRARIES"); wanted && std::string_view(wanted) == "off")
        return Diagnostic{"libraries are not used", "", "unset FXSCOPE_CUDA_LIBRARIES"};
    return Library::open(names);
}

} // namespace fxscope::cuda
