// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/passes_model.h"

#include "app/document/steps.h"
#include "app/models/format.h"

#include <algorithm>
#include <numeric>

namespace fxscope {
namespace {

quintptr encode(PassesModel::Kind kind, size_t pass) { return pass * 4 + static_cast<quintptr>(kind); }

std::vector<size_t> nearestFirst(const std::vector<Miss>& misses) {
    std::vector<size_t> order(misses.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return misses[a].matched * std::max(1, misses[b].wanted) > misses[b].matched * std::max(1, misses[a].wanted);
    });
    return order;
}

} // namespace

void PassesModel::setTrace(std::shared_ptr<const Trace> trace) {
    beginResetModel();
    m_trace = std::move(trace);
    m_misses.clear();
    m_errors.clear();
    m_from = m_to = 0;
    if (m_trace)
        for (const PassRecord& pass : m_trace->passes)
            m_misses.push_back(nearestFirst(pass.misses));
    endResetModel();
}

void PassesModel::setComparison(std::shared_ptr<const Comparison> comparison) {
    m_errors.clear();
    if (comparison)
        for (const NodeComparison& node : comparison->nodes)
            for (NodeId id : {node.beforeId, node.afterId})
                if (id.valid())
                    m_errors[id] = std::max(m_errors[id], node.difference.maxAbs);
    for (int pass = 0; pass < rowCount(); ++pass) {
        const QModelIndex parent = index(pass, 0);
        emit dataChanged(index(pass, ErrorColumn), index(pass, ErrorColumn));
        if (rowCount(parent))
            emit dataChanged(index(0, ErrorColumn, parent), index(rowCount(parent) - 1, ErrorColumn, parent));
    }
}

void PassesModel::setShown(size_t from, size_t to) {
    m_from = from;
    m_to = to;
    for (int pass = 0; pass < rowCount(); ++pass) {
        const QModelIndex parent = index(pass, 0);
        emit dataChanged(index(pass, 0), index(pass, NumColumns - 1));
        if (rowCount(parent))
            emit dataChanged(index(0, 0, parent), index(rowCount(parent) - 1, NumColumns - 1, parent));
    }
}

QModelIndex PassesModel::indexOfStep(size_t step) const {
    if (m_trace)
        for (size_t pass = 0; pass < m_trace->passes.size(); ++pass) {
            const PassRecord& p = m_trace->passes[pass];
            if (step >= p.firstStep && step < p.firstStep + p.stepCount)
                return index(static_cast<int>(step - p.firstStep), 0, index(static_cast<int>(pass), 0));
        }
    return {};
}

// --- structure

QModelIndex PassesModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column < 0 || column >= NumColumns || row >= rowCount(parent))
        return {};
    if (!parent.isValid())
        return createIndex(row, column, encode(Kind::Pass, static_cast<size_t>(row)));
    const size_t pass = passOf(parent);
    if (kindOf(parent) == Kind::MissGroup)
        return createIndex(row, column, encode(Kind::Miss, pass));
    const bool isStep = static_cast<size_t>(row) < m_trace->passes[pass].stepCount;
    return createIndex(row, column, encode(isStep ? Kind::Step : Kind::MissGroup, pass));
}

QModelIndex PassesModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || kindOf(index) == Kind::Pass)
        return {};
    const size_t pass = passOf(index);
    if (kindOf(index) == Kind::Miss)
        return createIndex(static_cast<int>(m_trace->passes[pass].stepCount), 0, encode(Kind::MissGroup, pass));
    return createIndex(static_cast<int>(pass), 0, encode(Kind::Pass, pass));
}

int PassesModel::rowCount(const QModelIndex& parent) const {
    if (!m_trace || parent.column() > 0)
        return 0;
    if (!parent.isValid())
        return static_cast<int>(m_trace->passes.size());
    const PassRecord& pass = record(parent);
    switch (kindOf(parent)) {
    case Kind::Pass: return static_cast<int>(pass.stepCount) + (pass.misses.empty() ? 0 : 1);
    case Kind::MissGroup: return static_cast<int>(pass.misses.size());
    case Kind::Step:
    case Kind::Miss: return 0;
    }
    return 0;
}

