// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"

#include <QAbstractTableModel>

#include <memory>
#include <optional>

namespace fxscope {

/// How long each node took before and after. A node and what replaced it share a row; what only one version has leaves
/// the other side empty.
class TimingsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { NodeColumn, TargetColumn, BeforeColumn, AfterColumn, ChangeColumn, ShareColumn, NumColumns };
    enum Roles { SortRole = Qt::UserRole, NodeIdRole };

    explicit TimingsModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    /// `trace` names the nodes of `comparison`; null: empty.
    void setComparison(std::shared_ptr<const Trace> trace, std::shared_ptr<const Comparison> comparison);
    int rowOf(NodeId node) const; ///< -1: none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    using Time = std::optional<std::chrono::nanoseconds>;
    struct Row {
        NodeId node, replaced; ///< after and before, the same for most
        QString name, target;
        Time before, after;
    };
    QVariant value(const Row& row, int column) const;

    std::vector<Row> m_rows;
    std::chrono::nanoseconds m_total{}; ///< of the nodes after
};

} // namespace fxscope
