// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/passes_dock.h"

#include "app/docks/header_menu.h"
#include "app/document/document.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace fxscope {
namespace {

constexpr int kStagesHeight = 260, kPassesHeight = 300; ///< to begin with

/// Text filter on every column; a row stays if it, something above it or something below it fits. Passes that changed
/// nothing can be left out.
class PassesFilter : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void hideUnchanged(bool hide) {
        m_hide = hide;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        if (m_hide && index.data(PassesModel::UnchangedRole).toBool())
            return false;
        return QSortFilterProxyModel::filterAcceptsRow(row, parent);
    }

private:
    bool m_hide = false;
};

/// Dims passes that changed nothing and near misses; the row on show is bold with a mark.
class PassesDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// Passes have no node: their name may reach into that column. A near miss needs both for its node and its reason.
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto kind = static_cast<PassesModel::Kind>(index.data(PassesModel::KindRole).toInt());
        const auto* view = qobject_cast<const QTreeView*>(option.widget);
        const QModelIndex matches = index.siblingAtColumn(PassesModel::MatchesColumn);
        const bool toTheEnd = matches.data().toString().isEmpty();
        const int last = toTheEnd ? PassesModel::MatchesColumn : PassesModel::NodeColumn;
        if (kind == PassesModel::Kind::Step || !view || index.column() > last)
            return QStyledItemDelegate::paint(painter, option, index);
        const QModelIndex name = index.siblingAtColumn(PassesModel::StepColumn);
        QStyleOptionViewItem wide = option;
        wide.rect = view->visualRect(name);
        for (int column = PassesModel::NodeColumn; column <= last; ++column)
            wide.rect.setWidth(wide.rect.width() + view->columnWidth(column));
        painter->save();
        painter->setClipRect(option.rect); // the other cell paints its part itself
        QStyledItemDelegate::paint(painter, wide, name);
        painter->restore();
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto kind = static_cast<PassesModel::Kind>(index.data(PassesModel::KindRole).toInt());
        const bool faint = kind == PassesModel::Kind::Miss || kind == PassesModel::Kind::MissGroup ||
                           index.data(PassesModel::UnchangedRole).toBool();
        if (faint)
            option->palette.setBrush(QPalette::Text, option->palette.placeholderText());
        if (index.data(PassesModel::CurrentRole).toBool()) {
            option->font.setBold(true);
            if (index.column() == PassesModel::StepColumn)
                option->text.prepend(QStringLiteral("▸ "));
        }
    }
};

} // namespace

PassesDock::PassesDock(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_filter(new PassesFilter(this)), m_text(new QLineEdit),
      m_hide(new QToolButton), m_view(new QTreeView) {
    m_filter->setSourceModel(&m_model);
    m_filter->setRecursiveFilteringEnabled(true);
    m_filter->setAutoAcceptChildRows(true);
    m_filter->setFilterKeyColumn(-1);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setSortRole(PassesModel::SortRole);
    m_text->setPlaceholderText(tr("Filter passes, rules, nodes"));
    m_text->setAccessibleName(tr("Filter"));
    m_text->setClearButtonEnabled(true);
    m_hide->setText(tr("Changed only"));
    m_hide->setToolTip(tr("Hide passes that changed nothing"));
    m_hide->setCheckable(true);
    m_view->setObjectName(QStringLiteral("passesView"));
    m_view->setAccessibleName(tr("Passes and their rewrites"));
    m_view->setModel(m_filter);
    m_view->setItemDelegate(new PassesDelegate(m_view));
    m_view->setTextElideMode(Qt::ElideMiddle); // names of one kind differ at their end
    m_view->setUniformRowHeights(true);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(PassesModel::StepColumn, Qt::AscendingOrder);
    m_view->setAlternatingRowColors(true);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(4, 4, 4, 2);
    top->addWidget(m_text, 1);
    top->addWidget(m_hide);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* passes = new QWidget;
    auto* below = new QVBoxLayout(passes);
    below->setContentsMargins(0, 0, 0, 0);
    below->setSpacing(0);
    below->addLayout(top);
    below->addWidget(m_view, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("passesSplitter"));
    splitter->addWidget(m_timeline = makeStages());
    splitter->addWidget(passes);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({kStagesHeight, kPassesHeight}); // both grow with the dock, in this proportion
    column->addWidget(splitter);
    setDefaultColumns();
    addHeaderMenu(m_view->header(), QStringLiteral("passes"));
    connect(m_text, &QLineEdit::textChanged, m_filter, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_hide, &QToolButton::toggled, this,
            [this](bool hide) { static_cast<PassesFilter*>(m_filter)->hideUnchanged(hide); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) { showRow(row); });
    connect(document, &Document::traceChanged, this, &PassesDock::showTrace);
    connect(document, &Document::graphChanged, this, &PassesDock::showTrace);
    connect(document, &Document::graphChanged, this, &PassesDock::showStages);
    connect(document, &Document::filesChanged, this, [this] { m_stagesOf = QStringLiteral("?"); }); // read again
    connect(document, &Document::stepChanged, this, &PassesDock::followStep);
    connect(document, &Document::comparisonChanged, this, [this] { m_model.setComparison(m_document->comparison()); });
}

/// Above the passes, for files that hold several graphs.
QTreeView* PassesDock::makeStages() {
    auto* view = new QTreeView;
    view->setObjectName(QStringLiteral("stagesView"));
    view->setAccessibleName(tr("Graphs of the file, by compile and stage"));
    view->setModel(&m_stages);
    view->setUniformRowHeights(true);
    view->setAlternatingRowColors(true);
    view->setTextElideMode(Qt::ElideMiddle);
    view->hide();
    connect(view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
        const int entry = row.data(StagesModel::EntryRole).toInt();
        if (!m_following && row.isValid() && entry >= 0)
            m_document->showStage(m_document->currentFile(), entry, this);
    });
    return view;
}

