// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string_view>
#include <utility>
#include <vector>

namespace fxscope {

/// The only way to change a graph that is shown: every change becomes an Edit, so trace, undo and verifier see all of
/// it.
class Rewriter {
public:
    explicit Rewriter(Graph& graph) : m_graph(graph) {}
    const Graph& graph() const { return m_graph; }

    /// A call_function node before `next`: FX's name for it, metadata from the operator's shape rule (unknown where
    /// inputs have none, and, with a warning, where there is no rule), origin of `like` if valid (stack trace and
    /// modules are kept).
    NodeId call(Target target, ArgumentList args, Kwargs kwargs, NodeId next, NodeId like = {});
    NodeId insert(NodeBody body, NodeId next);
    /// Every mention of `old` becomes `replacement`, in list order, except in the nodes of `except`.
    void replaceUses(NodeId old, NodeId replacement, const std::vector<NodeId>& except = {});
    void setArgs(NodeId id, ArgumentList args, Kwargs kwargs);
    void setTarget(NodeId id, Target target); ///< name and arguments stay
    void setMeta(NodeId id, ValueMeta meta);
    void move(NodeId id, NodeId next);
    void erase(NodeId id); ///< must have no users

    const std::vector<Edit>& edits() const { return m_edits; }
    std::vector<Edit> takeEdits() { return std::exchange(m_edits, {}); }
    /// Something the user should know about this rewrite; ends up in the step's warnings.
    void warn(Diagnostic diagnostic) { m_diagnostics.push_back(std::move(diagnostic)); }
    Diagnostics takeDiagnostics() { return std::exchange(m_diagnostics, {}); }
    void undoAll(); ///< back to where this rewriter began, if edits were not taken

private:
    template <class Change> NodeId record(NodeId id, const Change& change);
    Graph& m_graph;
    std::vector<Edit> m_edits;
    Diagnostics m_diagnostics;
};

} // namespace fxscope
