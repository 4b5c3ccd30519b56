// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/answers.h"

#include <QAbstractItemModel>

namespace fxscope {

/// An explanation as a tree: what the pattern wants at each place, and what the graph has there.
class ExplainModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Columns { ExpectedColumn, FoundColumn, NumColumns };
    enum Roles {
        NodeIdRole = Qt::UserRole, ///< index of the node, -1: none
        PartRole,                  ///< its place in the matcher's order
        FitsRole,                  ///< bool
        SignRole,                  ///< "✓", "✗"; empty: the matcher did not get there
        LinesRole,                 ///< QStringList: the row in one column, what was found on the second line
        DecisiveRole,              ///< bool: the part that decided
        BehindRole,                ///< bool: the matcher stopped, or stands, before it
        ReachedRole,               ///< bool: the part at which the matcher stands
        ColourRole                 ///< capture colour, -1: none
    };

    explicit ExplainModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}
    /// `graph` names the nodes. Null: empty.
    void setAnswer(std::shared_ptr<const Graph> graph, std::shared_ptr<const PatternAnswer> answer);
    void setReached(int part); ///< the matcher stands there; -1: it is through
    QModelIndex indexOfPart(int part) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    const ComparedPart& part(const QModelIndex& index) const { return m_answer->parts[index.internalId()]; }
    bool isBehind(const QModelIndex& index) const;
    bool isDecisive(const QModelIndex& index) const;
    QStringList lines(const QModelIndex& index) const;
    QString sign(const QModelIndex& index) const;
    QString spoken(const QModelIndex& index) const;

    std::shared_ptr<const Graph> m_graph;
    std::shared_ptr<const PatternAnswer> m_answer;
    int m_reached = -1;
};

} // namespace fxscope
