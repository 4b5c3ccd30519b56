// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/explain_model.h"

#include "app/models/format.h"
#include "core/support/text.h"

namespace fxscope {

void ExplainModel::setAnswer(std::shared_ptr<const Graph> graph, std::shared_ptr<const PatternAnswer> answer) {
    beginResetModel();
    m_graph = std::move(graph);
    m_answer = std::move(answer);
    m_reached = -1;
    endResetModel();
}

void ExplainModel::setReached(int part) {
    m_reached = part;
    if (!m_answer)
        return;
    for (size_t i = 0; i < m_answer->parts.size(); ++i) {
        const QModelIndex changed = indexOfPart(static_cast<int>(i));
        emit dataChanged(changed, changed.siblingAtColumn(FoundColumn));
    }
}

QModelIndex ExplainModel::indexOfPart(int part) const {
    if (!m_answer || part < 0 || static_cast<size_t>(part) >= m_answer->parts.size())
        return {};
    return createIndex(m_answer->parts[static_cast<size_t>(part)].row, 0, static_cast<quintptr>(part));
}

// --- structure: the internal id is the part's place in the matcher's order

QModelIndex ExplainModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column < 0 || column >= NumColumns || row >= rowCount(parent))
        return {};
    const int which = parent.isValid() ? part(parent).parts[static_cast<size_t>(row)] : 0;
    return createIndex(row, column, static_cast<quintptr>(which));
}

QModelIndex ExplainModel::parent(const QModelIndex& index) const {
    return index.isValid() ? indexOfPart(part(index).parent) : QModelIndex();
}

int ExplainModel::rowCount(const QModelIndex& parent) const {
    if (!m_answer || m_answer->parts.empty() || parent.column() > 0)
        return 0;
    return parent.isValid() ? static_cast<int>(part(parent).parts.size()) : 1;
}

// --- content

bool ExplainModel::isBehind(const QModelIndex& index) const {
    return part(index).behind || (m_reached >= 0 && static_cast<int>(index.internalId()) > m_reached);
}

bool ExplainModel::isDecisive(const QModelIndex& index) const {
    return static_cast<int>(index.internalId()) == m_answer->decisive && !isBehind(index);
}

QString ExplainModel::sign(const QModelIndex& index) const {
    if (isBehind(index))
        return {};
    return part(index).part->fits() && !isDecisive(index) ? QStringLiteral("✓") : QStringLiteral("✗");
}

QStringList ExplainModel::lines(const QModelIndex& index) const {
    const ExplainPart& shown = *part(index).part;
    const QString expected = qs(displayText(shown.expected)), found = qs(displayText(shown.found));
    if (!shown.fits() || isDecisive(index))
        return {expected, tr("found %1").arg(found)};
    if (shown.parts.empty() && shown.node.valid())
        return {QStringLiteral("%1 = %2").arg(expected, qs(displayText((*m_graph)[shown.node].name)))};
    if (shown.node.valid())
        return {QStringLiteral("%1 · %2").arg(qs(displayText((*m_graph)[shown.node].name)),
                                              expected.section(QStringLiteral(", "), 0, 0))}; // its users are right
    return {expected == found ? expected : QStringLiteral("%1 = %2").arg(expected, found)};
}

/// For screen readers and the tool tip: everything in words.
QString ExplainModel::spoken(const QModelIndex& index) const {
    const ExplainPart& shown = *part(index).part;
    const QString both = tr("wanted: %1; found: %2").arg(qs(displayText(shown.expected)), qs(displayText(shown.found)));
    if (isBehind(index))
        return tr("%1; the matcher did not get here").arg(both);
    if (isDecisive(index))
        return tr("%1; this decides: %2").arg(both, qs(name(m_answer->explanation.reason)));
    return shown.fits() ? tr("%1; fits").arg(both) : tr("%1; does not fit: %2").arg(both, qs(name(shown.reason)));
}

QVariant ExplainModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const ExplainPart& shown = *part(index).part;
    switch (role) {
    case Qt::DisplayRole: return qs(displayText(index.column() == ExpectedColumn ? shown.expected : shown.found));
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: return spoken(index);
    case NodeIdRole: return shown.node.valid() ? static_cast<int>(shown.node.index) : -1;
    case PartRole: return static_cast<int>(index.internalId());
    case FitsRole: return shown.fits();
    case SignRole: return sign(index);
    case LinesRole: return lines(index);
    case DecisiveRole: return isDecisive(index);
    case BehindRole: return isBehind(index);
    case ReachedRole: return static_cast<int>(index.internalId()) == m_reached;
    case ColourRole: return part(index).colour;
    default: return {};
    }
}

QVariant ExplainModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == ExpectedColumn ? tr("The pattern wants") : tr("The graph has");
}

} // namespace fxscope
