// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/argument.h"

#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace fxscope {

/// A sortable table whose rows are nodes, with a line of summary above it and a sentence in its place while it is
/// empty. Values and Timings are such tables; models give NodeIdRole and SortRole as Qt::UserRole + 1 and Qt::UserRole.
class NodeTable : public QWidget {
    Q_OBJECT
public:
    NodeTable(QAbstractItemModel* model, const QString& settingsKey, QWidget* parent = nullptr);
    void setSummary(const QString& richText);
    void setEmptyText(const QString& text);
    void showRow(int sourceRow); ///< makes it current without nodeChosen; -1: none
    QTableView* view() const { return m_view; }

signals:
    void nodeChosen(fxscope::NodeId node);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void fitColumns();
    QSortFilterProxyModel* m_sorted;
    QTableView* m_view;
    QLabel *m_summary, *m_empty;
    bool m_following = false, m_fitting = false, m_sizedByHand = false;
};

} // namespace fxscope
