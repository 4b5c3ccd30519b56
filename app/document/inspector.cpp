// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/inspector.h"

#include "app/document/document.h"
#include "app/document/steps.h"

#include <algorithm>

namespace fxscope {
namespace {

const QString kExplainTag = QStringLiteral("explain");
const QString kCandidatesTag = QStringLiteral("candidates");

} // namespace

PatternInspector::PatternInspector(Document* document) : QObject(document), m_document(document) {
    connect(document, &Document::graphChanged, this, &PatternInspector::followGraph);
    connect(document, &Document::stepChanged, this, &PatternInspector::followGraph);
    connect(document, &Document::selectionChanged, this, [this](NodeId, QObject* from) {
        if (from != this)
            follow();
    });
}

void PatternInspector::setSet(std::shared_ptr<const PatternSet> set) {
    m_set = std::move(set);
    if (!entry())
        m_pattern = m_set && !m_set->entries.empty() ? QString::fromStdString(m_set->entries[0]->name()) : QString();
    emit setChanged();
    followGraph();
}

// --- the chosen pattern

const PatternEntry* PatternInspector::entry() const { return m_set ? m_set->find(m_pattern.toStdString()) : nullptr; }

void PatternInspector::choosePattern(const QString& name) {
    if (std::exchange(m_pattern, name) == name)
        return;
    m_reached = -1;
    emit patternChanged();
    emit answerChanged();
}

void PatternInspector::setWhatIf(const WhatIf& whatIf) {
    m_whatIf = whatIf;
    findCandidates();
    explain();
}

std::shared_ptr<const PatternAnswer> PatternInspector::answer() const {
    if (!m_answers || m_answers->patterns.empty())
        return nullptr;
    for (const auto& answer : m_answers->patterns)
        if (QString::fromStdString(answer->explanation.entry->name()) == m_pattern)
            return answer;
    return m_answers->patterns.front();
}

// --- following the document, see Note [What is explained]

void PatternInspector::followGraph() {
    follow();
    findCandidates();
}

void PatternInspector::follow() {
    NodeId node = m_document->selected();
    if (const int index = m_document->currentStep(); index >= 0) {
        const RewriteStep& step = m_document->trace()->steps[static_cast<size_t>(index)];
        if (!node.valid() || node == step.replacement || node == step.match.root) {
            node = step.match.root;
            if (m_set && m_set->find(step.rule))
                choosePattern(QString::fromStdString(step.rule));
        }
    }
    m_graph = nullptr;
    for (const auto& version : {m_document->before(), m_document->after()})
        if (!m_graph && version && version->alive(node))
            m_graph = version;
    m_subject = m_graph ? node : NodeId{};
    explain();
}

void PatternInspector::explain() {
    if (!m_set || !m_graph) {
        m_document->jobs().cancel(kExplainTag);
        m_answers.reset();
        m_reached = -1;
        return emit answerChanged();
    }
    m_document->jobs().start(
        kExplainTag, tr("Explaining"),
        [graph = m_graph, set = m_set, node = m_subject, whatIf = m_whatIf](const Cancel&) {
            return answersAt(graph, set, node, whatIf);
        },
        this,
        [this](NodeAnswers answers) {
            m_answers = std::make_shared<const NodeAnswers>(std::move(answers));
            m_reached = -1;
            emit answerChanged();
            if (std::exchange(m_intoSoon, false) && answer())
                stepInto();
        });
}

void PatternInspector::findCandidates() {
    const auto graph = m_document->before();
    if (!m_set || !graph) {
        m_document->jobs().cancel(kCandidatesTag);
        m_candidates.reset();
        return emit candidatesChanged();
    }
    m_document->jobs().start(
        kCandidatesTag, tr("Finding candidates"),
        [graph, set = m_set, whatIf = m_whatIf](const Cancel& cancel) {
            return candidatesIn(graph, set, whatIf, cancel);
        },
        this,
        [this](GraphCandidates candidates) {
            m_candidates = std::make_shared<const GraphCandidates>(std::move(candidates));
            emit candidatesChanged();
        });
}

// --- the matcher, part by part

void PatternInspector::stepInto() {
    if (m_document->jobs().isRunning(kExplainTag)) {
        m_intoSoon = true;
        return;
    }
    const auto shown = answer();
    if (!shown)
        return intoAnyPart();
    m_reached = std::min(m_reached + 1, shown->last());
    selectPart(m_reached);
    emit reachedChanged();
}

/// No pattern starts at the selected node: the nearest candidate of the chosen pattern is looked into.
void PatternInspector::intoAnyPart() {
    const PatternCandidates* list = m_candidates ? m_candidates->of(entry()) : nullptr;
    if (!list || list->list.empty())
        return;
    m_intoSoon = true;
    m_document->select(list->list.front().anchor);
}

void PatternInspector::stepOut() {
    if (std::exchange(m_reached, -1) < 0)
        return;
    m_document->select(m_subject, this);
    emit reachedChanged();
}

void PatternInspector::selectPart(int part) {
    const auto shown = answer();
    if (!shown || part < 0 || part >= static_cast<int>(shown->parts.size()))
        return;
    if (const NodeId node = shown->parts[static_cast<size_t>(part)].part->node; node.valid())
        m_document->select(node, this);
}

// --- breakpoints

void PatternInspector::toggleBreakpoint(const QString& pattern) {
    if (!m_breakpoints.erase(pattern))
        m_breakpoints.insert(pattern);
    emit breakpointsChanged();
}

/// Of any version: the result knows erased nodes too.
QString PatternInspector::nameOf(NodeId node) const {
    const auto trace = m_document->trace();
    const auto graph = trace ? trace->result : m_document->after();
    const bool known = graph && node.valid() && node.index < graph->slotCount();
    return known ? QString::fromStdString(graph->node(node).name) : QString();
}

QString PatternInspector::graphKey() const {
    const OpenFile* file = m_document->file();
    return file ? file->path + u'\n' + file->title + u'\n' + QString::fromStdString(m_document->entry()->id)
                : QString();
}

const std::set<QString>& PatternInspector::haltingNames() const {
    static const std::set<QString> none;
    const auto known = m_nodeBreakpoints.find(graphKey());
    return known == m_nodeBreakpoints.end() ? none : known->second;
}

bool PatternInspector::hasBreakpoint(NodeId node) const {
    return !haltingNames().empty() && haltingNames().contains(nameOf(node));
}

std::vector<NodeId> PatternInspector::nodeBreakpoints() const {
    std::set<NodeId> nodes; // most are in both versions
    for (const QString& name : haltingNames())
        for (const auto& version : {m_document->before(), m_document->after()})
            if (const auto node = version ? version->find(name.toStdString()) : std::nullopt)
                nodes.insert(*node);
    return {nodes.begin(), nodes.end()};
}

void PatternInspector::toggleBreakpoint(NodeId node) {
    const QString name = nameOf(node);
    if (name.isEmpty())
        return;
    auto& names = m_nodeBreakpoints[graphKey()];
    if (!names.erase(name))
        names.insert(name);
    emit breakpointsChanged();
}

bool PatternInspector::hasBreakpoints() const { return !m_breakpoints.empty() || !haltingNames().empty(); }

void PatternInspector::removeBreakpoints() {
    m_breakpoints.clear();
    m_nodeBreakpoints.erase(graphKey());
    emit breakpointsChanged();
}

namespace {

QString touchText(Touch touch, const QString& node) {
    switch (touch) {
    case Touch::Matched: return PatternInspector::tr("%1 is matched").arg(node);
    case Touch::Removed: return PatternInspector::tr("%1 is removed").arg(node);
    case Touch::Created: return PatternInspector::tr("%1 is created").arg(node);
    case Touch::Changed: return PatternInspector::tr("%1 is changed").arg(node);
    case Touch::None: return {};
    }
    return {};
}

} // namespace

/// Why a run halts at the step; empty: it does not.
QString PatternInspector::haltAt(const RewriteStep& step) const {
    if (const QString rule = QString::fromStdString(step.rule); hasBreakpoint(rule))
        return tr("breakpoint on %1: it matches %2").arg(rule, nameOf(step.match.root));
    if (haltingNames().empty())
        return {};
    for (const auto& nodes :
         {step.match.nodes, std::vector<NodeId>{step.match.root}, step.removed, step.added, step.changed})
        for (const NodeId node : nodes)
            if (hasBreakpoint(node) && touchOf(step, node) != Touch::None)
                return tr("breakpoint: %1").arg(touchText(touchOf(step, node), nameOf(node)));
    return {};
}

bool PatternInspector::haltAtStep(size_t position, const QString& why) {
    m_document->moveTo(position);
    emit halted(tr("Step %1, %2").arg(position).arg(why));
    return true;
}

bool PatternInspector::continueTo(NodeId node) {
    const auto trace = m_document->trace();
    for (size_t i = m_document->shownTo(); trace && i < trace->steps.size(); ++i)
        if (const Touch touch = touchOf(trace->steps[i], node); touch != Touch::None)
            return haltAtStep(i + 1, touchText(touch, nameOf(node)));
    if (trace)
        emit halted(tr("No later step touches %1").arg(nameOf(node)));
    return false;
}

bool PatternInspector::continueToBreakpoint() {
    const auto trace = m_document->trace();
    if (!trace || !hasBreakpoints())
        return false;
    const size_t now = m_document->shownTo();
    const bool atMiss = m_document->shownFrom() == now;
    const std::vector<Stop> stops = stopsOf(*trace);
    auto at = std::find_if(stops.begin(), stops.end(),
                           [&](const Stop& stop) { return stop.isStep ? stop.position > now : stop.position >= now; });
    // on a miss already: behind it
    const auto here = std::find_if(at, stops.end(), [&](const Stop& stop) {
        return !stop.isStep && stop.position == now && stop.node == m_subject &&
               QString::fromStdString(stop.rule) == m_pattern;
    });
    if (atMiss && here != stops.end() && hasBreakpoint(m_pattern))
        at = here + 1;
    for (; at != stops.end(); ++at) {
        if (at->isStep) {
            if (const QString why = haltAt(trace->steps[at->position - 1]); !why.isEmpty())
                return haltAtStep(at->position, why);
            continue;
        }
        const QString rule = QString::fromStdString(at->rule);
        if (!hasBreakpoint(rule))
            continue;
        m_document->showVersion(at->position);
        choosePattern(rule);
        m_document->select(at->node);
        emit halted(tr("Breakpoint on %1: it does not match %2").arg(rule, nameOf(at->node)));
        return true;
    }
    return false;
}

} // namespace fxscope
