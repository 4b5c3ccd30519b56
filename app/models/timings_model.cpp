// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/timings_model.h"

#include "app/models/format.h"
namespace fxscope {

void TimingsModel::setComparison(std::shared_ptr<const Trace> trace, std::shared_ptr<const Comparison> comparison) {
    beginResetModel();
    m_rows.clear();
    m_places.clear();
    m_replaced.clear();
    m_total = {};
    m_copy = comparison ? comparison->copy : CopyBandwidth{};
    if (trace && comparison) {
        for (const NodeComparison& node : comparison->nodes)
            if (node.output.empty() && node.beforeId.valid() && node.afterId.valid())
                m_replaced.emplace(node.afterId, node.beforeId);
        addSide(*trace->base, comparison->beforeTimes, &Row::before);
        addSide(*trace->result, comparison->afterTimes, &Row::after);
        for (const NodeTime& time : comparison->afterTimes)
            m_total += time.took;
    }
    endResetModel();
}

void TimingsModel::addSide(const Graph& graph, const std::vector<NodeTime>& times, Side Row::*side) {
    const auto known = [&](NodeId id) { return id.index < graph.slotCount(); }; // ids come from another process
    for (const NodeTime& time : times) {
        if (!known(time.node))
            continue;
        const QString last = qs(graph[time.node].name);
        QStringList parts;
        for (const NodeId id : time.fused) {
            if (!known(id))
                continue;
            parts << qs(graph[id].name);
            if (id != time.node)
                (rowFor(graph[id], side).*side).in = last;
        }
        Side& of = rowFor(graph[time.node], side).*side;
        of.time = time.took;
        of.bytes = time.bytes;
        of.parts = parts.join(QStringLiteral(" + "));
    }
}

TimingsModel::Row& TimingsModel::rowFor(const Node& node, Side Row::*side) {
    const auto earlier = side == &Row::after ? m_replaced.find(node.id) : m_replaced.end();
    const NodeId key = earlier == m_replaced.end() ? node.id : earlier->second;
    const auto [known, isNew] = m_places.emplace(key, m_rows.size());
    const QString name = qs(node.name), target = qs(node.target.shortName());
    if (isNew)
        m_rows.push_back({node.id, key, name, target, {}, {}});
    Row& row = m_rows[known->second];
    if (row.node != node.id)
        row.name += QStringLiteral(" → ") + name;
    if (row.target != target)
        row.target += QStringLiteral(" → ") + target;
    row.node = node.id;
    return row;
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

const TimingsModel::Side& TimingsModel::shownSide(const Row& row) {
    return row.after.time || !row.after.in.isEmpty() ? row.after : row.before;
}

std::optional<MemorySpeed> TimingsModel::speed(const Row& row) const {
    const Side& side = shownSide(row);
    return side.time ? memorySpeed(side.bytes, *side.time, m_copy) : std::nullopt;
}

QVariant TimingsModel::value(const Row& row, int column) const {
    const auto ns = [](std::chrono::nanoseconds time) { return QVariant(static_cast<qlonglong>(time.count())); };
    const auto none = std::chrono::nanoseconds{};
    const Side& shown = shownSide(row);
    const auto reached = column >= SpeedColumn ? speed(row) : std::nullopt;
    switch (column) {
    case NodeColumn: return row.name;
    case TargetColumn: return row.target;
    case BeforeColumn: return row.before.time ? ns(*row.before.time) : QVariant();
    case AfterColumn: return row.after.time ? ns(*row.after.time) : QVariant();
    case ChangeColumn:
        if (!row.before.in.isEmpty() || !row.after.in.isEmpty()) // a part of a time is not known
            return {};
        return ns(row.after.time.value_or(none) - row.before.time.value_or(none));
    case ShareColumn:
        return row.after.time && m_total.count() ? QVariant(double(row.after.time->count()) / double(m_total.count()))
                                                 : QVariant();
    case BytesColumn:
        return shown.time && shown.bytes > 0 ? QVariant(static_cast<qulonglong>(shown.bytes)) : QVariant();
    case SpeedColumn: return reached ? QVariant(reached->bytesPerSecond) : QVariant();
    case FloorColumn: return reached ? ns(reached->floor) : QVariant();
    case OfCopyColumn: return reached ? QVariant(reached->share) : QVariant();
    default: return {};
    }
}

QString TimingsModel::text(const Row& row, int column) const {
    const QVariant plain = value(row, column);
    if (column == BeforeColumn && !row.before.in.isEmpty())
        return tr("in %1").arg(row.before.in);
    if (column == AfterColumn && !row.after.in.isEmpty())
        return tr("in %1").arg(row.after.in);
    if (!plain.isValid())
        return {};
    switch (column) {
    case NodeColumn:
    case TargetColumn: return plain.toString();
    case ShareColumn:
    case OfCopyColumn: return fractionText(plain.toDouble());
    case BytesColumn: return bytesText(plain.toLongLong());
    case SpeedColumn: return gigabytesText(plain.toDouble());
    default: break;
    }
    const auto ns = plain.toLongLong();
    const QString sign = column == ChangeColumn ? (ns < 0 ? QStringLiteral("−") : QStringLiteral("+")) : QString();
    return sign + durationText(std::chrono::nanoseconds(std::abs(ns)));
}

QString TimingsModel::explanation(const Row& row) const {
    QStringList lines;
    const auto add = [&](const Side& side, const QString& when) {
        if (!side.parts.isEmpty())
            lines << tr("%1, run as one: %2").arg(when, side.parts);
        if (!side.in.isEmpty())
            lines << tr("%1, run as one with others; their time is at %2").arg(when, side.in);
    };
    add(row.before, tr("Before"));
    add(row.after, tr("After"));
    return lines.join(u'\n');
}

QVariant TimingsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case NodeIdRole: return row.node.index;
    case SortRole: return value(row, column);
    case Qt::DisplayRole: return text(row, column);
    case Qt::ToolTipRole: {
        const QString told = explanation(row);
        return told.isEmpty() && column < BeforeColumn ? text(row, column) : told;
    }
    case Qt::TextAlignmentRole:
        return column >= BeforeColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    default: return {};
    }
}

QString TimingsModel::headerTip(int column) const {
    switch (column) {
    case BytesColumn:
        return tr(
            "Bytes that must move: what the result depends on read once, the result written once; none for views");
    case SpeedColumn: return tr("Bytes by the time that the node took");
    case FloorColumn:
        return m_copy.bytesPerSecond > 0
                   ? tr("What the bytes take at %1 GB/s (read and written), as measured in a copy on %2")
                         .arg(gigabytesText(m_copy.bytesPerSecond), qs(m_copy.device))
                   : tr("What the bytes take in a copy");
    case OfCopyColumn: return tr("The floor's share of the time; above 100 % where caches held the data");
    default: return {};
    }
}

QVariant TimingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= NumColumns)
        return {};
    static const char* const names[NumColumns] = {
        QT_TR_NOOP("Node"),   QT_TR_NOOP("Operator"),    QT_TR_NOOP("Before"), QT_TR_NOOP("After"),
        QT_TR_NOOP("Change"), QT_TR_NOOP("Share after"), QT_TR_NOOP("Bytes"),  QT_TR_NOOP("GB/s"),
        QT_TR_NOOP("Floor"),  QT_TR_NOOP("Of copy")};
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    if (role == Qt::ToolTipRole)
        return headerTip(section);
    if (role == Qt::TextAlignmentRole)
        return section >= BeforeColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

} // namespace fxscope
