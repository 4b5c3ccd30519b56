// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/explain_case.h"

#include "core/io/capture.h"
#include "core/pattern/replace.h"

#include <algorithm>

namespace fxscope::conform {
namespace {

std::string nodeName(const void* graph, NodeId id) { return (*static_cast<const Graph*>(graph))[id].name; }
std::string repr(const Graph& graph, const Argument& value) { return pythonRepr(value, nodeName, &graph); }

std::string foundWords(const Graph& graph, const Argument& found) {
    if (!found.isNode())
        return repr(graph, found);
    const Node& node = graph[found.asNode()];
    return node.op == Op::CallFunction ? std::string(node.target.shortName()) : std::string(name(node.op));
}

Json structureDetail(const Pattern& pattern, const MatchFailure& failure) {
    const PatternExpr& expr = pattern[failure.pattern];
    const bool nested = pattern.nested[failure.pattern.index];
    const ArgumentList& parts = failure.found.items();
    return {{"found", structureText(parts[0].items(), parts[1].dict(), nested)},
            {"want", structureText(expr.args, expr.kwargs, nested)}};
}

Json detailOf(const Graph& graph, const Pattern& pattern, const MatchFailure& failure) {
    Json detail = Json::object();
    const auto node = [&] { detail["node"] = graph[failure.node].name; };
    const auto want = [&] {
        detail["want"] = functionWords(pattern[failure.pattern]);
        detail["pattern"] = reprExpr(pattern, failure.pattern);
    };
    switch (failure.reason) {
    case Reason::ArityMismatch: detail["has"] = failure.has, detail["wants"] = failure.wants; [[fallthrough]];
    case Reason::FunctionMismatch:
        if (failure.node.valid())
            node();
        detail["found"] = foundWords(graph, failure.found);
        want();
        break;
    case Reason::MultipleUsers:
        node(), want();
        detail["has"] = failure.has, detail["wants"] = failure.wants;
        break;
    case Reason::ArgsStructure: detail = structureDetail(pattern, failure), node(); break;
    case Reason::ConstantArgs:
        node();
        detail["found"] = repr(graph, failure.found), detail["want"] = repr(graph, failure.wanted);
        break;
    case Reason::RepeatedPatternDiffers:
        node();
        detail["name"] = pattern[failure.pattern].name;
        detail["first"] = repr(graph, failure.wanted), detail["then"] = repr(graph, failure.found);
        break;
    case Reason::MutationRegion: detail["regions"] = failure.numbers; break;
    case Reason::MissingInput: detail["missing"] = failure.names; break;
    case Reason::MissingValue:
    case Reason::NoFakeValue: detail["nodes"] = failure.names; break;
    case Reason::RetraceCrashes: detail["error"] = failure.text; break;
    case Reason::UnsupportedType:
        if (failure.text == "cpu")
            detail["device"] = "cpu", detail["config"] = "disable_cpp_codegen";
        else
            detail["dtype"] = failure.text;
        break;
    default: break;
    }
    return detail;
}

Json namesOf(const Graph& graph, const std::vector<NodeId>& ids) {
    Json names = Json::array();
    for (const NodeId id : ids)
        names.push_back(graph[id].name);
    return names;
}

/// The first node in list order one of whose inputs comes later, with that input.
Json firstOutOfOrder(const Graph& graph) {
    for (const NodeId id : graph.order())
        for (const NodeId input : graph.inputs(id))
            if (graph.isBefore(id, input))
                return {{"node", graph[id].name}, {"input", graph[input].name}};
    return nullptr;
}

Json sizeJson(const SymInt& size) { return size.isConstant() ? Json(size.constant()) : Json(size.str()); }

Json metaJson(const Graph& graph) {
    Json metas = Json::array();
    for (const NodeId id : graph.order()) {
        Json meta = {{"node", graph[id].name}};
        if (const TensorMeta* tensor = graph[id].tensor()) {
            meta["dtype"] = name(tensor->dtype);
            meta["size"] = Json::array();
            for (const SymInt& size : tensor->sizes)
                meta["size"].push_back(sizeJson(size));
        } else if (graph[id].meta.kind() == ValueMeta::Kind::SymInt)
            meta["value"] = graph[id].meta.symInt().str();
        else if (graph[id].meta.kind() == ValueMeta::Kind::SymFloat)
            meta["value"] = graph[id].meta.expression();
        metas.push_back(std::move(meta));
    }
    return metas;
}

/// Everything but values: of the nodes that were there from the start, their mutation region too.
Json tagsJson(const Graph& graph, size_t slotsBefore) {
    Json tags = Json::object();
    MutationRegions regions(graph);
    for (const NodeId id : graph.order()) {
        if (graph[id].op == Op::Output)
            continue;
        Json meta = Json::object();
        if (id.index < slotsBefore)
            meta["mutation_region_id"] = std::to_string(regions.of(id));
        if (graph[id].origin)
            for (const auto& [key, value] : graph[id].origin->meta)
                meta[key] = value;
        tags[graph[id].name] = std::move(meta);
    }
    return tags;
}

class Comparison {
public:
    void field(const std::string& what, const Json& wanted, const Json& found) {
        if (wanted != found)
            m_lines.push_back(what + ": PyTorch " + wanted.dump() + ", fxscope " + found.dump());
    }
    bool any() const { return !m_lines.empty(); }
    std::vector<std::string> take() { return std::move(m_lines); }

private:
    std::vector<std::string> m_lines;
};

/// Node and number of users are not recorded where an earlier rewrite of the run had changed the graph.
void forgetUnrecorded(const Json& wanted, Json& found) {
    if (found.value("code", "") != "multiple_users" || !found.contains("detail") || !wanted.contains("detail"))
        return;
    for (const char* key : {"node", "has"})
        if (!wanted["detail"].contains(key))
            found["detail"].erase(key);
}

void compareTries(const Json& wanted, Json found, Comparison& comparison, Report& report, const std::string& caseName) {
    comparison.field("number of tries", wanted.size(), found.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
        const std::string group =
            "try " + wanted[i].value("code", "") + " " + std::to_string(wanted[i].value("phase", -1));
        Json mine = i < found.size() ? found[i] : Json();
        if (mine.is_object())
            forgetUnrecorded(wanted[i], mine);
        report.check(group,
                     wanted[i] == mine ? "" : caseName + ": PyTorch " + wanted[i].dump() + ", fxscope " + mine.dump());
        comparison.field("try " + std::to_string(i), wanted[i], mine);
    }
}

} // namespace

Json describeTry(const Graph& graph, const PatternTry& tried) {
    Json result = {{"anchor", graph[tried.anchor].name},
                   {"target", tried.target.shortName()},
                   {"pattern", tried.entry->name()},
                   {"phase", tried.phase},
                   {"code", name(tried.reason())}};
    if (tried.match) {
        result["captured"] = Json::object();
        for (const auto& [parameter, value] : tried.match->captures)
            result["captured"][parameter] = repr(graph, value);
        result["nodes"] = namesOf(graph, tried.match->nodes);
    }
    if (tried.specific)
        result["specific"] = printPattern(tried.specific->pattern);
    const Pattern& pattern = tried.specific ? tried.specific->pattern : tried.entry->pattern;
    if (tried.reason() != Reason::Match)
        result["detail"] = detailOf(graph, pattern, tried.failure);
    return result;
}

std::vector<std::string> compareCase(const Json& record, ExplainGraph& program, const PatternSet& set, Report& report) {
    Comparison comparison;
    Graph& graph = program.graph;
    const size_t slotsBefore = graph.slotCount();
    PatternRunOptions options;
    options.facts.disableCppCodegen = program.disableCppCodegen;
    options.facts.isReal = [&](NodeId id) { return program.real.contains(id); };
    const auto run = runPatterns(graph, set, options);
    if (!run.ok())
        return {"the run failed: " + run.error().str()};

    Json tries = Json::array();
    for (const PatternTry& tried : run->tries)
        tries.push_back(describeTry(graph, tried));
    compareTries(record.value("tries", Json::array()), std::move(tries), comparison, report, record.value("name", ""));
    comparison.field("no_anchor", record.value("no_anchor", false), run->anchors == 0);
    // A cycle shows only when the nodes are sorted: an assertion without words.
    const bool cycle = run->error.empty() && !topologicalOrder(graph).ok();
    comparison.field("error", record.value("error", ""), cycle ? "AssertionError: " : run->error);
    if (record.contains("error"))
        return comparison.take();

    comparison.field("matches", record.value("matches", -1), run->matches);
    comparison.field("matched_nodes", record.value("matched_nodes", -1), run->matchedNodes);
    comparison.field("unsorted", record.value("unsorted", Json()), namesOf(graph, graph.ids()));
    comparison.field("out_of_order", record.value("out_of_order", Json()), firstOutOfOrder(graph));
    Rewriter rewriter(graph);
    if (const auto sorted = sortNodes(rewriter); !sorted.ok())
        return {"sorting failed: " + sorted.error().str()};
    comparison.field("sorted", record.value("sorted", Json()), namesOf(graph, graph.ids()));
    removeDeadCode(graph, true);
    comparison.field("after", record.value("after", ""), io::writeText(graph));
    comparison.field("after_meta", record.value("after_meta", Json()), metaJson(graph));
    if (record.contains("new_tags"))
        comparison.field("new_tags", record.at("new_tags"), tagsJson(graph, slotsBefore));
    return comparison.take();
}

} // namespace fxscope::conform
