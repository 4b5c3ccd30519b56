// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/node_table.h"

#include "app/docks/header_menu.h"
#include "app/models/value_sort.h"

#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

namespace fxscope {
namespace {
constexpr int kSortRole = Qt::UserRole, kNodeIdRole = Qt::UserRole + 1;
}

NodeTable::NodeTable(QAbstractItemModel* model, const QString& settingsKey, QWidget* parent)
    : QWidget(parent), m_sorted(new ValueSort(this)), m_view(new QTableView), m_summary(new QLabel),
      m_empty(new QLabel) {
    m_sorted->setSourceModel(model);
    m_sorted->setSortRole(kSortRole);
    m_view->setObjectName(settingsKey + QStringLiteral("View"));
    m_view->setAccessibleName(settingsKey == QStringLiteral("values") ? tr("Values") : tr("Timings"));
    m_view->setModel(m_sorted);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder); // execution order until a header is clicked
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(m_view->fontMetrics().height() + 6);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_summary->setTextFormat(Qt::RichText);
    m_summary->setContentsMargins(8, 4, 8, 4);
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_summary);
    column->addWidget(m_view, 1);
    column->addWidget(m_empty, 1);
    addHeaderMenu(m_view->horizontalHeader(), settingsKey);
    connect(model, &QAbstractItemModel::modelReset, this, &NodeTable::refresh);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
        if (!m_following && row.isValid())
            emit nodeChosen(NodeId{row.data(kNodeIdRole).toUInt()});
    });
    connect(m_view->horizontalHeader(), &QHeaderView::sectionResized, this,
            [this] { m_sizedByHand = m_sizedByHand || (!m_fitting && m_view->isVisible()); });
    refresh();
}

void NodeTable::setSummary(const QString& richText) {
    m_summary->setText(richText);
    m_summary->setVisible(!richText.isEmpty());
}

void NodeTable::setEmptyText(const QString& text) { m_empty->setText(text); }

void NodeTable::showRow(int sourceRow) {
    const QScopedValueRollback following(m_following, true);
    const QModelIndex row = m_sorted->mapFromSource(m_sorted->sourceModel()->index(sourceRow, 0));
    m_view->setCurrentIndex(row);
    if (row.isValid())
        m_view->scrollTo(row);
}

void NodeTable::refresh() {
    const bool empty = m_sorted->rowCount() == 0;
    m_view->setVisible(!empty);
    m_empty->setVisible(empty);
    if (!empty)
        fitColumns();
}

void NodeTable::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_view->isVisibleTo(this) && !m_sizedByHand)
        fitColumns();
}

/// As wide as their content; where that is too much, the columns of text give way, down to some letters.
void NodeTable::fitColumns() {
    constexpr int kLeast = 110;
    const QScopedValueRollback fitting(m_fitting, true);
    m_sizedByHand = false;
    QHeaderView* header = m_view->horizontalHeader();
    header->setStretchLastSection(false);
    m_view->resizeColumnsToContents();
    int room = m_view->viewport()->width();
    std::vector<int> texts;
    for (int column = 0; column < header->count(); ++column)
        if (m_sorted->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignRight)
            room -= header->sectionSize(column); // 0 of hidden ones
        else if (!header->isSectionHidden(column))
            texts.push_back(column);
    std::sort(texts.begin(), texts.end(),
              [&](int a, int b) { return header->sectionSize(a) < header->sectionSize(b); });
    for (size_t i = 0; i < texts.size(); ++i) { // narrow ones keep what they need
        const int share = room / static_cast<int>(texts.size() - i);
        const int width = std::min(header->sectionSize(texts[i]), std::max(kLeast, share));
        header->resizeSection(texts[i], width);
        room -= width;
    }
    const int last = header->logicalIndex(header->count() - 1);
    header->setStretchLastSection(std::find(texts.begin(), texts.end(), last) != texts.end()); // numbers stay together
}

} // namespace fxscope