PassesModel::Kind PassesModel::kindOf(const QModelIndex& index) const {
    return static_cast<Kind>(index.internalId() % 4);
}

size_t PassesModel::passOf(const QModelIndex& index) const { return index.internalId() / 4; }

size_t PassesModel::stepOf(const QModelIndex& index) const {
    return record(index).firstStep + static_cast<size_t>(index.row());
}

const Miss& PassesModel::missOf(const QModelIndex& index) const {
    const size_t pass = passOf(index);
    return m_trace->passes[pass].misses[m_misses[pass][static_cast<size_t>(index.row())]];
}

// --- content

QVariant PassesModel::value(const QModelIndex& index) const {
    switch (kindOf(index)) {
    case Kind::Pass: return passValue(passOf(index), index.column());
    case Kind::Step: return stepValue(stepOf(index), index.column());
    case Kind::Miss:
        return index.column() == StepColumn ? QVariant(index.row()) : missValue(missOf(index), index.column());
    case Kind::MissGroup: return index.column() == StepColumn ? QVariant(1'000'000'000) : QVariant();
    }
    return {};
}

QVariant PassesModel::passValue(size_t pass, int column) const {
    const PassRecord& p = m_trace->passes[pass];
    size_t added = 0, removed = 0;
    double error = -1;
    for (size_t step = p.firstStep; step < p.firstStep + p.stepCount; ++step) {
        added += m_trace->steps[step].added.size();
        removed += m_trace->steps[step].removed.size();
        error = std::max(error, errorOf(step));
    }
    switch (column) {
    case StepColumn: return static_cast<qulonglong>(pass);
    case RuleColumn: return qs(p.patterns);
    case MatchesColumn: return static_cast<qulonglong>(matchCount(*m_trace, p));
    case AddedColumn: return static_cast<qulonglong>(added);
    case RemovedColumn: return static_cast<qulonglong>(removed);
    case TimeColumn: return static_cast<qlonglong>(p.took.count());
    case ErrorColumn: return error < 0 ? QVariant() : error;
    default: return {};
    }
}

QVariant PassesModel::stepValue(size_t step, int column) const {
    const RewriteStep& s = m_trace->steps[step];
    switch (column) {
    case StepColumn: return static_cast<qulonglong>(step + 1);
    case RuleColumn: return qs(s.rule);
    case NodeColumn: return isMatch(s) ? nodeName(s.match.root) : tr("nodes in order");
    case AddedColumn: return static_cast<qulonglong>(s.added.size());
    case RemovedColumn: return static_cast<qulonglong>(s.removed.size());
    case TimeColumn: return static_cast<qlonglong>(s.took.count());
    case ErrorColumn: return errorOf(step) < 0 ? QVariant() : errorOf(step);
    default: return {};
    }
}

QVariant PassesModel::missValue(const Miss& miss, int column) const {
    switch (column) {
    case RuleColumn: return qs(miss.rule);
    case NodeColumn: return nodeName(miss.node);
    case MatchesColumn: return static_cast<double>(miss.matched) / std::max(1, miss.wanted);
    default: return {};
    }
}

QVariant PassesModel::text(const QModelIndex& index) const {
    const Kind kind = kindOf(index);
    const PassRecord& pass = record(index);
    if (index.column() == StepColumn && kind == Kind::Pass)
        return qs(pass.pass);
    if (index.column() == StepColumn && kind == Kind::MissGroup)
        return nearMissesText(static_cast<qsizetype>(pass.misses.size()));
    if (index.column() == StepColumn && kind == Kind::Miss)
        return nodeName(missOf(index).node) + QStringLiteral("  ") + qs(missOf(index).code);
    if (index.column() == NodeColumn && kind == Kind::Step && !m_trace->steps[stepOf(index)].warnings.empty())
        return value(index).toString() + QStringLiteral("  ⚠");
    if (index.column() == MatchesColumn && kind == Kind::Miss) {
        const Miss& miss = missOf(index);
        return miss.matched ? tr("%1 of %2").arg(miss.matched).arg(miss.wanted) : QString();
    }
    const QVariant plain = value(index);
    if (!plain.isValid())
        return {};
    if (index.column() == TimeColumn)
        return durationText(std::chrono::nanoseconds(plain.toLongLong()));
    return index.column() == ErrorColumn ? numberText(plain.toDouble()) : plain;
}

QVariant PassesModel::toolTip(const QModelIndex& index) const {
    switch (kindOf(index)) {
    case Kind::Pass: {
        const PassRecord& pass = record(index);
        const QString steps = matchesText(static_cast<qsizetype>(matchCount(*m_trace, pass)));
        const QString misses = nearMissesText(static_cast<qsizetype>(pass.misses.size()));
        return tr("%1: %2, %3").arg(qs(pass.pass), steps, misses);
    }
    case Kind::Step: {
        if (!isMatch(m_trace->steps[stepOf(index)]))
            return tr("After the matches of the pass the nodes are put in topological order");
        QString tip =
            tr("%1 at %2").arg(qs(m_trace->steps[stepOf(index)].rule), stepValue(stepOf(index), NodeColumn).toString());
        for (const Diagnostic& warning : m_trace->steps[stepOf(index)].warnings)
            tip += QStringLiteral("\n⚠ ") + qs(warning.what);
        return tip;
    }
    case Kind::Miss: return qs(missOf(index).sentence(*m_trace->result));
    case Kind::MissGroup: return tr("Nodes where a rule began to match and did not apply");
    }
    return {};
}

QVariant PassesModel::nodeId(const QModelIndex& index) const {
    if (kindOf(index) == Kind::Step)
        return m_trace->steps[stepOf(index)].match.root.index;
    return kindOf(index) == Kind::Miss ? QVariant(missOf(index).node.index) : QVariant(-1);
}

bool PassesModel::isCurrent(const QModelIndex& index) const {
    if (kindOf(index) == Kind::Step)
        return stepOf(index) >= m_from && stepOf(index) < m_to;
    const PassRecord& pass = record(index);
    return kindOf(index) == Kind::Pass && m_to > pass.firstStep && m_from < pass.firstStep + pass.stepCount;
}

QVariant PassesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(index);
    case Qt::ToolTipRole: return toolTip(index);
    case Qt::TextAlignmentRole:
        return index.column() >= MatchesColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case SortRole: return value(index);
    case KindRole: return static_cast<int>(kindOf(index));
    case PassRole: return static_cast<int>(passOf(index));
    case PositionRole:
        return kindOf(index) == Kind::Step ? QVariant(static_cast<qulonglong>(stepOf(index) + 1)) : QVariant();
    case NodeIdRole: return nodeId(index);
    case CurrentRole: return isCurrent(index);
    case UnchangedRole: return kindOf(index) == Kind::Pass && record(index).stepCount == 0;
    default: return {};
    }
}

QVariant PassesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= NumColumns)
        return {};
    static const char* const names[NumColumns] = {
        QT_TR_NOOP("Step"),  QT_TR_NOOP("Rule"),    QT_TR_NOOP("Node"), QT_TR_NOOP("Matches"),
        QT_TR_NOOP("Added"), QT_TR_NOOP("Removed"), QT_TR_NOOP("Time"), QT_TR_NOOP("Value error")};
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    if (role == Qt::TextAlignmentRole)
        return section >= MatchesColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                        : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

QString PassesModel::nodeName(NodeId node) const {
    // an erased node keeps its name; a node added by a step is known to the result
    return node.index < m_trace->result->slotCount() ? qs(m_trace->result->node(node).name) : QString();
}

double PassesModel::errorOf(size_t step) const {
    const RewriteStep& s = m_trace->steps[step];
    for (NodeId id : {s.match.root, s.replacement})
        if (const auto known = m_errors.find(id); known != m_errors.end())
            return known->second;
    return -1;
}

} // namespace fxscope
