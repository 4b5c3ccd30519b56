// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/timings_model.h"

#include "app/models/format.h"

#include <map>

namespace fxscope {

void TimingsModel::setComparison(std::shared_ptr<const Trace> trace, std::shared_ptr<const Comparison> comparison) {
    beginResetModel();
    m_rows.clear();
    m_total = {};
    std::map<NodeId, size_t> rows;
    std::map<NodeId, NodeId> replaced; // by what replaced it
    if (comparison)
        for (const NodeComparison& node : comparison->nodes)
            if (node.output.empty() && node.beforeId.valid() && node.afterId.valid())
                replaced.emplace(node.afterId, node.beforeId);
    const auto add = [&](const Graph& graph, const NodeTime& time, Time Row::*side) {
        if (time.node.index >= graph.slotCount())
            return;
        const auto earlier = side == &Row::after ? replaced.find(time.node) : replaced.end();
        const NodeId key = earlier == replaced.end() ? time.node : earlier->second;
        const auto [known, isNew] = rows.emplace(key, m_rows.size());
        const Node& node = graph[time.node];
        const QString target = qs(node.target.shortName());
        if (isNew)
            m_rows.push_back({node.id, key, qs(node.name), target, {}, {}});
        Row& row = m_rows[known->second];
        row.*side = time.took;
        if (row.node != node.id)
            row.name += QStringLiteral(" → ") + qs(node.name);
        if (row.target != target)
            row.target += QStringLiteral(" → ") + target;
        row.node = node.id;
    };
    if (trace && comparison) {
        for (const NodeTime& time : comparison->beforeTimes)
            add(*trace->base, time, &Row::before);
        for (const NodeTime& time : comparison->afterTimes) {
            add(*trace->result, time, &Row::after);
            m_total += time.took;
        }
    }
    endResetModel();
}

int TimingsModel::rowOf(NodeId node) const {
    for (size_t i = 0; i < m_rows.size(); ++i)
        if (m_rows[i].node == node || m_rows[i].replaced == node)
            return static_cast<int>(i);
    return -1;
}

int TimingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant TimingsModel::value(const Row& row, int column) const {
    switch (column) {
    case NodeColumn: return row.name;
    case TargetColumn: return row.target;
    case BeforeColumn: return row.before ? QVariant(static_cast<qlonglong>(row.before->count())) : QVariant();
    case AfterColumn: return row.after ? QVariant(static_cast<qlonglong>(row.after->count())) : QVariant();
    case ChangeColumn: {
        const auto none = std::chrono::nanoseconds{};
        return static_cast<qlonglong>((row.after.value_or(none) - row.before.value_or(none)).count());
    }
    case ShareColumn:
        return row.after && m_total.count() ? QVariant(double(row.after->count()) / double(m_total.count()))
                                            : QVariant();
    default: return {};
    }
}

QVariant TimingsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    const int column = index.column();
    if (role == NodeIdRole)
        return row.node.index;
    if (role == SortRole)
        return value(row, column);
    if (role == Qt::TextAlignmentRole)
        return column >= BeforeColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    const QVariant plain = value(row, column);
    if (!plain.isValid() || column < BeforeColumn)
        return plain;
    if (column == ShareColumn)
        return fractionText(plain.toDouble());
    const auto ns = plain.toLongLong();
    const QString sign = column == ChangeColumn ? (ns < 0 ? QStringLiteral("−") : QStringLiteral("+")) : QString();
    return sign + durationText(std::chrono::nanoseconds(std::abs(ns)));
}

QVariant TimingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= NumColumns)
        return {};
    static const char* const names[NumColumns] = {QT_TR_NOOP("Node"),   QT_TR_NOOP("Operator"),
                                                  QT_TR_NOOP("Before"), QT_TR_NOOP("After"),
                                                  QT_TR_NOOP("Change"), QT_TR_NOOP("Share after")};
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    if (role == Qt::TextAlignmentRole)
        return section >= BeforeColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

} // namespace fxscope
