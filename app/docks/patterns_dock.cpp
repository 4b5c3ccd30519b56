// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/patterns_dock.h"

#include "app/docks/colours.h"
#include "app/document/document.h"
#include "app/models/format.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

namespace fxscope {
namespace {

/// The chosen pattern is bold, one with a breakpoint has a dot; misses are dim; what a switch gains stands out.
class CandidateDelegate : public QStyledItemDelegate {
public:
    CandidateDelegate(const PatternInspector& inspector, QObject* parent)
        : QStyledItemDelegate(parent), m_inspector(inspector) {}

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const QModelIndex row = index.siblingAtColumn(CandidatesModel::NameColumn);
        const bool isPattern = row.data(CandidatesModel::NodeIdRole).toInt() < 0;
        option->font.setBold(isPattern && row.data(CandidatesModel::PatternRole).toString() == m_inspector.pattern());
        if (row.data(CandidatesModel::GainedRole).toBool())
            option->palette.setColor(QPalette::Text, themeFor(option->palette).changed);
        else if (!row.data(CandidatesModel::MatchRole).toBool())
            option->palette.setBrush(QPalette::Text, option->palette.placeholderText());
        if (index.column() == CandidatesModel::NameColumn && row.data(CandidatesModel::BreakpointRole).toBool())
            option->text.prepend(QStringLiteral("● "));
    }

private:
    const PatternInspector& m_inspector;
};

} // namespace

PatternsDock::PatternsDock(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_note(new QLabel), m_sum(new QLabel), m_view(new QTreeView),
      m_switches(makeSwitches()) {
    for (QLabel* label : {m_note, m_sum}) {
        label->setWordWrap(true);
        label->setContentsMargins(8, 4, 8, 4);
    }
    m_sum->setObjectName(QStringLiteral("patternsSum"));
    m_view->setObjectName(QStringLiteral("patternsView"));
    m_view->setAccessibleName(tr("Patterns and the nodes they could start from"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new CandidateDelegate(document->inspector(), m_view));
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setIndentation(12);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    QHeaderView* header = m_view->header();
    header->setSectionResizeMode(CandidatesModel::NameColumn, QHeaderView::ResizeToContents);
    header->setSectionResizeMode(CandidatesModel::ScoreColumn, QHeaderView::ResizeToContents);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_note);
    column->addWidget(m_view, 1);
    column->addWidget(m_sum);
    column->addWidget(m_switches);
    setFocusProxy(m_view);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) { showRow(row); });
    connect(m_view, &QTreeView::clicked, this, &PatternsDock::showRow); // also the row that is current already
    connect(m_view, &QTreeView::customContextMenuRequested, this, &PatternsDock::showMenu);
    const PatternInspector& inspector = document->inspector();
    connect(&inspector, &PatternInspector::setChanged, this, &PatternsDock::showSet);
    connect(&inspector, &PatternInspector::candidatesChanged, this, &PatternsDock::showCandidates);
    connect(&inspector, &PatternInspector::answerChanged, this, &PatternsDock::followSubject);
    connect(&inspector, &PatternInspector::patternChanged, this, &PatternsDock::followSubject);
    connect(&inspector, &PatternInspector::breakpointsChanged, this,
            [this] { m_model.setBreakpoints(m_document->inspector().breakpoints()); });
    connect(document, &Document::passesChanged, this, &PatternsDock::showSet);
    showSet();
}

QWidget* PatternsDock::makeSwitches() {
    auto* all = new QWidget;
    auto* grid = new QGridLayout(all);
    grid->setContentsMargins(8, 2, 8, 6);
    grid->setVerticalSpacing(2);
    auto* title = new QLabel(tr("What if these did not count?"));
    grid->addWidget(title, 0, 0, 1, 2);
    const auto add = [&](const char* name, const QString& text, const QString& tip, int row, int place) {
        auto* box = new QCheckBox(text);
        box->setObjectName(QString::fromUtf8(name));
        box->setToolTip(tip);
        box->setAccessibleDescription(tip);
        grid->addWidget(box, row, place);
        connect(box, &QCheckBox::toggled, this, &PatternsDock::applySwitches);
        return box;
    };
    m_users = add("whatIfUsers", tr("User counts"), tr("Any number of users will do"), 1, 0);
    m_dtypes = add("whatIfDtypes", tr("Dtypes"), tr("Types that Inductor leaves alone are tried"), 1, 1);
    m_mutation = add("whatIfMutation", tr("Mutations"), tr("Memory may change between the matched nodes"), 2, 0);
    m_recheck = add("whatIfRecheck", tr("Phase two"), tr("The pattern is not traced again with the real shapes"), 2, 1);
    return all;
}

