// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/diff_text.h"

#include "core/io/capture.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

constexpr size_t kShownOperators = 8, kShownItems = 4;

std::string sidesText(const Graph& before, const Graph& after, const std::string& what, const Difference& difference) {
    if (!difference.now)
        return what + " is gone, was " + writeArgument(before, *difference.was);
    if (!difference.was)
        return what + " is new: " + writeArgument(after, *difference.now);
    if (difference.items.empty() || difference.was->items().size() <= kShownItems)
        return what + " is " + writeArgument(after, *difference.now) + ", was " +
               writeArgument(before, *difference.was);
    std::vector<std::string> items;
    for (size_t i = 0; i < std::min(difference.items.size(), kShownItems); ++i) {
        const size_t item = difference.items[i];
        items.push_back("item " + std::to_string(item) + " is " + writeArgument(after, difference.now->items()[item]) +
                        ", was " + writeArgument(before, difference.was->items()[item]));
    }
    if (difference.items.size() > kShownItems)
        items.push_back("and " + std::to_string(difference.items.size() - kShownItems) + " more items");
    return "in " + what + " " + join(items, ", ");
}

std::string operatorsText(const Graph& graph, const std::vector<NodeId>& nodes) {
    std::vector<std::string> names;
    for (size_t i = 0; i < std::min(nodes.size(), kShownOperators); ++i) {
        const Node& node = graph[nodes[i]];
        names.emplace_back(node.op == Op::CallFunction ? std::string(node.target.shortName())
                                                       : std::string(name(node.op)) + " " + node.target.str());
    }
    if (nodes.size() > names.size())
        names.push_back("and " + std::to_string(nodes.size() - names.size()) + " more");
    return names.empty() ? "nothing" : join(names, ", ");
}

} // namespace

std::string differenceText(const Graph& before, const Graph& after, const NodeChange& change, const Difference& what) {
    const Node &a = before[change.before], &b = after[change.after];
    switch (what.kind) {
    case Difference::Kind::Target: return "target is " + b.target.str() + ", was " + a.target.str();
    case Difference::Kind::Argument:
        return sidesText(before, after,
                         a.op == Op::Output ? "what it returns" : "argument " + std::to_string(what.index), what);
    case Difference::Kind::Keyword: return sidesText(before, after, "keyword " + what.key, what);
    case Difference::Kind::KeywordName: return "keyword " + what.key + " is now " + what.newKey;
    case Difference::Kind::Meta: break;
    }
    const std::string was = a.meta.str(), now = b.meta.str();
    return was == now ? "it is " + b.meta.str(true) + ", was " + a.meta.str(true) : "it is " + now + ", was " + was;
}

std::string regionText(const Graph& before, const Graph& after, const DiffRegion& region) {
    return operatorsText(before, region.removed) + " -> " + operatorsText(after, region.added);
}

} // namespace fxscope::io
