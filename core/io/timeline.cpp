// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/timeline.h"

#include "core/support/text.h"

#include <algorithm>
#include <set>

namespace fxscope::io {
namespace {

/// Stages before AOTAutograd, whose nodes the links call "pre".
bool isPreGrad(std::string_view stage) { return stage == "dynamo_output_graph" || stage.ends_with("pre_grad_graph"); }

const GraphEntry* entryOf(const Capture& capture, const std::string& id) {
    const auto found =
        std::find_if(capture.graphs.begin(), capture.graphs.end(), [&](const GraphEntry& e) { return e.id == id; });
    return found == capture.graphs.end() ? nullptr : &*found;
}

void addLinks(NameLinks& into, const NameLinks& from) {
    for (const auto& [name, names] : from) {
        auto& known = into[name];
        for (const std::string& other : names)
            if (std::find(known.begin(), known.end(), other) == known.end())
                known.push_back(other);
    }
}

class Follower {
public:
    explicit Follower(const Capture& capture) : m_capture(capture), m_names(capture.graphs.size()) {}

    Result<std::vector<FollowedStage>> follow(const std::string& id, const std::string& node) {
        FX_TRY(const GraphEntry start, m_capture.entry(id));
        if (!start.graph->find(node))
            return Diagnostic{"there is no node " + displayText(node) + " in " + start.id, m_capture.path,
                              "list them with: fxscope show FILE --graph " + start.id};
        size_t first = 0;
        while (m_capture.graphs[first].id != start.id)
            ++first;
        m_names[first] = {node};
        m_reached.insert(first);
        m_rows.push_back({start.id, {node}});
        for (size_t i = 0; i < m_capture.graphs.size(); ++i) // a stage stands behind the one it was made from
            if (m_capture.graphs[i].previous >= 0)
                step(static_cast<size_t>(m_capture.graphs[i].previous), i);
        for (const InductorRun& run : m_capture.runs)
            addKernels(run);
        return std::move(m_rows);
    }

private:
    void step(size_t from, size_t to) {
        if (!m_reached.contains(from))
            return;
        const auto before = m_capture.load(from), after = m_capture.load(to);
        if (!before.ok() || !after.ok())
            return;
        m_reached.insert(to);
        const GraphDiff diff =
            diffGraphs(*before->graph, *after->graph, linksBetween(m_capture, before->id, after->id));
        std::vector<std::string>& names = m_names[to];
        for (const std::string& name : m_names[from])
            if (const auto id = before->graph->find(name))
                for (const NodeId next : diff.after(*id))
                    if (const std::string& other = (*after->graph)[next].name;
                        std::find(names.begin(), names.end(), other) == names.end())
                        names.push_back(other);
        m_rows.push_back({after->id, names});
    }

    void addKernels(const InductorRun& run) {
        if (run.result < 0 || !m_reached.contains(static_cast<size_t>(run.result)) || !run.links->get().ok())
            return;
        const std::vector<std::string>& nodes = m_names[static_cast<size_t>(run.result)];
        FollowedStage row{run.compileId + (run.direction.empty() ? "" : " " + run.direction) + " kernels", {}};
        for (const KernelCall& kernel : run.links->get()->kernels)
            if (std::any_of(nodes.begin(), nodes.end(), [&](const std::string& name) {
                    return std::find(kernel.nodes.begin(), kernel.nodes.end(), name) != kernel.nodes.end();
                }))
                row.nodes.push_back(kernel.call > 0 ? kernel.name + ":" + std::to_string(kernel.call) : kernel.name);
        if (!row.nodes.empty())
            m_rows.push_back(std::move(row));
    }

    const Capture& m_capture;
    std::vector<std::vector<std::string>> m_names; ///< by graph: what the node became there
    std::set<size_t> m_reached;
    std::vector<FollowedStage> m_rows;
};

} // namespace

NameLinks linksBetween(const Capture& capture, const std::string& before, const std::string& after) {
    NameLinks links;
    const GraphEntry *a = entryOf(capture, before), *b = entryOf(capture, after);
    if (!a || !b || a->compileId != b->compileId || isPreGrad(a->stage) == isPreGrad(b->stage))
        return links;
    const bool forward = isPreGrad(a->stage);
    for (const InductorRun& run : capture.runs)
        if (run.compileId == a->compileId && run.links->get().ok())
            addLinks(links, forward ? run.links->get()->preToPost : run.links->get()->postToPre);
    return links;
}

namespace {

/// Whether what Inductor made in `run` can be of a stage: the stage's own direction, or that of the graph it got.
bool isOf(const InductorRun& run, const GraphEntry& entry) {
    if (run.compileId != entry.compileId)
        return false;
    for (const std::string_view direction : {"forward", "backward", "inference"})
        if (entry.stage.starts_with(std::string(direction) + "/") ||
            entry.stage == "aot_" + std::string(direction) + "_graph")
            return run.direction == direction;
    return true;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<NodeKernel> kernelsOf(const Capture& capture, const GraphEntry& entry, const std::string& node) {
    std::vector<NodeKernel> found;
    for (const InductorRun& run : capture.runs) {
        if (!isOf(run, entry) || !run.links || !run.links->get().ok())
            continue;
        const std::string label = join({run.compileId, run.direction}, " ");
        for (const KernelCall& kernel : run.links->get()->kernels)
            if (entry.stage == "kernel" ? kernel.name == entry.id && holds(kernel.nodes, node)
                                        : holds(isPreGrad(entry.stage) ? kernel.sources : kernel.nodes, node))
                found.push_back({std::string(trim(label)), kernel});
    }
    return found;
}

Result<std::vector<FollowedStage>> followNode(const Capture& capture, const std::string& id, const std::string& node) {
    return Follower(capture).follow(id, node);
}

} // namespace fxscope::io