void PatternsDock::applySwitches() {
    m_document->inspector().setWhatIf({.userCounts = m_users->isChecked(),
                                       .dtypes = m_dtypes->isChecked(),
                                       .mutationRegions = m_mutation->isChecked(),
                                       .recheck = m_recheck->isChecked()});
}

void PatternsDock::showSet() {
    const bool traced = m_document->inspector().set() != nullptr;
    m_view->setVisible(traced);
    m_switches->setVisible(traced);
    m_note->setVisible(!traced);
    m_note->setAlignment(Qt::AlignTop);
    static_cast<QVBoxLayout*>(layout())->setStretchFactor(m_note, traced ? 0 : 1);
    m_note->setText(
        tr("%1 is made of rules that are proven one by one, not of traced patterns: it has no pattern trees "
           "and no candidates to score. What its rules missed is listed under Passes.\n\nChoose another set "
           "to see its patterns.")
            .arg(m_document->patterns()));
    showCandidates();
}

void PatternsDock::showCandidates() {
    const QScopedValueRollback following(m_following, true);
    const PatternInspector& inspector = m_document->inspector();
    m_model.setCandidates(inspector.set() ? inspector.candidates() : nullptr);
    m_model.setBreakpoints(inspector.breakpoints());
    m_view->expand(m_model.indexOfPattern(inspector.pattern()));
    followSubject();
}

/// The row of the subject below the chosen pattern, else the pattern's own.
void PatternsDock::followSubject() {
    const QScopedValueRollback following(m_following, true);
    const PatternInspector& inspector = m_document->inspector();
    const auto candidates = inspector.candidates();
    const PatternCandidates* shown = candidates && inspector.set() ? candidates->of(inspector.entry()) : nullptr;
    m_sum->setVisible(shown && !shown->list.empty());
    if (shown)
        m_sum->setText(QStringLiteral("<b>%1</b>: %2").arg(qs(shown->entry->name()), matchesText(*shown)));
    QModelIndex row = m_model.indexOfNode(inspector.pattern(), inspector.subject());
    if (!row.isValid())
        row = m_model.indexOfPattern(inspector.pattern());
    m_view->setCurrentIndex(row);
    m_view->viewport()->update();
}

void PatternsDock::showRow(const QModelIndex& row) {
    if (m_following || !row.isValid())
        return;
    const QString pattern = row.data(CandidatesModel::PatternRole).toString();
    const QModelIndex first = row.siblingAtColumn(CandidatesModel::NameColumn);
    const int node = first.data(CandidatesModel::NodeIdRole).toInt();
    const QScopedValueRollback following(m_following, true);
    m_document->inspector().choosePattern(pattern);
    if (node >= 0)
        m_document->select(NodeId{static_cast<uint32_t>(node)}, this);
}

void PatternsDock::showMenu(const QPoint& position) {
    const QModelIndex row = m_view->indexAt(position);
    if (!row.isValid())
        return;
    const QString pattern = row.data(CandidatesModel::PatternRole).toString();
    PatternInspector& inspector = m_document->inspector();
    QMenu menu;
    QAction* halt = menu.addAction(tr("Breakpoint on %1").arg(pattern));
    halt->setCheckable(true);
    halt->setChecked(inspector.hasBreakpoint(pattern));
    connect(halt, &QAction::triggered, this, [&] { inspector.toggleBreakpoint(pattern); });
    menu.addAction(tr("Source and Traced Form"), this, [&] {
        inspector.choosePattern(pattern);
        inspector.showSource();
    });
    menu.exec(m_view->viewport()->mapToGlobal(position));
}

} // namespace fxscope
