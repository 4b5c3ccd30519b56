// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/resources.h"

#include <cstddef>
#include <span>

namespace fxscope {

std::optional<std::string_view> resource(std::string_view name) {
    for (const ResourceEntry& entry : std::span(kResources, kResourceCount))
        if (entry.name == name)
            return std::string_view(entry.begin, static_cast<size_t>(entry.end - entry.begin));
    return std::nullopt;
}

std::vector<std::string> resourceNames(std::string_view prefix) {
    std::vector<std::string> names;
    for (const ResourceEntry& entry : std::span(kResources, kResourceCount))
        if (std::string_view(entry.name).starts_with(prefix))
            names.emplace_back(entry.name);
    return names;
}

} // namespace fxscope
