// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/diff_report.h"

#include "app/cli/json_print.h"
#include "app/cli/print.h"
#include "core/io/diff_text.h"
#include "core/io/timeline.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace fxscope::cli {
namespace {

/// Regions that do the same, by what they do; those that only remove or only add last.
std::vector<std::pair<std::string, size_t>> countRegions(const Graph& before, const Graph& after,
                                                         const std::vector<DiffRegion>& regions) {
    std::vector<std::pair<std::string, size_t>> counts;
    for (const DiffRegion& region : regions) {
        const std::string text = io::regionText(before, after, region);
        const auto known = std::find_if(counts.begin(), counts.end(), [&](const auto& c) { return c.first == text; });
        if (known == counts.end())
            counts.emplace_back(text, 1);
        else
            ++known->second;
    }
    std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return counts;
}

/// Regions in which nodes took the place of others.
size_t rewriteCount(const GraphDiff& diff) {
    return static_cast<size_t>(std::count_if(diff.regions.begin(), diff.regions.end(), [](const DiffRegion& region) {
        return !region.removed.empty() && !region.added.empty();
    }));
}

/// Pairs without any difference; a node may be changed and renamed at once.
size_t unchanged(const GraphDiff& diff) {
    std::set<NodeId> touched;
    for (const NodeChange& change : diff.changed)
        touched.insert(change.before);
    for (const NodePair& pair : diff.renamed)
        touched.insert(pair.before);
    return diff.pairs.size() - touched.size();
}

std::string targetOf(const Node& node) { return std::string(node.target.shortName()); }

std::vector<std::string> sentences(const Graph& before, const Graph& after, const NodeChange& change) {
    std::vector<std::string> what;
    for (const Difference& difference : change.what)
        what.push_back(io::differenceText(before, after, change, difference));
    return what;
}

Json idsJson(const Graph& graph, const std::vector<NodeId>& ids) {
    Json array = Json::array();
    for (const NodeId id : ids)
        array.push_back({{"node", graph[id].name}, {"target", graph[id].target.str()}});
    return array;
}
Json pairsJson(const Graph& before, const Graph& after, const std::vector<NodePair>& pairs) {
    Json array = Json::array();
    for (const NodePair& pair : pairs)
        array.push_back({{"before", before[pair.before].name}, {"after", after[pair.after].name}});
    return array;
}

Json diffJson(const Graph& before, const Graph& after, const GraphDiff& diff) {
    Json changed = Json::array(), rewrites = Json::array(), became = Json::object();
    for (const NodeChange& change : diff.changed)
        changed.push_back({{"before", before[change.before].name},
                           {"after", after[change.after].name},
                           {"what", sentences(before, after, change)}});
    for (const auto& [text, count] : countRegions(before, after, diff.regions))
        rewrites.push_back({{"what", text}, {"count", count}});
    for (const auto& [from, to] : diff.became)
        for (const NodeId node : to)
            became[before[from].name].push_back(after[node].name);
    return {{"nodesBefore", before.size()},
            {"nodesAfter", after.size()},
            {"same", diff.same()},
            {"changed", changed},
            {"renamed", pairsJson(before, after, diff.renamed)},
            {"removed", idsJson(before, diff.removed)},
            {"added", idsJson(after, diff.added)},
            {"moved", pairsJson(before, after, diff.moved)},
            {"rewrites", rewrites},
            {"graphs", diff.children},
            {"became", became}};
}

void printNodes(const Graph& before, const Graph& after, const GraphDiff& diff) {
    Table table({"", "node", "what is different"});
    for (const NodeChange& change : diff.changed)
        table.add({"~", after[change.after].name, join(sentences(before, after, change), "; ")});
    for (const NodePair& pair : diff.renamed)
        table.add({"=", after[pair.after].name, "was named " + before[pair.before].name}, Style::Dim);
    for (const NodeId id : diff.removed)
        table.add({"-", before[id].name, targetOf(before[id])}, Style::Bad);
    for (const NodeId id : diff.added)
        table.add({"+", after[id].name, targetOf(after[id])}, Style::Good);
    if (!table.empty())
        fmt::print("{}\n", table.str());
}

std::string summary(const GraphDiff& diff) {
    return diff.same() ? "none, the graphs are the same"
                       : fmt::format("{} changed, {} renamed, {} removed, {} added, {} moved, {} the same",
                                     diff.changed.size(), diff.renamed.size(), diff.removed.size(), diff.added.size(),
                                     diff.moved.size(), unchanged(diff));
}

void printFollowed(const Graph& before, const Graph& after, const GraphDiff& diff) {
    Table table({"node", "became"});
    for (const auto& [from, to] : diff.became) {
        std::vector<std::string> names;
        for (const NodeId node : to)
            names.push_back(after[node].name);
        table.add({before[from].name, join(names, ", ")});
    }
    if (!table.empty())
        fmt::print("{}\n", table.str());
}

/// Some forms do not hold nested graphs: then it is not said that they differ.
void printChildren(const Graph& before, const Graph& after, const GraphDiff& diff) {
    std::vector<std::string> differ, first, second;
    for (const std::string& name : diff.children)
        (!after.children.contains(name) ? first : !before.children.contains(name) ? second : differ).push_back(name);
    const auto print = [](const std::vector<std::string>& names, const char* one, const char* many) {
        if (!names.empty())
            printField("graphs", join(names, ", ") + (names.size() == 1 ? one : many));
    };
    print(differ, " differs", " differ");
    print(first, " is in the first alone", " are in the first alone");
    print(second, " is in the second alone", " are in the second alone");
}

} // namespace

