// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/support/folder.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace fxscope::cli {
namespace {

struct ListOptions {
    std::string path, graph, device = "cpu";
    bool operators = false, json = false;
};

/// How often an operator is called, and whether the device runs every one of these calls.
struct OperatorCount {
    std::string name;
    size_t calls = 0;
    std::string why; ///< of the first call that cannot run; empty: all can
};

std::vector<OperatorCount> countOperators(const Graph& graph, const Backend& backend) {
    std::map<std::string, OperatorCount> counts;
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        if (node.op == Op::Placeholder || node.op == Op::Output)
            continue;
        const std::string name = node.op == Op::CallFunction
                                     ? std::string(node.target.shortName())
                                     : fmt::format("{} {}", fxscope::name(node.op), node.target.str());
        OperatorCount& count = counts[name];
        count.name = name;
        ++count.calls;
        if (const Support support = backend.supports(graph, node); !support && count.why.empty())
            count.why = support.why;
    }
    std::vector<OperatorCount> sorted;
    for (auto& [name, count] : counts)
        sorted.push_back(std::move(count));
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.calls > b.calls; });
    return sorted;
}

Json operatorsJson(const std::vector<OperatorCount>& counts) {
    Json array = Json::array();
    for (const OperatorCount& count : counts)
        array.push_back(
            {{"operator", count.name}, {"calls", count.calls}, {"runs", count.why.empty()}, {"why", count.why}});
    return array;
}

/// The files to list: the path itself, or those below a folder, in order of their names.
std::vector<std::string> filesOf(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored))
        return {path};
    return filesBelow(path);
}

class Lister {
public:
    Lister(const ListOptions& options, const Backend& backend) : m_options(options), m_backend(backend) {}

    int list() {
        const std::vector<std::string> files = filesOf(m_options.path);
        const bool folder = files != std::vector<std::string>{m_options.path};
        for (const std::string& file : files) {
            const auto capture = io::open(file);
            if (!capture && !folder)
                return fail(capture.error());
            if (!capture) {
                io::looksLikeGraph(file) ? m_damaged.push_back(capture.error()) : void(++m_unread);
                continue;
            }
            if (!folder)
                warn(capture->notes);
            if (const auto added = add(file, *capture, folder); !added)
                return fail(added.error());
        }
        if (m_graphs.empty() && m_damaged.empty())
            return fail({"no file in this folder holds a graph", m_options.path, "give a file, or a folder of graphs"});
        print(folder);
        return 0;
    }

private:
    Result<Done> add(const std::string& file, const Capture& capture, bool folder) {
        if (!m_options.graph.empty() && !folder)
            FX_CHECK(capture.entry(m_options.graph));
        for (const GraphEntry& entry : capture.graphs) {
            if (!m_options.graph.empty() && entry.id != m_options.graph)
                continue;
            const auto counts = countOperators(*entry.graph, m_backend);
            const size_t inputs = entry.graph->placeholders().size();
            m_graphs.push_back({{"file", file},
                                {"form", capture.form},
                                {"id", entry.id},
                                {"stage", entry.stage},
                                {"compileId", entry.compileId},
                                {"nodes", entry.graph->size()},
                                {"inputs", inputs},
                                {"operators", counts.size()}});
            if (m_options.operators)
                m_graphs.back()["counts"] = operatorsJson(counts);
            m_counts.push_back(counts);
        }
        return Done{};
    }

    void print(bool folder) const {
        if (m_options.json)
            return printJson(
                {{"path", m_options.path}, {"graphs", m_graphs}, {"damaged", damagedJson()}, {"unread", m_unread}});
        Table table({folder ? "file" : "form", "id", "stage", ">nodes", ">inputs", ">operators"});
        for (const Json& graph : m_graphs) {
            const std::string file =
                std::filesystem::relative(graph["file"].get<std::string>(), m_options.path).string();
            table.add({folder ? file : graph["form"].get<std::string>(), graph["id"], graph["stage"],
                       graph["nodes"].dump(), graph["inputs"].dump(), graph["operators"].dump()});
        }
        fmt::print("{}", table.str());
        for (size_t i = 0; m_options.operators && i < m_counts.size(); ++i)
            printOperators(m_graphs[i], m_counts[i]);
        for (const Diagnostic& damaged : m_damaged)
            printField("damaged", damaged.str());
        if (m_unread > 0)
            fmt::print("{}\n",
                       styled(Style::Dim, counted(static_cast<int64_t>(m_unread), "other file is", "other files are") +
                                              " no graph"));
    }

    Json damagedJson() const {
        Json damaged = Json::array();
        for (const Diagnostic& error : m_damaged)
            damaged.push_back({{"where", error.where}, {"what", error.what}, {"next", error.next}});
        return damaged;
    }

    void printOperators(const Json& graph, const std::vector<OperatorCount>& counts) const {
        Table table({">calls", "operator", "on " + m_options.device});
        for (const OperatorCount& count : counts)
            table.add({std::to_string(count.calls), count.name, count.why.empty() ? "runs" : count.why},
                      count.why.empty() ? Style::Plain : Style::Bad);
        fmt::print("\n{}\n{}", styled(Style::Strong, graph["id"].get<std::string>()), table.str("  "));
    }

    const ListOptions& m_options;
    const Backend& m_backend;
    std::vector<Json> m_graphs;
    std::vector<std::vector<OperatorCount>> m_counts;
    Diagnostics m_damaged; ///< files of a known form that cannot be read
    size_t m_unread = 0;
};

int list(const ListOptions& options) {
    const auto backend = findBackend(options.device);
    return backend ? Lister(options, **backend).list() : fail(backend.error());
}

} // namespace

void addList(Command& app) {
    auto options = std::make_shared<ListOptions>();
    Command command = app.add("list", "list the graphs in a file or folder");
    command.option("FILE", options->path, "a file, or a folder to look through").required();
    command.option("--graph", options->graph, "only this graph");
    command.flag("--ops", options->operators, "count calls by operator, and say which run");
    command.option("--device", options->device, "device of the --ops column").showDefault();
    addJson(command, options->json);
    command.onRun([options] { return list(*options); });
}

} // namespace fxscope::cli
