// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"

#include <QAbstractTableModel>

#include <map>
#include <memory>
#include <optional>

namespace fxscope {

/// How long each node took before and after, and how near to the memory's limit it came. A node and what replaced it
/// share a row; what only one version has leaves the other side empty. Nodes that ran as one name the last of them,
/// which has their time.
class TimingsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    /// Bytes to OfCopy are of the graph after, or of that before where the node is gone.
    enum Columns {
        NodeColumn,
        TargetColumn,
        BeforeColumn,
        AfterColumn,
        ChangeColumn,
        ShareColumn,
        BytesColumn,
        SpeedColumn,
        FloorColumn,
        OfCopyColumn,
        NumColumns
    };
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
    struct Side {
        std::optional<std::chrono::nanoseconds> time;
        uint64_t bytes = 0;
        QString in;    ///< the node that has the time of those that ran as one
        QString parts; ///< all of these, of the node that has it
    };
    struct Row {
        NodeId node, replaced; ///< after and before, the same for most
        QString name, target;
        Side before, after;
    };
    void addSide(const Graph& graph, const std::vector<NodeTime>& times, Side Row::*side);
    Row& rowFor(const Node& node, Side Row::*side);
    static const Side& shownSide(const Row& row);
    std::optional<MemorySpeed> speed(const Row& row) const;
    QVariant value(const Row& row, int column) const;
    QString text(const Row& row, int column) const;
    QString explanation(const Row& row) const;
    QString headerTip(int column) const;

    std::vector<Row> m_rows;
    std::map<NodeId, size_t> m_places;   ///< of rows, by node before
    std::map<NodeId, NodeId> m_replaced; ///< node before, by what replaced it
    std::chrono::nanoseconds m_total{};  ///< of the nodes after
    CopyBandwidth m_copy;
};

} // namespace fxscope
