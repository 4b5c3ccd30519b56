// SPDX-License-Identifier: BSD-3-Clause
#include "passes/index_match.h"

#include <algorithm>

namespace fxscope {

std::string producerName(const Node& node) {
    if (node.op == Op::CallFunction || node.op == Op::CallMethod || node.op == Op::CallModule)
        return std::string(node.target.shortName());
    return std::string(name(node.op));
}

std::optional<Miss> askKnown(IndexQuestions& ask, NodeId index, const MissAt& miss, int matched) {
    const Graph& graph = ask.analysis.graph();
    const IndexFacts& facts = ask.analysis.of(index);
    if (facts.mayIndex())
        return std::nullopt;
    if (facts.known)
        return miss(matched, "index_dtype", "%1 is no int64 or int32 index, PyTorch reads it as a mask or refuses it",
                    {index});
    if (facts.blame == index)
        return miss(matched, "function_mismatch", "nothing is known of the entries of %1 (%2)",
                    {index, producerName(graph[index])});
    return miss(matched, "function_mismatch", "nothing is known of the entries of %1: they come from %2 (%3)",
                {index, facts.blame, producerName(graph[facts.blame])});
}

std::optional<Miss> askUnchanged(IndexQuestions& ask, NodeId index, const MissAt& miss, int matched) {
    const std::vector<NodeId> chain = ask.analysis.chain(index);
    const NodeId writer = ask.effects.writerBetween(chain.front(), miss.anchor, chain);
    if (!writer.valid())
        return std::nullopt;
    return miss(matched, "mutation_region", "%1 may change the entries of %2 before %3 reads them",
                {writer, index, miss.anchor});
}

std::vector<NodeId> matchedNodes(IndexQuestions& ask, const std::vector<NodeId>& indices, NodeId anchor) {
    std::vector<NodeId> nodes;
    for (const NodeId index : indices)
        for (const NodeId id : ask.analysis.chain(index))
            if (std::find(nodes.begin(), nodes.end(), id) == nodes.end())
                nodes.push_back(id);
    nodes.push_back(anchor);
    return nodes;
}

} // namespace fxscope
