// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/timings_dock.h"

#include "app/document/document.h"
#include "app/models/format.h"
#include "core/support/speed.h"

#include <QVBoxLayout>

#include <algorithm>

namespace fxscope {
namespace {

QString sidesText(std::chrono::nanoseconds before, std::chrono::nanoseconds after) {
    const QString text =
        TimingsDock::tr("before <b>%1</b>, after <b>%2</b>").arg(durationText(before), durationText(after));
    const std::string speed = speedText(double(before.count()), double(after.count()));
    return speed.empty() ? text : text + QStringLiteral(", <b>%1</b>").arg(qs(speed));
}

/// "12 nodes in 6 passes over memory"
QString fusedText(const std::vector<NodeTime>& times) {
    qsizetype nodes = 0, passes = 0;
    for (const NodeTime& time : times)
        if (!time.fused.empty())
            ++passes, nodes += static_cast<qsizetype>(time.fused.size());
    if (passes == 0)
        return TimingsDock::tr("no neighbouring elementwise nodes");
    return TimingsDock::tr("%1 in %2")
        .arg(nodesText(nodes),
             countText(passes, TimingsDock::tr("%1 pass over memory"), TimingsDock::tr("%1 passes over memory")));
}

/// What the backend had to say, once where it said the same on both sides.
QStringList remarkLines(const Comparison& comparison) {
    const auto &before = comparison.remarksBefore, &after = comparison.remarksAfter;
    const auto has = [](const std::vector<std::string>& list, const std::string& remark) {
        return std::find(list.begin(), list.end(), remark) != list.end();
    };
    QStringList lines;
    for (const std::string& remark : before)
        lines << (has(after, remark) ? TimingsDock::tr("Before and after: %1") : TimingsDock::tr("Before: %1"))
                     .arg(htmlText(remark));
    for (const std::string& remark : after)
        if (!has(before, remark))
            lines << TimingsDock::tr("After: %1").arg(htmlText(remark));
    return lines;
}

} // namespace

TimingsDock::TimingsDock(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_table(new NodeTable(&m_model, QStringLiteral("timings"))) {
    m_table->setEmptyText(
        tr("Press R to run both graphs once, Shift+R to run them several times and compare their times."));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_table);
    connect(m_table, &NodeTable::nodeChosen, this, [this](NodeId node) { m_document->select(node, this); });
    connect(document, &Document::comparisonChanged, this, &TimingsDock::showComparison);
    connect(document, &Document::selectionChanged, this, [this](NodeId node, QObject* from) {
        if (from != this)
            m_table->showRow(m_model.rowOf(node));
    });
}

void TimingsDock::showComparison() {
    m_model.setComparison(m_document->trace(), m_document->comparison());
    m_table->setSummary(summary());
    m_table->showRow(m_model.rowOf(m_document->selected()));
}

QString TimingsDock::summary() const {
    const auto comparison = m_document->comparison();
    if (!comparison)
        return {};
    const QString dot = QStringLiteral(" &nbsp;·&nbsp; ");
    QString first = tr("Whole graph: %1").arg(sidesText(comparison->before, comparison->after));
    if (comparison->replayBefore.count() > 0 || comparison->replayAfter.count() > 0)
        first += dot +
                 tr("replayed as one CUDA graph: %1").arg(sidesText(comparison->replayBefore, comparison->replayAfter));
    first += dot + tr("peak memory %1 and %2").arg(bytesText(comparison->peakBefore), bytesText(comparison->peakAfter));
    QStringList lines{first};
    if (comparison->fused)
        lines << tr("Fused: %1 before, %2 after")
                     .arg(fusedText(comparison->beforeTimes), fusedText(comparison->afterTimes));
    return (lines + remarkLines(*comparison)).join(QStringLiteral("<br>"));
}

} // namespace fxscope
