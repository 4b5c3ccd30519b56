// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/io/timeline.h"
#include "core/rewrite/trace.h"

#include <QString>

#include <vector>

namespace fxscope {

/// One line of the Node panel: a name and rich text. Nodes are links "node:12", see nodeOfLink.
struct NodeField {
    QString name;
    QString html;
    bool isSection = false; ///< a heading: the fields that follow belong to it
};

/// Everything the graph knows about a living node, the most wanted first. Argument names come from the operator's
/// schema. With `before`, an earlier version that has the node too, also what its target and arguments were.
std::vector<NodeField> nodeFields(const Graph& graph, NodeId node, const Graph* before = nullptr);

/// The kernels that a node ends up in, one line each, with the place of their code where it is known; empty: none.
QString kernelsHtml(const std::vector<io::NodeKernel>& kernels);

/// What a node that both versions have was given another: "axis=1 → dim=1", "aten.index.Tensor → ..."; empty: nothing.
QString changeText(const Graph& before, const Graph& after, NodeId node);

QString nodeLink(const Graph& graph, NodeId node); ///< "<a href=node:12>add_1</a>"
NodeId nodeOfLink(const QString& link);            ///< invalid: some other link

/// Why a rule did not apply at a node, as the Why panel shows it.
struct WhyMiss {
    NodeId node;
    QString pass, rule, code, sentence;
    int matched = 0, wanted = 0;
};
/// The misses at `node` in every pass of the trace, nearest first.
std::vector<WhyMiss> missesAt(const Trace& trace, NodeId node);
/// The misses of one pass, nearest first, `limit` at most.
std::vector<WhyMiss> missesOf(const Trace& trace, size_t pass, size_t limit);

/// A pattern variable of a step and what it stood for; `colour` is the canvas' capture colour, -1 for a constant.
struct WhyCapture {
    QString name, html;
    int colour = -1;
};
std::vector<WhyCapture> capturesOf(const Trace& trace, size_t step);

} // namespace fxscope
