// SPDX-License-Identifier: BSD-3-Clause
#include "passes/passes.h"

#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/pattern/as_written.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace fxscope::cli {
namespace {

struct PassesOptions {
    std::string patterns, pattern;
    bool json = false;
};

void printPassesJson() {
    Json passes = Json::array(), pipelines = Json::array();
    for (const Pass* pass : allPasses())
        passes.push_back({{"name", pass->name()}, {"summary", pass->summary()}, {"patternSets", pass->patternSets()}});
    for (const Pipeline& pipeline : allPipelines())
        pipelines.push_back({{"name", pipeline.name}, {"summary", pipeline.summary}, {"passes", pipeline.passes}});
    printJson({{"passes", passes}, {"pipelines", pipelines}});
}

void printPassesText() {
    Table passes({"pass", "what it does"}), sets({"pass", "pattern sets, the default first"});
    for (const Pass* pass : allPasses()) {
        passes.add({std::string(pass->name()), std::string(pass->summary())});
        if (const auto names = pass->patternSets(); !names.empty())
            sets.add({std::string(pass->name()), join(names, ", ")});
    }
    Table pipelines({"pipeline", "passes", "what it is for"});
    for (const Pipeline& pipeline : allPipelines())
        pipelines.add({pipeline.name, join(pipeline.passes, ", "), pipeline.summary});
    fmt::print("{}\n{}\n{}\nThe patterns of a set, as written and as traced: fxscope passes --patterns SET\n",
               passes.str(), sets.str(), pipelines.str());
}

// --- one set

/// The lines of a function in its file, without those that follow it.
std::vector<std::string> sourceLines(const py::Module& module, const py::Function& function) {
    const auto lines = split(module.source, '\n');
    std::vector<std::string> own;
    for (size_t i = static_cast<size_t>(std::max(function.line, 1)) - 1; i < lines.size(); ++i) {
        const bool inside = own.empty() || lines[i].empty() || lines[i].front() == ' ';
        if (!inside)
            break;
        own.emplace_back(lines[i]);
    }
    while (!own.empty() && trim(own.back()).empty())
        own.pop_back();
    return own;
}

std::vector<std::string> tracedLines(const Graph& graph) {
    std::vector<std::string> lines;
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        if (node.op == Op::Output)
            lines.push_back("return " + pythonRepr(node.args.front(), graph));
        else if (node.op != Op::Placeholder)
            lines.push_back(callText(graph, id));
    }
    return lines;
}

void printSideBySide(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    size_t width = 0;
    for (const std::string& line : left)
        width = std::max(width, line.size());
    for (size_t i = 0; i < std::max(left.size(), right.size()); ++i)
        fmt::print("    {:<{}}  | {}\n", i < left.size() ? left[i] : "", width, i < right.size() ? right[i] : "");
}

void printPattern(const PatternEntry& entry) {
    fmt::print("{}\n", styled(Style::Strong, entry.name()));
    printField("rule", entry.source.rule);
    std::vector<std::string> meaning;
    for (const std::string_view line : split(entry.source.doc, '\n'))
        if (!trim(line).empty())
            meaning.emplace_back(trim(line));
    printField("meaning", join(meaning, " "));
    printField("file", entry.source.where);
    for (const PatternCondition& condition : entry.source.conditions)
        printField("requires", condition.text);
    for (const auto& [function, graph] : {std::pair(&entry.source.pattern(), &entry.searchGraph),
                                          std::pair(&entry.source.replacement(), &entry.replacementGraph)}) {
        printField(function->name, "as written  |  as traced with the examples of the file");
        printSideBySide(sourceLines(entry.source.module, *function), tracedLines(*graph));
    }
    for (const LostCall& call : entry.lost)
        printField("lost", styled(Style::Bad, call.call) + ": " + call.why);
    for (const Diagnostic& note : entry.notes)
        printField("warning", note.what);
    fmt::print("matches\n");
    const std::string printed = fxscope::printPattern(entry.pattern);
    for (const std::string_view line : split(printed, '\n'))
        if (!line.empty())
            fmt::print("    {}\n", line);
    fmt::print("\n");
}

Json linesJson(const std::vector<std::string>& lines) { return Json(lines); }

Json patternJson(const PatternEntry& entry) {
    Json lost = Json::array();
    for (const LostCall& call : entry.lost)
        lost.push_back({{"call", call.call}, {"why", call.why}});
    return {{"name", entry.name()},
            {"rule", entry.source.rule},
            {"file", entry.source.where},
            {"meaning", entry.source.doc},
            {"pattern", linesJson(sourceLines(entry.source.module, entry.source.pattern()))},
            {"patternTraced", linesJson(tracedLines(entry.searchGraph))},
            {"replacement", linesJson(sourceLines(entry.source.module, entry.source.replacement()))},
            {"replacementTraced", linesJson(tracedLines(entry.replacementGraph))},
            {"lost", lost},
            {"matches", fxscope::printPattern(entry.pattern)}};
}

int showSet(const PassesOptions& options) {
    const auto set = loadPatternSet(options.patterns);
    if (!set)
        return fail(set.error());
    if (const auto usable = (*set)->checkUsable(); !usable)
        return fail(usable.error());
    if (!options.pattern.empty() && !(*set)->find(options.pattern)) {
        std::vector<std::string> names;
        for (const auto& entry : (*set)->entries)
            names.push_back(entry->name());
        return fail({"the set " + options.patterns + " has no pattern " + displayText(options.pattern), "",
                     "it has: " + join(names, ", ")});
    }
    Json all = Json::array();
    for (const auto& entry : (*set)->entries) {
        if (!options.pattern.empty() && entry->name() != options.pattern)
            continue;
        if (options.json)
            all.push_back(patternJson(*entry));
        else
            printPattern(*entry);
    }
    warn((*set)->problems);
    if (options.json)
        printJson({{"patternSet", options.patterns}, {"patterns", all}});
    return 0;
}

} // namespace

void addPasses(Command& app) {
    auto options = std::make_shared<PassesOptions>();
    Command command = app.add("passes", "list passes, pipelines and pattern sets; show the patterns of a set");
    command.option("--patterns", options->patterns, "show the patterns of this set or folder").typeName("SET");
    command.option("--pattern", options->pattern, "only this one").typeName("NAME");
    addJson(command, options->json);
    command.onRun([options] {
        if (!options->pattern.empty() && options->patterns.empty())
            return fail({"a pattern belongs to a set", "--pattern", "name it with --patterns SET"});
        if (!options->patterns.empty())
            return showSet(*options);
        options->json ? printPassesJson() : printPassesText();
        return 0;
    });
}

} // namespace fxscope::cli
