// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/values_dock.h"

#include "app/document/document.h"
#include "app/models/format.h"
#include "core/support/text.h"

#include <QVBoxLayout>

#include <algorithm>

namespace fxscope {

ValuesDock::ValuesDock(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_table(new NodeTable(&m_model, QStringLiteral("values"))) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_table);
    connect(m_table, &NodeTable::nodeChosen, this, [this](NodeId node) { m_document->select(node, this); });
    connect(document, &Document::comparisonChanged, this, &ValuesDock::showComparison);
    connect(document, &Document::selectionChanged, this, [this](NodeId node, QObject* from) {
        if (from != this)
            m_table->showRow(m_model.rowOf(node));
    });
    connect(&document->runner(), &Runner::changed, this, &ValuesDock::showProgress);
    showProgress();
}

void ValuesDock::showProgress() {
    const Runner& runner = m_document->runner();
    if (runner.isRunning())
        m_table->setEmptyText(tr("Running %1 on %2…").arg(runner.stage(), runner.device()));
    else if (const auto& failure = runner.failure())
        m_table->setEmptyText(tr("The run failed. %1").arg(qs(displayText(failure->str()))));
    else
        m_table->setEmptyText(tr("Press R to run the graph before and after and compare every value."));
}

void ValuesDock::showComparison() {
    m_model.setComparison(m_document->comparison());
    m_table->setSummary(summary());
    m_table->showRow(m_model.rowOf(m_document->selected()));
    showProgress();
}

QString ValuesDock::summary() const {
    const auto comparison = m_document->comparison();
    if (!comparison)
        return {};
    const auto count = [&](auto&& what) {
        return std::count_if(comparison->nodes.begin(), comparison->nodes.end(), what);
    };
    const auto compared = count([](const NodeComparison& node) { return node.output.empty(); });
    const auto differing =
        count([](const NodeComparison& node) { return node.output.empty() && !node.difference.equal; });
    QString text = comparison->equal ? tr("<b>✓ Outputs equal</b>") : tr("<b>✗ Outputs differ</b>");
    text += tr(" on %1, seed %2").arg(m_document->runner().resultDevice()).arg(m_document->runner().seed());
    text += tr(" &nbsp;·&nbsp; %1 values compared, %2 differ").arg(compared).arg(differing);
    text += tr(" &nbsp;·&nbsp; largest error %1 absolute, %2 relative")
                .arg(numberText(comparison->maxAbs), numberText(comparison->maxRel));
    if (!comparison->firstDiffering.empty())
        text += tr(" &nbsp;·&nbsp; first differing node <b>%1</b>").arg(htmlText(comparison->firstDiffering));
    return text;
}

} // namespace fxscope