int reportDiff(const NamedSide& before, const NamedSide& after,
               const std::map<std::string, std::vector<std::string>>& links, bool json) {
    const Graph &a = *before.entry.graph, &b = *after.entry.graph;
    const GraphDiff diff = diffGraphs(a, b, links);
    if (json) {
        Json report = diffJson(a, b, diff);
        report["before"] = before.name;
        report["after"] = after.name;
        printJson(report);
        return diff.same() ? 0 : 1;
    }
    printNodes(a, b, diff);
    printFollowed(a, b, diff);
    for (const auto& [text, count] : countRegions(a, b, diff.regions))
        printField(count == 1 ? "rewrite" : "rewrites", (count == 1 ? "" : fmt::format("{} x ", count)) + text);
    printChildren(a, b, diff);
    printField("nodes", fmt::format("{} -> {}", a.size(), b.size()));
    printField("difference", summary(diff));
    return diff.same() ? 0 : 1;
}

int reportNeighbours(const Capture& capture, bool json) {
    Json rows = Json::array();
    Table table({"before", "after", ">changed", ">renamed", ">removed", ">added", ">moved", ">rewrites"});
    bool differs = false;
    for (size_t i = 0; i < capture.graphs.size(); ++i) {
        if (capture.graphs[i].previous < 0)
            continue;
        const auto before = capture.load(static_cast<size_t>(capture.graphs[i].previous)), after = capture.load(i);
        if (!before.ok() || !after.ok()) {
            warn({before.ok() ? after.error() : before.error()});
            continue;
        }
        const GraphDiff diff =
            diffGraphs(*before->graph, *after->graph, io::linksBetween(capture, before->id, after->id));
        differs = differs || !diff.same();
        Json row = diffJson(*before->graph, *after->graph, diff);
        row["before"] = before->id;
        row["after"] = after->id;
        rows.push_back(std::move(row));
        const auto number = [](size_t count) { return std::to_string(count); };
        table.add({before->id, after->id, number(diff.changed.size()), number(diff.renamed.size()),
                   number(diff.removed.size()), number(diff.added.size()), number(diff.moved.size()),
                   number(rewriteCount(diff))},
                  diff.same() ? Style::Dim : Style::Plain);
    }
    if (rows.empty())
        return fail({"there is nothing to compare: no stage of this file was made from another", capture.path,
                     "name two graphs with --graph A --graph B, or give a second file"});
    if (json)
        printJson({{"path", capture.path}, {"stages", rows}});
    else
        fmt::print("{}", table.str());
    return differs ? 1 : 0;
}

int reportFollowed(const Capture& capture, const std::string& id, const std::string& node, bool json) {
    const auto followed = io::followNode(capture, id, node);
    if (!followed.ok())
        return fail(followed.error());
    Json rows = Json::array();
    Table table({"stage", "nodes"});
    for (const io::FollowedStage& stage : *followed) {
        rows.push_back({{"stage", stage.id}, {"nodes", stage.nodes}});
        table.add({stage.id, stage.nodes.empty() ? "gone" : join(stage.nodes, ", ")});
    }
    if (json)
        printJson({{"path", capture.path}, {"node", node}, {"stages", rows}});
    else
        fmt::print("{}", table.str());
    return 0;
}

} // namespace fxscope::cli