void PassesDock::showStages() {
    const OpenFile* file = m_document->file();
    const bool several = file && file->capture.graphs.size() > 1;
    const QScopedValueRollback following(m_following, true);
    if (const QString of = several ? file->path + file->title : QString(); std::exchange(m_stagesOf, of) != of) {
        m_stages.setCapture(several ? &file->capture : nullptr);
        m_timeline->expandAll();
        m_timeline->header()->setStretchLastSection(false);
        if (several) {
            m_timeline->header()->setSectionResizeMode(StagesModel::StageColumn, QHeaderView::Stretch);
            m_timeline->header()->setSectionResizeMode(StagesModel::NodesColumn, QHeaderView::ResizeToContents);
        }
    }
    m_timeline->setVisible(several);
    if (!several)
        return;
    m_stages.refresh(file->capture);
    const QModelIndex row = m_stages.indexOf(m_document->currentEntry());
    m_timeline->setCurrentIndex(row);
    m_timeline->scrollTo(row);
}

void PassesDock::setDefaultColumns() {
    QHeaderView* header = m_view->header();
    header->setStretchLastSection(false);
    const QFontMetrics metrics = m_view->fontMetrics();
    const auto width = [&](const char* text) { return metrics.horizontalAdvance(QString::fromUtf8(text)) + 12; };
    header->resizeSection(PassesModel::StepColumn, width("▸ 1000") + 2 * m_view->indentation() + 18);
    header->setSectionResizeMode(PassesModel::NodeColumn, QHeaderView::Stretch);
    header->resizeSection(PassesModel::MatchesColumn, width("Matches"));
    header->setMinimumSectionSize(width("+1"));
    for (const int column : {PassesModel::RuleColumn, PassesModel::AddedColumn, PassesModel::RemovedColumn,
                             PassesModel::TimeColumn, PassesModel::ErrorColumn})
        header->setSectionHidden(column, true);
}

void PassesDock::showTrace() {
    const QScopedValueRollback following(m_following, true);
    m_model.setTrace(m_document->trace());
    for (int pass = 0; pass < m_filter->rowCount(); ++pass)
        m_view->setExpanded(m_filter->index(pass, 0), true);
    followStep(nullptr);
}

void PassesDock::followStep(QObject* from) {
    m_model.setShown(m_document->shownFrom(), m_document->shownTo());
    if (from == this)
        return;
    const QScopedValueRollback following(m_following, true);
    const int step = m_document->currentStep(), pass = m_document->currentPass();
    QModelIndex row;
    if (step >= 0)
        row = m_model.indexOfStep(static_cast<size_t>(step));
    else if (pass >= 0)
        row = m_model.indexOfPass(static_cast<size_t>(pass));
    m_view->setCurrentIndex(m_filter->mapFromSource(row));
}

void PassesDock::showRow(const QModelIndex& row) {
    if (m_following || !row.isValid())
        return;
    const QVariant node = row.data(PassesModel::NodeIdRole);
    switch (static_cast<PassesModel::Kind>(row.data(PassesModel::KindRole).toInt())) {
    case PassesModel::Kind::Pass: return m_document->showPass(row.data(PassesModel::PassRole).toULongLong(), this);
    case PassesModel::Kind::Step: return m_document->moveTo(row.data(PassesModel::PositionRole).toULongLong(), this);
    case PassesModel::Kind::Miss:
        m_document->inspector().choosePattern(row.siblingAtColumn(PassesModel::RuleColumn).data().toString());
        return m_document->select(NodeId{node.toUInt()}, this);
    case PassesModel::Kind::MissGroup: return;
    }
}

} // namespace fxscope
