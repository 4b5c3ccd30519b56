// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"
#include "core/rewrite/trace.h"

#include <QAbstractItemModel>

#include <map>
#include <memory>

namespace fxscope {

/// What passes did, as a tree: pass -> its steps, then (if any) a row "3 near misses" -> the misses, nearest first.
class PassesModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Columns {
        StepColumn,
        RuleColumn,
        NodeColumn,
        MatchesColumn, ///< of a pass: its matches; of a miss: how much held, "3 of 5"
        AddedColumn,
        RemovedColumn,
        TimeColumn,
        ErrorColumn, ///< largest absolute error of the rewritten value, once compared
        NumColumns
    };
    enum class Kind { Pass, Step, MissGroup, Miss };
    enum Roles {
        SortRole = Qt::UserRole, ///< the value behind the text
        KindRole,                ///< int of Kind
        PassRole,                ///< index of the pass
        PositionRole,            ///< of a step: the position after it, see Document::moveTo
        NodeIdRole,              ///< index of the node, -1: none
        CurrentRole,             ///< bool: on show now
        UnchangedRole            ///< bool: a pass that changed nothing
    };

    explicit PassesModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}
    void setTrace(std::shared_ptr<const Trace> trace); ///< null: empty
    void setComparison(std::shared_ptr<const Comparison> comparison);
    void setShown(size_t from, size_t to); ///< marks the rows that are on show
    QModelIndex indexOfStep(size_t step) const;
    QModelIndex indexOfPass(size_t pass) const { return index(static_cast<int>(pass), 0); }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    Kind kindOf(const QModelIndex& index) const;
    size_t passOf(const QModelIndex& index) const;
    const PassRecord& record(const QModelIndex& index) const { return m_trace->passes[passOf(index)]; }
    size_t stepOf(const QModelIndex& index) const;
    const Miss& missOf(const QModelIndex& index) const;
    QVariant value(const QModelIndex& index) const; ///< for sorting
    QVariant passValue(size_t pass, int column) const;
    QVariant stepValue(size_t step, int column) const;
    QVariant missValue(const Miss& miss, int column) const;
    QVariant text(const QModelIndex& index) const;
    QVariant toolTip(const QModelIndex& index) const;
    QVariant nodeId(const QModelIndex& index) const;
    bool isCurrent(const QModelIndex& index) const;
    QString nodeName(NodeId node) const;
    double errorOf(size_t step) const; ///< negative: not known

    std::shared_ptr<const Trace> m_trace;
    std::vector<std::vector<size_t>> m_misses; ///< by pass: indices into its misses, nearest first
    std::map<NodeId, double> m_errors;         ///< by node before and by node after
    size_t m_from = 0, m_to = 0;
};

} // namespace fxscope
