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
#include <numeric>

namespace fxscope::cli {
namespace {

struct ListOptions {
    std::string path, graph, device = "cpu";
    bool operators = false, kernels = false, json = false;
};

/// So much text of graphs is read to count nodes; of larger captures only what was asked for by --graph or --ops.
constexpr size_t kReadBytes = size_t{64} << 20;

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
    if (!std::filesystem::is_directory(path, ignored) || io::isCaptureFolder(path))
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
                m_notes = capture->notes;
            if (const auto added = add(file, *capture, folder); !added)
                return fail(added.error());
        }
        if (m_graphs.empty() && m_damaged.empty())
            return fail({"no file in this folder holds a graph", m_options.path, "give a file, or a folder of graphs"});
        warn(m_notes);
        print(folder);
        return 0;
    }

private:
    Result<Done> add(const std::string& file, const Capture& capture, bool folder) {
        std::vector<size_t> wanted = capture.find(m_options.graph);
        if (!m_options.graph.empty() && !folder && wanted.empty())
            FX_CHECK(capture.entry(m_options.graph)); // says which ids there are
        if (m_options.graph.empty()) {
            wanted.resize(capture.graphs.size());
            std::iota(wanted.begin(), wanted.end(), size_t{0});
        }
        size_t bytes = 0;
        for (const size_t index : wanted)
            bytes += capture.graphs[index].bytes;
        const bool read = bytes <= kReadBytes || m_options.operators || !m_options.graph.empty();
        for (const size_t index : wanted)
            addGraph(file, capture, index, read);
        if (m_options.kernels)
            addKernels(file, capture);
        return Done{};
    }

    void addGraph(const std::string& file, const Capture& capture, size_t index, bool read) {
        const GraphEntry& entry = capture.graphs[index];
        Json row{{"file", file},         {"form", capture.form},         {"id", entry.id},
                 {"stage", entry.stage}, {"compileId", entry.compileId}, {"nodes", nullptr},
                 {"inputs", nullptr},    {"operators", nullptr},         {"previous", nullptr},
                 {"same", false},        {"restarted", entry.restarted}};
        if (entry.previous >= 0)
            row["previous"] = capture.graphs[static_cast<size_t>(entry.previous)].id;
        std::vector<OperatorCount> counts;
        if (const auto loaded = read ? capture.load(index) : Result<GraphEntry>(entry); !loaded) {
            m_damaged.push_back(loaded.error());
        } else if (loaded->graph) {
            counts = countOperators(*loaded->graph, m_backend);
            row["nodes"] = loaded->graph->size();
            row["inputs"] = loaded->graph->placeholders().size();
            row["operators"] = counts.size();
            row["same"] = sameAsPrevious(capture, *loaded);
            m_notes.insert(m_notes.end(), loaded->notes.begin(), loaded->notes.end());
        }
        if (m_options.operators)
            row["counts"] = operatorsJson(counts);
        m_graphs.push_back(std::move(row));
        m_counts.push_back(std::move(counts));
    }

    static bool sameAsPrevious(const Capture& capture, const GraphEntry& entry) {
        if (entry.previous < 0)
            return false;
        const auto previous = capture.load(static_cast<size_t>(entry.previous));
        return previous && previous->graph && sameGraph(*previous->graph, *entry.graph, {.meta = false});
    }

    /// "model.py:3" of the nodes that the kernel computes, each once, in their order.
    static std::vector<std::string> placesOf(const Capture& capture, const InductorRun& run, const KernelCall& kernel) {
        std::vector<std::string> places;
        const auto add = [&](int index, const std::vector<std::string>& names) {
            const auto entry = index < 0 ? Result<GraphEntry>(Diagnostic{}) : capture.load(static_cast<size_t>(index));
            for (const std::string& name : entry.ok() && entry->graph ? names : std::vector<std::string>{}) {
                const auto id = entry->graph->find(name);
                const Origin* origin = id ? (*entry->graph)[*id].origin.get() : nullptr;
                if (!origin || origin->stack.empty())
                    continue;
                std::string place = origin->stack.back().file + ":" + std::to_string(origin->stack.back().line);
                if (std::find(places.begin(), places.end(), place) == places.end())
                    places.push_back(std::move(place));
            }
        };
        add(run.result, kernel.nodes);
        if (places.empty())
            add(run.source, kernel.sources);
        return places;
    }

    void addKernels(const std::string& file, const Capture& capture) {
        for (const InductorRun& run : capture.runs) {
            const auto& links = run.links->get();
            if (!links.ok()) {
                m_damaged.push_back(links.error());
                continue;
            }
            for (const KernelCall& kernel : links->kernels)
                m_kernels.push_back({{"file", file},
                                     {"compileId", run.compileId},
                                     {"direction", run.direction},
                                     {"kernel", kernel.name},
                                     {"call", kernel.call},
                                     {"nodes", kernel.nodes},
                                     {"sources", kernel.sources},
                                     {"codeFile", kernel.file},
                                     {"codeLine", kernel.line},
                                     {"places", placesOf(capture, run, kernel)}});
        }
    }

    void print(bool folder) const {
        if (m_options.json)
            return printJson({{"path", m_options.path},
                              {"graphs", m_graphs},
                              {"kernels", m_kernels},
                              {"damaged", damagedJson()},
                              {"unread", m_unread}});
        Table table({folder ? "file" : "form", "id", "stage", ">nodes", ">inputs", ">operators", ""});
        for (const Json& graph : m_graphs) {
            const std::string file =
                std::filesystem::relative(graph["file"].get<std::string>(), m_options.path).string();
            const auto number = [&](const char* key) { return graph[key].is_null() ? "-" : graph[key].dump(); };
            table.add({folder ? file : graph["form"].get<std::string>(), graph["id"], graph["stage"], number("nodes"),
                       number("inputs"), number("operators"),
                       graph["same"].get<bool>()        ? "the same graph as before"
                       : graph["restarted"].get<bool>() ? "restarted"
                                                        : ""});
        }
        fmt::print("{}", table.str());
        for (size_t i = 0; m_options.operators && i < m_counts.size(); ++i)
            printOperators(m_graphs[i], m_counts[i]);
        if (m_options.kernels)
            printKernels();
        for (const Diagnostic& damaged : m_damaged)
            printField("damaged", damaged.str());
        if (m_unread > 0)
            fmt::print("{}\n",
                       styled(Style::Dim, counted(static_cast<int64_t>(m_unread), "other file is", "other files are") +
                                              " no graph"));
    }

    void printKernels() const {
        for (const Json& kernel : m_kernels) {
            const std::string direction = kernel["direction"], compile = kernel["compileId"];
            const std::string place = join(
                [&] {
                    std::vector<std::string> parts;
                    for (const std::string& part : {compile, direction})
                        if (!part.empty())
                            parts.push_back(part);
                    if (kernel["call"] != 0)
                        parts.push_back("call " + kernel["call"].dump());
                    return parts;
                }(),
                " ");
            fmt::print("\n{}{}\n", styled(Style::Strong, displayText(kernel["kernel"].get<std::string>())),
                       place.empty() ? "" : "  " + place);
            const auto names = [&](const char* key) {
                return displayText(join(kernel[key].get<std::vector<std::string>>(), ", "));
            };
            for (const auto& [label, key] :
                 {std::pair("  computes", "nodes"), {"  from", "sources"}, {"  lines", "places"}})
                if (!kernel[key].empty())
                    printField(label, names(key));
            if (kernel["codeLine"] != 0)
                printField("  code", fmt::format("{}:{}", displayText(kernel["codeFile"].get<std::string>()),
                                                 kernel["codeLine"].get<int>()));
        }
        if (m_kernels.empty())
            fmt::print("\nno kernels are recorded here\n");
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
    std::vector<Json> m_graphs, m_kernels;
    Diagnostics m_notes;
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
    command.flag("--kernels", options->kernels, "list generated kernels with the nodes they compute");
    command.flag("--ops", options->operators, "count calls by operator, and say which run");
    command.option("--device", options->device, "device of the --ops column").showDefault();
    addJson(command, options->json);
    command.onRun([options] { return list(*options); });
}

} // namespace fxscope::cli
