// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/answers.h"

#include <QAbstractItemModel>
#include <QString>

#include <set>

namespace fxscope {

/// The patterns of a set, and below each one every node that it could start from, the nearest first.
class CandidatesModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Columns { NameColumn, ScoreColumn, AnswerColumn, NumColumns };
    enum Roles {
        PatternRole = Qt::UserRole, ///< the pattern's name
        NodeIdRole,                 ///< index of the node, -1: a pattern
        MatchRole,                  ///< bool: it matches
        GainedRole,                 ///< bool: only because of reasons that are switched off
        BreakpointRole              ///< bool
    };

    explicit CandidatesModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}
    void setCandidates(std::shared_ptr<const GraphCandidates> candidates); ///< null: empty
    void setBreakpoints(std::set<QString> patterns);
    QModelIndex indexOfPattern(const QString& pattern) const;
    QModelIndex indexOfNode(const QString& pattern, NodeId node) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    /// The pattern of a row, or of the row above it.
    const PatternCandidates& pattern(const QModelIndex& index) const;
    const Candidate* candidate(const QModelIndex& index) const; ///< null: a pattern
    QVariant patternText(const PatternCandidates& pattern, int column) const;
    QVariant candidateText(const Candidate& candidate, int column) const;
    QString toolTip(const QModelIndex& index) const;

    std::shared_ptr<const GraphCandidates> m_candidates;
    std::set<QString> m_breakpoints;
};

/// "24 of 48 match", with what the switches gain.
QString matchesText(const PatternCandidates& pattern);
QString noCandidateText(const PatternCandidates& pattern); ///< why a graph has none for it

} // namespace fxscope
