// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/why_dock.h"

#include "app/docks/colours.h"
#include "app/docks/part_delegate.h"
#include "app/docks/why_text.h"
#include "app/document/document.h"
#include "app/models/format.h"
#include "app/models/node_info.h"

#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSplitter>
#include <QTextBrowser>
#include <QTreeView>
#include <QUrl>
#include <QVBoxLayout>

namespace fxscope {

WhyDock::WhyDock(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_splitter(new QSplitter(Qt::Vertical)), m_text(new QTextBrowser),
      m_tree(new QTreeView), m_place(new QLabel) {
    setObjectName(QStringLiteral("whyDock"));
    m_text->setObjectName(QStringLiteral("whyText"));
    m_text->setAccessibleName(tr("Why a rule matched or did not"));
    m_text->setOpenLinks(false);
    m_text->setFrameShape(QFrame::NoFrame);
    m_tree->setObjectName(QStringLiteral("whyTree"));
    m_tree->setAccessibleName(tr("The pattern compared with the graph"));
    m_tree->setModel(&m_model);
    m_tree->setItemDelegate(new PartDelegate(m_tree));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setHeaderHidden(true);
    m_tree->setColumnHidden(ExplainModel::FoundColumn, true);
    m_tree->setIndentation(12);
    m_tree->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(ExplainModel::ExpectedColumn, QHeaderView::ResizeToContents);
    m_place->setObjectName(QStringLiteral("whyPlace"));
    m_place->setContentsMargins(6, 2, 6, 2);
    m_splitter->addWidget(m_text);
    m_splitter->addWidget(m_tree);
    m_splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_splitter, 1);
    column->addWidget(m_place);
    setFocusProxy(m_tree);
    connect(m_text, &QTextBrowser::anchorClicked, this, &WhyDock::follow);
    const auto choose = [this](const QModelIndex& part) {
        m_document->inspector().selectPart(part.data(ExplainModel::PartRole).toInt());
    };
    connect(m_tree, &QTreeView::clicked, this, choose);
    connect(m_tree, &QTreeView::activated, this, choose);
    const PatternInspector& inspector = document->inspector();
    connect(&inspector, &PatternInspector::answerChanged, this, &WhyDock::refresh);
    connect(&inspector, &PatternInspector::candidatesChanged, this, [this] {
        if (!m_document->inspector().subject().valid()) // else nothing of them is on show
            refresh();
    });
    connect(&inspector, &PatternInspector::reachedChanged, this, &WhyDock::showReached);
    connect(document, &Document::stepChanged, this, &WhyDock::refresh);
    connect(document, &Document::traceChanged, this, &WhyDock::refresh);
    refresh();
}

void WhyDock::refresh() {
    const CanvasTheme theme = themeFor(palette());
    m_text->document()->setDefaultStyleSheet(richTextStyle(palette()) +
                                             QStringLiteral(" p { margin-top: 4px; margin-bottom: 4px; }"));
    m_text->setHtml(whyHtml(*m_document, theme));
    const PatternInspector& inspector = m_document->inspector();
    const auto answer = inspector.answer();
    m_model.setAnswer(answer ? inspector.answers()->graph : nullptr, answer);
    m_tree->expandAll();
    m_tree->setVisible(answer != nullptr);
    if (answer && answer->decisive >= 0)
        m_tree->scrollTo(m_model.indexOfPart(answer->decisive));
    balance();
    showReached();
}

/// The words take what they need as long as the tree has what it needs, or half of the panel.
void WhyDock::balance() {
    const auto answer = m_document->inspector().answer();
    if (!answer)
        return;
    int tree = m_tree->horizontalScrollBar()->sizeHint().height();
    for (size_t part = 0; part < answer->parts.size() && tree < m_splitter->height(); ++part)
        tree += m_tree->sizeHintForIndex(m_model.indexOfPart(static_cast<int>(part))).height();
    const int all = m_splitter->height();
    const int words =
        std::min(static_cast<int>(m_text->document()->size().height()) + 4, std::max(all / 2, all - tree));
    m_splitter->setSizes({words, all - words});
}

void WhyDock::showReached() {
    const PatternInspector& inspector = m_document->inspector();
    const int reached = inspector.reached();
    const auto answer = inspector.answer();
    m_model.setReached(reached);
    m_place->setVisible(answer && reached >= 0);
    if (!m_place->isVisibleTo(this))
        return;
    const QModelIndex part = m_model.indexOfPart(reached);
    m_tree->setCurrentIndex(part);
    m_tree->scrollTo(part);
    const QString where = tr("Part %1 of %2").arg(reached + 1).arg(static_cast<int>(answer->parts.size()));
    const bool last = reached == answer->last();
    const QString what = reached == answer->decisive                           ? tr("does not fit, the matcher stops")
                         : last && answer->explanation.reason == Reason::Match ? tr("fits, and with it everything")
                         : last ? tr("fits; what decides is no single part")
                                : tr("fits");
    m_place->setText(where + QStringLiteral(": ") + what);
}

void WhyDock::follow(const QUrl& link) {
    const QString text = link.toString();
    PatternInspector& inspector = m_document->inspector();
    if (const NodeId node = nodeOfLink(text); node.valid())
        return m_document->select(node);
    if (text.startsWith(u"pattern:"))
        return inspector.choosePattern(text.mid(8));
    if (text.startsWith(u"candidate:")) { // "candidate:17:gate"
        inspector.choosePattern(text.section(u':', 2));
        return m_document->select(NodeId{text.section(u':', 1, 1).toUInt()});
    }
    if (const auto answer = inspector.answer()) { // "source:"
        inspector.choosePattern(qs(answer->explanation.entry->name()));
        inspector.showSource();
    }
}

void WhyDock::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

} // namespace fxscope
