// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/expectation.h"

#include "app/cli/print.h"

#include <fmt/format.h>

#include <algorithm>

namespace fxscope::cli {

Comparison compareExpected(const TensorMap& actual, const TensorMap& recorded, std::optional<Tolerance> tolerance) {
    TensorMap wanted;
    for (const auto& [name, tensor] : recorded)
        if (const auto found = actual.find(name); found != actual.end())
            wanted.insert(*found);
    return compareMaps(wanted, recorded, tolerance);
}

TensorMap everyTensor(const Graph& graph, const RunResult& result) {
    TensorMap tensors = service::nodeTensors(graph, result);
    size_t index = 0;
    for (const auto& [name, tensor] : service::outputTensors(graph, result))
        tensors.insert_or_assign(name, tensor);
    for (; tensors.contains("out" + std::to_string(index)); ++index)
        tensors.insert_or_assign("output." + std::to_string(index), tensors.at("out" + std::to_string(index)));
    return tensors;
}

void printExpectation(const Expectation& expectation) {
    const auto& nodes = expectation.comparison.nodes;
    const auto equal =
        std::count_if(nodes.begin(), nodes.end(), [](const NodeComparison& n) { return n.difference.equal; });
    const Style style = expectation.comparison.equal ? Style::Good : Style::Bad;
    printField("expected", styled(style, fmt::format("{} of {} values equal", equal, nodes.size())) +
                               fmt::format(", max abs {} max rel {} ({})", shortNumber(expectation.comparison.maxAbs),
                                           shortNumber(expectation.comparison.maxRel), expectation.path));
    fmt::print("{}", differingTable(expectation.comparison));
}

std::string differingTable(const Comparison& comparison, size_t limit) {
    Table table({"value", "type", ">differing", "how"});
    size_t more = 0;
    for (const NodeComparison& node : comparison.nodes) {
        if (node.difference.equal)
            continue;
        if (limit == 0) {
            ++more;
            continue;
        }
        --limit;
        const std::string name = node.output.empty() ? node.before : node.output + " (" + node.before + ")";
        const std::string arrow = node.after == node.before ? name : name + " -> " + node.after;
        table.add({arrow, node.type, fmt::format("{} of {}", node.difference.differing, node.difference.elements),
                   verdict(node.difference)},
                  Style::Bad);
    }
    if (table.empty() && more == 0)
        return {};
    return table.str() + (more > 0 ? fmt::format("and {} more\n", more) : "");
}

} // namespace fxscope::cli
