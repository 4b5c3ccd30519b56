// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/step_bar.h"

#include "app/document/document.h"
#include "app/document/steps.h"
#include "app/models/format.h"
#include "app/models/node_info.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QTextDocument>
#include <QVBoxLayout>

namespace fxscope {
namespace {

/// "+5 −3 ~4": added, removed, changed, by the signs of the legend; or the same in words.
QString counts(const RewriteStep& step, bool words) {
    QStringList parts;
    if (!step.added.empty())
        parts << (words ? StepBar::tr("+%1 added") : QStringLiteral("+%1")).arg(step.added.size());
    if (!step.removed.empty())
        parts << (words ? StepBar::tr("−%1 removed") : QStringLiteral("−%1")).arg(step.removed.size());
    if (!step.changed.empty())
        parts << (words ? StepBar::tr("~%1 changed") : QStringLiteral("~%1")).arg(step.changed.size());
    return parts.join(QStringLiteral("  "));
}

} // namespace

StepBar::StepBar(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_slider(new QSlider(Qt::Horizontal)), m_position(new QLabel),
      m_label(new QLabel) {
    m_slider->setObjectName(QStringLiteral("stepSlider"));
    m_slider->setAccessibleName(tr("Step"));
    m_slider->setPageStep(1);
    m_label->setObjectName(QStringLiteral("stepLabel"));
    m_label->setTextFormat(Qt::RichText);
    m_label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // long text must not widen the window
    m_position->setMinimumWidth(m_position->fontMetrics().horizontalAdvance(QStringLiteral("000 of 000")));
    m_position->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* row = new QHBoxLayout;
    row->addWidget(m_slider, 1);
    row->addWidget(m_position);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 4, 10, 6);
    column->setSpacing(2);
    column->addLayout(row);
    column->addWidget(m_label);
    connect(m_slider, &QSlider::valueChanged, this,
            [this](int position) { m_document->moveTo(static_cast<size_t>(position), this); });
    connect(document, &Document::traceChanged, this, &StepBar::showTrace);
    connect(document, &Document::stepChanged, this, &StepBar::showStep);
    connect(document, &Document::graphChanged, this, &StepBar::showTrace);
    showTrace();
}

void StepBar::showTrace() {
    const QSignalBlocker quiet(m_slider);
    const int steps = static_cast<int>(m_document->stepCount());
    m_slider->setRange(0, steps);
    m_slider->setEnabled(steps > 0);
    m_slider->setTickPosition(steps <= 60 ? QSlider::TicksBelow : QSlider::NoTicks);
    showStep();
}

void StepBar::showStep() {
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(static_cast<int>(m_document->shownTo()));
    m_position->setText(tr("%1 of %2").arg(m_document->shownTo()).arg(m_document->stepCount()));
    m_text = m_document->shownTo() == m_document->shownFrom() ? startText() : stepText();
    const int step = m_document->currentStep();
    m_label->setToolTip(step < 0 ? m_text
                                 : m_text + QStringLiteral("<br>") +
                                       counts(m_document->trace()->steps[static_cast<size_t>(step)], true));
    fitText();
}

/// Rich text cannot be elided: where there is no room it becomes plain.
void StepBar::fitText() {
    QTextDocument rich;
    rich.setDefaultFont(m_label->font());
    rich.setDocumentMargin(0);
    rich.setHtml(m_text);
    const bool fits = rich.idealWidth() <= m_label->width();
    m_label->setTextFormat(fits ? Qt::RichText : Qt::PlainText);
    m_label->setText(fits ? m_text
                          : m_label->fontMetrics().elidedText(rich.toPlainText(), Qt::ElideRight, m_label->width()));
}

/// What became of the only node of a step that changed it in place; else how many nodes came, went and changed.
QString StepBar::changes(const RewriteStep& step) const {
    const auto before = m_document->before(), after = m_document->after();
    QString text;
    if (step.added.empty() && step.removed.empty() && step.changed.size() == 1 && before->alive(step.changed[0]) &&
        after->alive(step.changed[0]))
        text = changeText(*before, *after, step.changed[0]);
    return text.isEmpty() ? counts(step, false) : htmlText(text.toStdString());
}

QString StepBar::stepText() const {
    const Trace& trace = *m_document->trace();
    if (m_document->currentStep() < 0) {
        const int pass = m_document->currentPass();
        const QString name = pass < 0 ? QString() : qs(trace.passes[static_cast<size_t>(pass)].pass);
        return tr("Pass <b>%1</b>: steps %2 to %3 together, %4")
            .arg(name)
            .arg(m_document->shownFrom() + 1)
            .arg(m_document->shownTo())
            .arg(
                matchesText(static_cast<qsizetype>(matchCount(trace, m_document->shownFrom(), m_document->shownTo()))));
    }
    const RewriteStep& step = trace.steps[static_cast<size_t>(m_document->currentStep())];
    const Graph& graph = *trace.result;
    if (!isMatch(step))
        return tr("Step %1 &nbsp;·&nbsp; %2 &nbsp;·&nbsp; nodes put in topological order after its matches")
            .arg(m_document->currentStep() + 1)
            .arg(htmlText(step.pass));
    QString change = QStringLiteral("<b>%1</b>").arg(htmlText(graph[step.match.root].name));
    if (step.replacement.valid() && step.replacement != step.match.root)
        change += QStringLiteral(" → <b>%1</b>").arg(htmlText(graph[step.replacement].name));
    return tr("Step %1 &nbsp;·&nbsp; %2 &nbsp;·&nbsp; %3 &nbsp;·&nbsp; %4")
        .arg(m_document->currentStep() + 1)
        .arg(step.rule == step.pass ? htmlText(step.rule)
                                    : htmlText(step.pass) + QStringLiteral(": ") + htmlText(step.rule),
             change, changes(step));
}

QString StepBar::startText() const {
    if (!m_document->entry())
        return tr("No graph open");
    const QString nodes = nodesText(static_cast<qsizetype>(m_document->entry()->graph->size()));
    if (!m_document->trace())
        return nodes;
    const Trace& trace = *m_document->trace();
    const auto count = static_cast<qsizetype>(matchCount(trace, 0, trace.steps.size())),
               done = static_cast<qsizetype>(matchCount(trace, 0, m_document->shownTo()));
    const int pass = m_document->currentPass();
    const PassRecord* record = pass < 0 ? nullptr : &m_document->trace()->passes[static_cast<size_t>(pass)];
    if (record && record->stepCount == 0 && count > 0)
        return tr("Pass <b>%1</b>: nothing to rewrite; the graph %2")
            .arg(htmlText(record->pass), done ? tr("after %1").arg(matchesText(done)) : tr("as it was opened"));
    if (done > 0)
        return tr("The graph after %1 of %2").arg(done).arg(matchesText(count));
    if (count > 0)
        return tr("The graph as it was opened, %1; %2")
            .arg(nodes, countText(count, tr("%1 match follows"), tr("%1 matches follow")));
    qsizetype misses = 0;
    for (const PassRecord& pass : trace.passes)
        misses += static_cast<qsizetype>(pass.misses.size());
    if (!misses)
        return tr("%1, nothing to rewrite").arg(nodes);
    return tr("%1, nothing to rewrite; %2, see Why").arg(nodes, nearMissesText(misses));
}

} // namespace fxscope
