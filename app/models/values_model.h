// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"

#include <QAbstractTableModel>

#include <memory>

namespace fxscope {

/// Every value before and after, as the comparison found them: one row per value both sides compute, then those that
/// only one side has.
class ValuesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns {
        NodeColumn,
        TypeColumn,
        VerdictColumn,
        MaxAbsColumn,
        MaxRelColumn,
        DifferingColumn,
        FirstBadColumn,
        MeanBeforeColumn,
        MeanAfterColumn,
        DeviationBeforeColumn,
        DeviationAfterColumn,
        MinBeforeColumn,
        MinAfterColumn,
        MaxBeforeColumn,
        MaxAfterColumn,
        NumColumns
    };
    enum Roles { SortRole = Qt::UserRole, NodeIdRole, DiffersRole };
    enum class Verdict { Equal, Close, Differs, OnlyBefore, OnlyAfter }; ///< Equal: to the bit; Close: within tolerance

    explicit ValuesModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    void setComparison(std::shared_ptr<const Comparison> comparison); ///< null: empty
    int rowOf(NodeId node) const;                                     ///< -1: none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        const NodeComparison* both = nullptr;
        const LoneValue* lone = nullptr;
        Verdict verdict = Verdict::Equal;
    };
    QString nodeText(const Row& row) const;
    NodeId nodeOf(const Row& row) const;
    QVariant value(const Row& row, int column) const;
    QVariant differenceValue(const TensorDifference& difference, int column) const;
    QVariant statisticsValue(const Row& row, int column) const;
    QVariant text(const Row& row, int column) const;
    QVariant toolTip(const Row& row) const;

    std::shared_ptr<const Comparison> m_comparison;
    std::vector<Row> m_rows;
};

} // namespace fxscope
