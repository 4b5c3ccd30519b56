// SPDX-License-Identifier: BSD-3-Clause
// What GraphView draws and what it leaves out.
#include "app/docks/graph_view.h"

#include "app/docks/step_marks.h"
#include "app/document/document.h"
#include "core/graph/walks.h"

#include <QDateTime>
#include <QSettings>

#include <algorithm>

namespace fxscope {
namespace {

constexpr qsizetype kFilesKept = 100;

qint64 savedAt(const QVariant& choices) { return choices.toMap().value(QStringLiteral("saved")).toLongLong(); }

QString choicesKey() { return QStringLiteral("picture/files"); }

} // namespace

void GraphView::redraw() {
    buildScene();
    emit pictureChanged();
}

// --- kept per file

/// The choices of the file on show, when it is another one than before. Hidden nodes belong to a graph, not to a file.
void GraphView::loadChoices() {
    const OpenFile* file = m_document->file();
    const auto trace = m_document->trace();
    const auto graph = trace ? trace->base : m_document->entry() ? m_document->entry()->graph : nullptr;
    if (std::exchange(m_hiddenOf, graph) != graph) {
        m_style.hidden.clear();
        m_keepsOnly = false;
    }
    renewHidden();
    const QString name = !file ? QString() : file->path.isEmpty() ? file->title : file->path;
    const QString of = name + QChar(u'#') + QString::number(m_document->currentEntry());
    if (of == m_choicesOf)
        return;
    m_choicesOf = of;
    const QVariantMap known = QSettings().value(choicesKey()).toMap().value(of).toMap();
    m_style.groups = known.value(QStringLiteral("groups")).toBool();
    m_style.repeatsOnce = known.value(QStringLiteral("repeatsOnce")).toBool();
    m_style.sourcesFolded = known.value(QStringLiteral("sourcesFolded")).toBool();
    m_style.layout.direction =
        known.value(QStringLiteral("leftRight")).toBool() ? Direction::LeftRight : Direction::TopDown;
    m_style.unfolded.reset();
    if (const auto paths = known.find(QStringLiteral("unfolded")); paths != known.end()) {
        m_style.unfolded.emplace();
        for (const QString& path : paths->toStringList())
            m_style.unfolded->insert(path.toStdString());
    }
    emit pictureChanged();
}

void GraphView::saveChoices() const {
    const OpenFile* file = m_document->file();
    if (!file || file->path.isEmpty())
        return;
    QVariantMap own{{QStringLiteral("groups"), m_style.groups},
                    {QStringLiteral("repeatsOnce"), m_style.repeatsOnce},
                    {QStringLiteral("sourcesFolded"), m_style.sourcesFolded},
                    {QStringLiteral("leftRight"), leftRight()},
                    {QStringLiteral("saved"), QDateTime::currentMSecsSinceEpoch()}};
    if (m_style.unfolded) {
        QStringList paths;
        for (const std::string& path : *m_style.unfolded)
            paths << QString::fromStdString(path);
        own.insert(QStringLiteral("unfolded"), paths);
    }
    QSettings settings;
    QVariantMap all = settings.value(choicesKey()).toMap();
    if (all.size() >= kFilesKept && !all.contains(m_choicesOf))
        all.erase(std::min_element(all.begin(), all.end(), [](const QVariant& a, const QVariant& b) {
            return savedAt(a) < savedAt(b); // the one that nothing was said of for the longest time
        }));
    all.insert(m_choicesOf, own);
    settings.setValue(choicesKey(), all);
}

// --- ways to draw

void GraphView::setGroups(bool on) {
    if (std::exchange(m_style.groups, on) != on)
        redraw();
}

void GraphView::setRepeatsOnce(bool on) {
    if (std::exchange(m_style.repeatsOnce, on) != on)
        redraw();
}

void GraphView::setSourcesFolded(bool on) {
    if (std::exchange(m_style.sourcesFolded, on) != on)
        redraw();
}

void GraphView::setLeftRight(bool on) {
    if (leftRight() == on)
        return;
    m_style.layout.direction = on ? Direction::LeftRight : Direction::TopDown;
    redraw();
}

void GraphView::setColour(Colour colour) {
    m_colour = colour;
    showMarks();
    emit pictureChanged();
}

// --- folding

void GraphView::toggleFold(NodeId node) {
    if (!m_scene || !m_style.groups || !m_style.unfolded || !node.valid())
        return;
    const Hierarchy& groups = m_scene->hierarchy();
    NodeId group = isGroup(node) ? node : m_scene->boxOf(node);
    if (!isGroup(group))
        group = idOfGroup(groups.groupOf(node));
    if (!groups.has(group) || groupOfId(group) == 0)
        return;
    const std::string& path = groups[groupOfId(group)].path;
    if (m_style.unfolded->erase(path) == 0)
        m_style.unfolded->insert(path);
    m_before->keepInPlace(group);
    m_after->keepInPlace(group);
    redraw();
}

void GraphView::selectAround() {
    if (!m_scene || m_scene->hierarchy().isFlat())
        return;
    const Hierarchy& groups = m_scene->hierarchy();
    const NodeId node = m_document->selected();
    int group = isGroup(node) ? (groups.has(node) ? groups[groupOfId(node)].parent : 0) : groups.groupOf(node);
    while (group > 0 && !m_scene->frame(idOfGroup(group)) && !m_scene->item(idOfGroup(group)))
        group = groups[group].parent;
    if (group > 0)
        m_document->select(idOfGroup(group));
}

void GraphView::foldAll() {
    m_style.groups = true;
    m_style.unfolded.emplace();
    redraw();
}

void GraphView::unfoldAll() {
    m_style.groups = true;
    m_style.unfolded.emplace();
    const auto graph = m_document->entry() ? m_document->entry()->graph : nullptr;
    if (!graph)
        return;
    const Hierarchy groups = m_scene && !m_scene->hierarchy().isFlat() ? m_scene->hierarchy() : Hierarchy::of(*graph);
    for (const Group& group : groups.groups())
        m_style.unfolded->insert(group.path);
    redraw();
}

// --- parts of the graph

std::vector<NodeId> GraphView::chosenNodes() const {
    std::vector<NodeId> nodes;
    for (const NodeId node : m_document->chosen())
        if (!isGroup(node)) {
            nodes.push_back(node);
        } else if (m_scene && m_scene->hierarchy().has(node)) {
            const auto& all = m_scene->hierarchy()[groupOfId(node)].all;
            nodes.insert(nodes.end(), all.begin(), all.end());
        }
    return nodes;
}

void GraphView::hideChosen() {
    const auto nodes = chosenNodes();
    if (nodes.empty())
        return;
    m_style.hidden.insert(nodes.begin(), nodes.end());
    m_hiddenIn = m_document->trace();
    m_document->select({});
    redraw();
}

/// Nodes of every version of the trace: what steps add elsewhere stays hidden too.
void GraphView::keepOnly(const std::vector<NodeId>& nodes) {
    const auto trace = m_document->trace();
    const auto all = trace ? trace->result : m_document->after();
    if (nodes.empty() || !all)
        return;
    m_style.hidden.clear();
    hideFrom(0, *all);
    for (const NodeId node : nodes)
        m_style.hidden.erase(node);
    if (trace)
        keepRewrites(*trace, 0);
    m_keepsOnly = true;
    m_hiddenIn = trace;
    redraw();
}

void GraphView::hideFrom(uint32_t first, const Graph& graph) {
    for (uint32_t index = first; index < graph.slotCount(); ++index)
        m_style.hidden.insert(m_style.hidden.end(), NodeId{index});
}

/// A rewrite belongs to the part that is kept if it replaces one of its nodes, or is where one comes from: then all
/// that it adds and takes away, of ids from `from` on, is kept.
void GraphView::keepRewrites(const Trace& trace, size_t from) {
    const auto keep = [this, from](const RewriteStep& step) {
        std::vector<NodeId> replaced;
        for (const Edit& edit : step.edits)
            if (!edit.was || !edit.now)
                replaced.push_back(edit.node);
        std::set<NodeId>& hidden = m_style.hidden;
        if (std::any_of(replaced.begin(), replaced.end(), [&](NodeId node) { return !hidden.contains(node); }))
            for (const NodeId node : replaced)
                if (node.index >= from)
                    hidden.erase(node);
    };
    std::for_each(trace.steps.begin(), trace.steps.end(), keep);
    std::for_each(trace.steps.rbegin(), trace.steps.rend(), keep); // what was added by one step, replaced by another
}

/// In another trace the ids of added nodes mean other nodes.
void GraphView::renewHidden() {
    const auto trace = m_document->trace();
    if (!trace || std::exchange(m_hiddenIn, trace) == trace || m_style.hidden.empty())
        return;
    std::set<NodeId>& hidden = m_style.hidden;
    hidden.erase(hidden.lower_bound(NodeId{static_cast<uint32_t>(trace->base->slotCount())}), hidden.end());
    if (!m_keepsOnly)
        return;
    hideFrom(trace->base->slotCount(), *trace->result);
    keepRewrites(*trace, trace->base->slotCount()); // what is hidden of the graph itself stays so
}

void GraphView::hideOthers() { keepOnly(chosenNodes()); }

void GraphView::showAll() {
    if (m_style.hidden.empty())
        return;
    m_style.hidden.clear();
    m_keepsOnly = false;
    redraw();
}

void GraphView::reveal(bool inputs) {
    const auto nodes = chosenNodes();
    bool any = false;
    for (const auto& version : {m_document->before(), m_document->after()})
        if (version)
            for (const NodeId node : nodesWithin(*version, nodes, {inputs, !inputs, 1}))
                any |= m_style.hidden.erase(node) > 0;
    if (any)
        redraw();
}

void GraphView::extract(int distance) {
    const auto chosen = chosenNodes();
    std::vector<NodeId> nodes;
    for (const auto& version : {m_document->before(), m_document->after()})
        if (version) {
            const auto near = nodesWithin(*version, chosen, {true, true, distance});
            nodes.insert(nodes.end(), near.begin(), near.end());
        }
    keepOnly(nodes);
}

void GraphView::pickPath() {
    const auto chosen = m_document->chosen();
    const auto first = chosen.size() == 2 ? m_document->versionWith(chosen[0]) : nullptr;
    const auto second = chosen.size() == 2 ? m_document->versionWith(chosen[1]) : nullptr;
    if (!first || !second)
        return m_document->report({"select two nodes to see what lies between them", {}, {}, Severity::Note});
    std::vector<NodeId> nodes;
    for (const auto& version : {m_document->after(), m_document->before()})
        if (nodes.empty())
            nodes = nodesBetween(*version, chosen[0], chosen[1]);
    if (nodes.empty())
        return m_document->report({"no value flows from one of these nodes to the other",
                                   (*first)[chosen[0]].name + ", " + (*second)[chosen[1]].name,
                                   {},
                                   Severity::Note});
    m_document->pick(nodes, false);
    m_after->fitNodes(nodes, chosen[0]);
}

// --- colours

/// Worked out once for what it says of: steps and hits leave it as it is.
void GraphView::markHeat(NodeMarks& marks) {
    const PatternInspector& inspector = m_document->inspector();
    const auto candidates = inspector.candidates();
    const auto* list = candidates ? candidates->of(inspector.entry()) : nullptr;
    const auto comparison = m_document->comparison();
    const bool ofScore = m_colour == Colour::Score;
    if (m_colour == Colour::Changes || (ofScore ? list == nullptr : comparison == nullptr)) {
        m_heatOf.reset();
        return;
    }
    const std::shared_ptr<const void> of = ofScore ? std::shared_ptr<const void>(candidates, list) : comparison;
    if (std::exchange(m_heatOf, of) != of || std::exchange(m_heatColour, m_colour) != m_colour)
        m_heat = ofScore                    ? heatOfScores(*list)
                 : m_colour == Colour::Time ? heatOfTimes(*comparison)
                                            : heatOfErrors(*comparison);
    m_heatColour = m_colour;
    marks.heat = m_heat;
}

} // namespace fxscope
