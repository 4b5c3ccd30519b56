// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/conditions.h"

#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
namespace {

using Check = bool (*)(IndexAnalysis& analysis, const std::vector<NodeId>& nodes);

struct ConditionKind {
    std::string_view name;
    size_t arguments;
    Check holds;
};

const ConditionKind kConditions[] = {
    {"distinct", 1,
     [](IndexAnalysis& analysis, const std::vector<NodeId>& nodes) {
         const IndexFacts& facts = analysis.of(nodes[0]);
         return facts.known && analysis.distinctRows(facts, std::nullopt);
     }},
    {"in_bounds", 2,
     [](IndexAnalysis& analysis, const std::vector<NodeId>& nodes) {
         const IndexFacts& facts = analysis.of(nodes[0]);
         const auto rows = analysis.sizeOf(nodes[1], 0);
         return facts.mayIndex() && rows && analysis.inBounds(facts, *rows);
     }},
    {"matrix", 1,
     [](IndexAnalysis& analysis, const std::vector<NodeId>& nodes) { return analysis.rankOf(nodes[0]) == 2; }},
    {"row_per_entry", 2,
     [](IndexAnalysis& analysis, const std::vector<NodeId>& nodes) {
         const auto rows = analysis.sizeOf(nodes[0], 0), length = analysis.of(nodes[1]).length;
         return rows && length && analysis.equal(*rows, *length) && analysis.atMost(1, *rows);
     }},
    {"same_dtype", 2,
     [](IndexAnalysis& analysis, const std::vector<NodeId>& nodes) {
         const TensorMeta *a = analysis.graph()[nodes[0]].tensor(), *b = analysis.graph()[nodes[1]].tensor();
         return a && b && a->dtype == b->dtype;
     }},
};

const ConditionKind* kindOf(std::string_view name) {
    for (const ConditionKind& kind : kConditions)
        if (kind.name == name)
            return &kind;
    return nullptr;
}

} // namespace

Result<PatternCondition> parseCondition(std::string_view text, const std::vector<std::string>& parameters) {
    PatternCondition condition;
    condition.text = trim(text);
    const size_t open = text.find('('), close = text.rfind(')');
    condition.name = trim(text.substr(0, open));
    const ConditionKind* kind = kindOf(condition.name);
    if (!kind || open == std::string_view::npos || close == std::string_view::npos || close < open) {
        std::vector<std::string> names;
        for (const ConditionKind& known : kConditions)
            names.emplace_back(known.name);
        return Diagnostic{displayText(text) + " is no condition", "", "there are: " + join(names, ", ")};
    }
    for (const std::string_view part : split(text.substr(open + 1, close - open - 1), ','))
        condition.arguments.emplace_back(trim(part));
    if (condition.arguments.size() != kind->arguments)
        return Diagnostic{condition.name + " takes " + counted(int64_t(kind->arguments), "argument", "arguments"), "",
                          "name parameters of pattern"};
    for (const std::string& argument : condition.arguments)
        if (std::find(parameters.begin(), parameters.end(), argument) == parameters.end())
            return Diagnostic{displayText(argument) + " is no parameter of pattern", "",
                              "name one of: " + join(parameters, ", ")};
    return condition;
}

const PatternCondition* firstUnproven(IndexAnalysis& analysis, const std::vector<PatternCondition>& conditions,
                                      const PatternMatch& match) {
    for (const PatternCondition& condition : conditions) {
        std::vector<NodeId> nodes;
        for (const std::string& argument : condition.arguments)
            if (const Argument* value = match.capture(argument); value && value->isNode())
                nodes.push_back(value->asNode());
        if (nodes.size() != condition.arguments.size() || !kindOf(condition.name)->holds(analysis, nodes))
            return &condition;
    }
    return nullptr;
}

} // namespace fxscope
