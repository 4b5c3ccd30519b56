// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/folder.h"

#include <algorithm>
#include <filesystem>

namespace fxscope {

std::vector<std::string> filesBelow(const std::string& folder) {
    using Options = std::filesystem::directory_options;
    std::vector<std::string> files;
    std::error_code ignored;
    auto entry = std::filesystem::recursive_directory_iterator(folder, Options::skip_permission_denied, ignored);
    for (; entry != std::filesystem::recursive_directory_iterator(); entry.increment(ignored))
        if (std::error_code unknown; entry->is_regular_file(unknown))
            files.push_back(entry->path().string());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace fxscope
