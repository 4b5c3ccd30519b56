// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/document.h"

#include <QAbstractTableModel>
#include <QCache>

namespace fxscope {

/// Letters [first, first + length) of a text that stand out.
using Highlights = QList<std::pair<int, int>>;

/// What was found, and why each node is a hit. A row is made when it is asked for: 100,000 hits cost as much as those
/// in sight.
class HitsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { NameColumn, TargetColumn, TypeColumn, WhyColumn, NumColumns };
    enum Roles { NodeIdRole = Qt::UserRole, HighlightRole };

    explicit HitsModel(QObject* parent = nullptr) : QAbstractTableModel(parent), m_rows(kRowsKept) {}
    void setFound(std::shared_ptr<const Found> found); ///< null: nothing
    NodeId node(int row) const { return m_found->hits[static_cast<size_t>(row)]; }
    int rowOf(NodeId node) const; ///< -1: no hit

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    static constexpr int kRowsKept = 256;
    struct Row {
        QString texts[NumColumns];
        Highlights highlights[NumColumns];
    };
    const Row& row(int index) const;
    Row makeRow(const Node& node) const;

    std::shared_ptr<const Found> m_found;
    mutable QCache<int, Row> m_rows;
};

} // namespace fxscope

Q_DECLARE_METATYPE(fxscope::Highlights)
