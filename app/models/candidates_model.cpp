// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/candidates_model.h"

#include "app/models/format.h"
#include "core/support/text.h"

#include <QCoreApplication>

namespace fxscope {
namespace {

constexpr quintptr kPatternRow = 0; ///< else the internal id is 1 + the pattern's row

QString reasonText(Reason reason) {
    return reason == Reason::Match ? CandidatesModel::tr("matches") : qs(name(reason));
}

} // namespace

QString matchesText(const PatternCandidates& pattern) {
    const QString all =
        CandidatesModel::tr("%1 of %2 match").arg(pattern.matches).arg(static_cast<int>(pattern.list.size()));
    return pattern.gained ? CandidatesModel::tr("%1, %2 more than PyTorch").arg(all).arg(pattern.gained) : all;
}

QString noCandidateText(const PatternCandidates& pattern) {
    if (!pattern.none.cause.empty())
        return qs(pattern.none.cause + " " + pattern.none.change);
    return CandidatesModel::tr("The graph has no %1, from which the pattern starts.")
        .arg(qs(functionWords(pattern.entry->pattern.anchor())));
}

void CandidatesModel::setCandidates(std::shared_ptr<const GraphCandidates> candidates) {
    beginResetModel();
    m_candidates = std::move(candidates);
    endResetModel();
}

void CandidatesModel::setBreakpoints(std::set<QString> patterns) {
    m_breakpoints = std::move(patterns);
    if (rowCount())
        emit dataChanged(index(0, 0), index(rowCount() - 1, NumColumns - 1));
}

QModelIndex CandidatesModel::indexOfPattern(const QString& name) const {
    for (int row = 0; row < rowCount(); ++row)
        if (qs(m_candidates->patterns[static_cast<size_t>(row)].entry->name()) == name)
            return index(row, 0);
    return {};
}

QModelIndex CandidatesModel::indexOfNode(const QString& name, NodeId node) const {
    const QModelIndex parent = indexOfPattern(name);
    if (!parent.isValid())
        return {};
    const auto& list = pattern(parent).list;
    for (size_t row = 0; row < list.size(); ++row)
        if (list[row].anchor == node)
            return index(static_cast<int>(row), 0, parent);
    return {};
}

// --- structure

QModelIndex CandidatesModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column < 0 || column >= NumColumns || row >= rowCount(parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kPatternRow);
}

QModelIndex CandidatesModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() == kPatternRow)
        return {};
    return createIndex(static_cast<int>(index.internalId()) - 1, 0, kPatternRow);
}

int CandidatesModel::rowCount(const QModelIndex& parent) const {
    if (!m_candidates || parent.column() > 0)
        return 0;
    if (!parent.isValid())
        return static_cast<int>(m_candidates->patterns.size());
    return parent.internalId() == kPatternRow ? static_cast<int>(pattern(parent).list.size()) : 0;
}

const PatternCandidates& CandidatesModel::pattern(const QModelIndex& index) const {
    const bool isPattern = index.internalId() == kPatternRow;
    return m_candidates
        ->patterns[isPattern ? static_cast<size_t>(index.row()) : static_cast<size_t>(index.internalId()) - 1];
}

const Candidate* CandidatesModel::candidate(const QModelIndex& index) const {
    return index.internalId() == kPatternRow ? nullptr : &pattern(index).list[static_cast<size_t>(index.row())];
}

// --- content

QVariant CandidatesModel::patternText(const PatternCandidates& shown, int column) const {
    switch (column) {
    case NameColumn: return qs(shown.entry->name());
    case ScoreColumn: return QStringLiteral("%1/%2").arg(shown.matches).arg(static_cast<int>(shown.list.size()));
    case AnswerColumn:
        if (shown.list.empty())
            return tr("no candidate");
        return shown.gained ? tr("match, +%1").arg(shown.gained) : shown.matches ? tr("match") : tr("none match");
    default: return {};
    }
}

QVariant CandidatesModel::candidateText(const Candidate& shown, int column) const {
    switch (column) {
    case NameColumn: return qs(displayText((*m_candidates->graph)[shown.anchor].name));
    case ScoreColumn: return QStringLiteral("%1/%2").arg(shown.matched).arg(shown.wanted);
    case AnswerColumn: return shown.gained ? tr("would match") : reasonText(shown.reason);
    default: return {};
    }
}

QString CandidatesModel::toolTip(const QModelIndex& index) const {
    const PatternCandidates& shown = pattern(index);
    if (const Candidate* near = candidate(index)) {
        const QString node = qs(displayText((*m_candidates->graph)[near->anchor].name));
        return tr("%1: %2 of %3 nodes fit, phase %4, %5")
            .arg(node)
            .arg(near->matched)
            .arg(near->wanted)
            .arg(near->phase)
            .arg(near->gained ? tr("would match") : reasonText(near->reason));
    }
    if (shown.list.empty())
        return noCandidateText(shown);
    return tr("%1: %2 (%3)").arg(qs(shown.entry->name()), matchesText(shown), qs(shown.entry->source.doc)).trimmed();
}

QVariant CandidatesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Candidate* near = candidate(index);
    switch (role) {
    case Qt::DisplayRole:
        return near ? candidateText(*near, index.column()) : patternText(pattern(index), index.column());
    case Qt::ToolTipRole: return toolTip(index);
    case PatternRole: return qs(pattern(index).entry->name());
    case NodeIdRole: return near ? static_cast<int>(near->anchor.index) : -1;
    case MatchRole: return near ? near->reason == Reason::Match : pattern(index).matches > 0;
    case GainedRole: return near ? near->gained : pattern(index).gained > 0;
    case BreakpointRole: return !near && m_breakpoints.contains(qs(pattern(index).entry->name()));
    default: return {};
    }
}

QVariant CandidatesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= NumColumns)
        return {};
    static const char* const names[NumColumns] = {QT_TR_NOOP("Pattern"), QT_TR_NOOP("Fits"), QT_TR_NOOP("Answer")};
    return tr(names[section]);
}

} // namespace fxscope
