// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/find_bar.h"

#include "app/document/document.h"
#include "app/models/format.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include <algorithm>

namespace fxscope {
namespace {

QToolButton* arrow(Qt::ArrowType type, const QString& tip) {
    auto* button = new QToolButton;
    button->setArrowType(type);
    button->setAutoRaise(true);
    button->setToolTip(tip);
    return button;
}

} // namespace

FindBar::FindBar(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_text(new QLineEdit), m_count(new QLabel) {
    m_text->setObjectName(QStringLiteral("findText"));
    m_text->setAccessibleName(tr("Find nodes"));
    m_text->setPlaceholderText(
        tr("name    op:index    shape:8,64    dtype:f32    users>2    module:layers.0    /regex/"));
    m_text->setClearButtonEnabled(true);
    m_text->installEventFilter(this);
    m_count->setObjectName(QStringLiteral("findCount"));
    QToolButton* previous = arrow(Qt::UpArrow, tr("Previous hit (Shift+Enter)"));
    QToolButton* next = arrow(Qt::DownArrow, tr("Next hit (Enter)"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 8, 4);
    row->addWidget(new QLabel(tr("Find")));
    row->addWidget(m_text, 1);
    row->addWidget(m_count);
    row->addWidget(previous);
    row->addWidget(next);
    connect(previous, &QToolButton::clicked, this, [this] { m_document->nextHit(-1); });
    connect(next, &QToolButton::clicked, this, [this] { m_document->nextHit(1); });
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString& text) { m_document->find(text, this); });
    connect(document, &Document::hitsChanged, this, &FindBar::showHits);
    connect(document, &Document::selectionChanged, this, &FindBar::showHits);
    hide();
}

void FindBar::open() {
    show();
    m_text->setFocus();
    m_text->selectAll();
    m_document->find(m_text->text(), this);
}

void FindBar::leave() {
    hide();
    m_document->find({}, this);
    if (parentWidget())
        parentWidget()->setFocus();
}

void FindBar::showHits() {
    const QString problem = m_document->findProblem();
    m_count->setToolTip(problem);
    if (!problem.isEmpty())
        return m_count->setText(fontMetrics().elidedText(problem, Qt::ElideRight, width() / 3));
    const auto& hits = m_document->hits();
    const auto at = std::find(hits.begin(), hits.end(), m_document->selected());
    if (m_document->findText().isEmpty())
        m_count->clear();
    else if (hits.empty())
        m_count->setText(tr("no node"));
    else if (at == hits.end())
        m_count->setText(nodesText(static_cast<qsizetype>(hits.size())));
    else
        m_count->setText(tr("%1 of %2").arg(at - hits.begin() + 1).arg(hits.size()));
}

bool FindBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool isStep =
        key->modifiers() == Qt::ControlModifier && (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right);
    if (event->type() == QEvent::ShortcutOverride)
        return isStep; // Ctrl+Right steps from anywhere; the line would take it as "next word"
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter: m_document->nextHit(key->modifiers() & Qt::ShiftModifier ? -1 : 1); return true;
    case Qt::Key_Escape: leave(); return true;
    default: return QWidget::eventFilter(watched, event);
    }
}

} // namespace fxscope
