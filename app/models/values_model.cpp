// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/values_model.h"

#include "app/models/format.h"

namespace fxscope {
namespace {

ValuesModel::Verdict verdictOf(const TensorDifference& difference) {
    if (!difference.equal)
        return ValuesModel::Verdict::Differs;
    return difference.bitEqual ? ValuesModel::Verdict::Equal : ValuesModel::Verdict::Close;
}

QString verdictText(ValuesModel::Verdict verdict) {
    switch (verdict) {
    case ValuesModel::Verdict::Equal: return ValuesModel::tr("= equal");
    case ValuesModel::Verdict::Close: return ValuesModel::tr("≈ within tolerance");
    case ValuesModel::Verdict::Differs: return ValuesModel::tr("≠ differs");
    case ValuesModel::Verdict::OnlyBefore: return ValuesModel::tr("only before");
    case ValuesModel::Verdict::OnlyAfter: return ValuesModel::tr("only after");
    }
    return {};
}

double statistic(const TensorStatistics& s, int column) {
    switch (column) {
    case ValuesModel::MeanBeforeColumn:
    case ValuesModel::MeanAfterColumn: return s.mean;
    case ValuesModel::DeviationBeforeColumn:
    case ValuesModel::DeviationAfterColumn: return s.stddev;
    case ValuesModel::MinBeforeColumn:
    case ValuesModel::MinAfterColumn: return s.min;
    default: return s.max;
    }
}

} // namespace

void ValuesModel::setComparison(std::shared_ptr<const Comparison> comparison) {
    beginResetModel();
    m_comparison = std::move(comparison);
    m_rows.clear();
    if (m_comparison) {
        for (const NodeComparison& node : m_comparison->nodes)
            m_rows.push_back({&node, nullptr, verdictOf(node.difference)});
        for (const LoneValue& lone : m_comparison->onlyBefore)
            m_rows.push_back({nullptr, &lone, Verdict::OnlyBefore});
        for (const LoneValue& lone : m_comparison->onlyAfter)
            m_rows.push_back({nullptr, &lone, Verdict::OnlyAfter});
    }
    endResetModel();
}

int ValuesModel::rowOf(NodeId node) const {
    for (size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        if (row.both ? (row.both->output.empty() && (row.both->beforeId == node || row.both->afterId == node))
                     : row.lone->id == node)
            return static_cast<int>(i);
    }
    return -1;
}

int ValuesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

NodeId ValuesModel::nodeOf(const Row& row) const {
    if (row.lone)
        return row.lone->id;
    return row.both->afterId.valid() ? row.both->afterId : row.both->beforeId;
}

QString ValuesModel::nodeText(const Row& row) const {
    if (row.lone)
        return qs(row.lone->name);
    const QString output = row.both->output.empty() ? QString() : qs(row.both->output) + QStringLiteral(": ");
    if (row.both->before == row.both->after)
        return output + qs(row.both->before);
    return output + qs(row.both->before) + QStringLiteral(" → ") + qs(row.both->after);
}

QVariant ValuesModel::value(const Row& row, int column) const {
    switch (column) {
    case NodeColumn: return nodeText(row);
    case TypeColumn: return qs(row.lone ? row.lone->type : row.both->type);
    case VerdictColumn: return static_cast<int>(row.verdict);
    default: break;
    }
    if (column >= MeanBeforeColumn)
        return statisticsValue(row, column);
    return row.both ? differenceValue(row.both->difference, column) : QVariant();
}

QVariant ValuesModel::differenceValue(const TensorDifference& difference, int column) const {
    if (!difference.mismatch.empty())
        return {};
    switch (column) {
    case MaxAbsColumn: return difference.maxAbs;
    case MaxRelColumn: return difference.maxRel;
    case DifferingColumn: return static_cast<qlonglong>(difference.differing);
    case FirstBadColumn:
        return difference.firstBad < 0 ? QVariant() : QVariant(static_cast<qlonglong>(difference.firstBad));
    default: return {};
    }
}

QVariant ValuesModel::statisticsValue(const Row& row, int column) const {
    const bool after = (column - MeanBeforeColumn) % 2 == 1;
    const std::optional<TensorStatistics>* statistics = nullptr;
    if (row.both)
        statistics = after ? &row.both->afterStatistics : &row.both->beforeStatistics;
    else if (after == (row.verdict == Verdict::OnlyAfter))
        statistics = &row.lone->statistics;
    return statistics && *statistics ? QVariant(statistic(**statistics, column)) : QVariant();
}

QVariant ValuesModel::text(const Row& row, int column) const {
    if (column == VerdictColumn)
        return verdictText(row.verdict);
    const QVariant plain = value(row, column);
    return plain.typeId() == QMetaType::Double ? numberText(plain.toDouble()) : plain;
}

QVariant ValuesModel::toolTip(const Row& row) const {
    if (!row.both || row.both->difference.equal)
        return verdictText(row.verdict);
    const TensorDifference& d = row.both->difference;
    if (!d.mismatch.empty())
        return qs(d.mismatch);
    return tr("%1 of %2 elements differ; element %3 is %4 before and %5 after")
        .arg(d.differing)
        .arg(d.elements)
        .arg(d.firstBad)
        .arg(QString::number(d.firstBadA, 'g', 9), QString::number(d.firstBadB, 'g', 9));
}

QVariant ValuesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return text(row, index.column());
    case Qt::ToolTipRole: return toolTip(row);
    case Qt::TextAlignmentRole:
        return index.column() >= MaxAbsColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case SortRole: return value(row, index.column());
    case NodeIdRole: return nodeOf(row).index;
    case DiffersRole: return row.verdict == Verdict::Differs;
    default: return {};
    }
}

QVariant ValuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= NumColumns)
        return {};
    static const char* const names[NumColumns] = {
        QT_TR_NOOP("Value"),         QT_TR_NOOP("Type"),       QT_TR_NOOP("Verdict"),   QT_TR_NOOP("Max abs error"),
        QT_TR_NOOP("Max rel error"), QT_TR_NOOP("Differing"),  QT_TR_NOOP("First bad"), QT_TR_NOOP("Mean before"),
        QT_TR_NOOP("Mean after"),    QT_TR_NOOP("Std before"), QT_TR_NOOP("Std after"), QT_TR_NOOP("Min before"),
        QT_TR_NOOP("Min after"),     QT_TR_NOOP("Max before"), QT_TR_NOOP("Max after")};
    if (role == Qt::DisplayRole)
        return tr(names[section]);
    if (role == Qt::TextAlignmentRole)
        return section >= MaxAbsColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

} // namespace fxscope
