// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/match.h"

namespace fxscope {
namespace {

std::string partText(const Graph& graph, const Miss::Part& part) {
    if (const auto* id = std::get_if<NodeId>(&part))
        return id->index < graph.slotCount() ? graph.node(*id).name : "a node of another version";
    if (const auto* number = std::get_if<int64_t>(&part))
        return std::to_string(*number);
    return std::get<std::string>(part);
}

} // namespace

const Argument* Match::capture(std::string_view name) const {
    for (const Binding& binding : captures)
        if (binding.name == name)
            return &binding.value;
    return nullptr;
}

std::string Miss::sentence(const Graph& graph) const {
    std::string text;
    for (size_t i = 0; i < format.size(); ++i) {
        const bool digit = format[i] == '%' && i + 1 < format.size() && format[i + 1] >= '1' && format[i + 1] <= '9';
        const size_t part = digit ? static_cast<size_t>(format[i + 1] - '1') : 0;
        if (!digit || part >= parts.size()) {
            text += format[i];
            continue;
        }
        text += partText(graph, parts[part]);
        ++i;
    }
    return text;
}

} // namespace fxscope
