// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// The files under resources/, part of the program. Names are relative: "schemas/aten_schemas.txt".
std::optional<std::string_view> resource(std::string_view name);
std::vector<std::string> resourceNames(std::string_view prefix = {});

struct ResourceEntry {
    const char *name, *begin, *end;
};
extern const ResourceEntry kResources[]; ///< made by the build
extern const size_t kResourceCount;

} // namespace fxscope
