// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/hits_model.h"

#include "app/models/format.h"

#include <algorithm>

namespace fxscope {
namespace {

/// Bytes of `text` as letters of the QString, `shift` of which are not shown at its beginning.
void addHighlight(Highlights& list, std::string_view text, const FindReason& reason, qsizetype shift) {
    const qsizetype first = qs(text.substr(0, reason.first)).size() - shift;
    const qsizetype end = first + qs(text.substr(reason.first, reason.length)).size();
    if (end > std::max<qsizetype>(first, 0))
        list << std::pair(static_cast<int>(std::max<qsizetype>(first, 0)),
                          static_cast<int>(end - std::max<qsizetype>(first, 0)));
}

} // namespace

void HitsModel::setFound(std::shared_ptr<const Found> found) {
    beginResetModel();
    m_found = std::move(found);
    m_rows.clear();
    endResetModel();
}

int HitsModel::rowOf(NodeId node) const {
    if (!m_found)
        return -1;
    const auto at = std::find(m_found->hits.begin(), m_found->hits.end(), node);
    return at == m_found->hits.end() ? -1 : static_cast<int>(at - m_found->hits.begin());
}

int HitsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_found ? 0 : static_cast<int>(m_found->hits.size());
}

const HitsModel::Row& HitsModel::row(int index) const {
    Row* known = m_rows.object(index);
    if (!known) {
        known = new Row(makeRow(m_found->scope[node(index)]));
        m_rows.insert(index, known);
    }
    return *known;
}

HitsModel::Row HitsModel::makeRow(const Node& node) const {
    const std::string& target = node.target.str();
    const std::string_view shown = node.target.shortName();
    const std::string type = typeText(node.meta);
    Row row{{qs(node.name), qs(shown), qs(type), {}}, {}};
    for (const FindReason& reason : m_found->query.reasons(node, m_found->scope)) {
        QString& why = row.texts[WhyColumn];
        if (!why.isEmpty())
            why += QStringLiteral(", ");
        switch (reason.part) {
        case FindReason::Part::Name: addHighlight(row.highlights[NameColumn], node.name, reason, 0); break;
        case FindReason::Part::Target:
            addHighlight(row.highlights[TargetColumn], target, reason,
                         static_cast<qsizetype>(target.size() - shown.size()));
            break;
        case FindReason::Part::Type: addHighlight(row.highlights[TypeColumn], type, reason, 0); break;
        case FindReason::Part::Words: addHighlight(row.highlights[WhyColumn], reason.text, reason, -why.size()); break;
        }
        why += qs(reason.text);
    }
    return row;
}

QVariant HitsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    switch (role) {
    case Qt::DisplayRole: return row(index.row()).texts[index.column()];
    case Qt::ToolTipRole:
        return index.column() == TargetColumn ? qs(m_found->scope[node(index.row())].target.str())
                                              : row(index.row()).texts[index.column()];
    case HighlightRole: return QVariant::fromValue(row(index.row()).highlights[index.column()]);
    case NodeIdRole: return node(index.row()).index;
    default: return {};
    }
}

QVariant HitsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Node"), tr("Target"), tr("Type"), tr("Why")};
    return section >= 0 && section < NumColumns ? names[section] : QVariant();
}

} // namespace fxscope
