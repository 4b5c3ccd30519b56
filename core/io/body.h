// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace fxscope::io {

/// The names of one graph while its text is read, keys viewing the text. All names of a graph are collected before any
/// argument is read, because graphs captured within a pass use names above their definition.
class NameTable {
public:
    void reserve(size_t count) { m_index.reserve(count); }
    /// False if the name was bound already (which stays).
    bool bind(std::string_view name, uint32_t node) { return m_index.emplace(name, node).second; }
    void rebind(std::string_view name, uint32_t node) { m_index[name] = node; }
    std::optional<uint32_t> find(std::string_view name) const {
        const auto found = m_index.find(name);
        return found == m_index.end() ? std::nullopt : std::optional(found->second);
    }
    /// "the name x1 is not defined in this graph; did you mean x, x_1?"
    Diagnostic undefined(std::string_view name, std::string where) const;

private:
    std::unordered_map<std::string_view, uint32_t> m_index;
};

/// Appends the output node; its name is "output" unless a node has that.
void addOutput(std::vector<NodeBody>& nodes, Argument value, const NameTable& names);

/// The graph of these nodes. Errors, at `where`: a cycle, a name twice, two outputs.
Result<Graph> finishGraph(std::vector<NodeBody> nodes, const std::string& where);

} // namespace fxscope::io
