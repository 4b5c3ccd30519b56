// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/timings_dock.h"

#include "app/document/document.h"
#include "app/models/format.h"
#include "core/support/speed.h"

#include <QVBoxLayout>

namespace fxscope {

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
    QString text = tr("Whole graph: before <b>%1</b>, after <b>%2</b>")
                       .arg(durationText(comparison->before), durationText(comparison->after));
    const std::string speed = speedText(double(comparison->before.count()), double(comparison->after.count()));
    if (!speed.empty())
        text += QStringLiteral(", <b>%1</b>").arg(qs(speed));
    return text + tr(" &nbsp;·&nbsp; peak memory %1 and %2")
                      .arg(bytesText(comparison->peakBefore), bytesText(comparison->peakAfter));
}

} // namespace fxscope
