// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_scene.h"

#include "app/canvas/cells.h"

#include <algorithm>

namespace fxscope {
namespace {

void collect(const std::unordered_map<int64_t, std::vector<int>>& cells, const QRectF& area, double cell,
             std::vector<int>& into) {
    const CellRange range(area, cell);
    if (range.count() > static_cast<int64_t>(cells.size())) {
        for (const auto& [key, members] : cells)
            if (range.contains(key))
                into.insert(into.end(), members.begin(), members.end());
    } else {
        range.forEach([&](int64_t key) {
            if (const auto found = cells.find(key); found != cells.end())
                into.insert(into.end(), found->second.begin(), found->second.end());
        });
    }
}

void sortUnique(std::vector<int>& indices, size_t from) {
    const auto begin = indices.begin() + static_cast<std::ptrdiff_t>(from);
    std::sort(begin, indices.end());
    indices.erase(std::unique(begin, indices.end()), indices.end());
}

} // namespace

const GraphScene::Item* GraphScene::item(NodeId node) const {
    const int index = indexOf(node);
    return index < 0 ? nullptr : &m_items[index];
}

int GraphScene::indexOf(NodeId node) const {
    if (!isGroup(node))
        return node.index < m_itemOf.size() ? m_itemOf[node.index] : -1;
    const auto found = m_itemOfGroup.find(node.index);
    return found == m_itemOfGroup.end() ? -1 : found->second;
}

NodeId GraphScene::boxOf(NodeId node) const {
    const int index = indexOf(node);
    return index < 0 ? NodeId{} : m_items[index].node;
}

const GraphScene::Frame* GraphScene::frame(NodeId group) const {
    const auto found = isGroup(group) ? m_frameOf.find(group.index) : m_frameOf.end();
    return found == m_frameOf.end() ? nullptr : &m_frames[found->second];
}

void GraphScene::itemsIn(const QRectF& area, std::vector<int>& into) const {
    const size_t from = into.size();
    collect(m_itemCells, area, m_cell, into);
    sortUnique(into, from);
    std::erase_if(into, [&](int i) { return !m_items[i].rect.intersects(area); });
}

void GraphScene::linksIn(const QRectF& area, std::vector<int>& into) const {
    const size_t from = into.size();
    collect(m_linkCells, area, m_cell, into);
    into.insert(into.end(), m_wideLinks.begin(), m_wideLinks.end());
    sortUnique(into, from);
}

NodeId GraphScene::itemAt(QPointF point) const {
    const auto cell = m_itemCells.find(cellKey(point, m_cell));
    if (cell == m_itemCells.end())
        return {};
    for (const int index : cell->second)
        if (m_items[index].rect.contains(point))
            return m_items[index].node;
    return {};
}

const std::vector<int>& GraphScene::linksOf(NodeId node) const {
    static const std::vector<int> kNoLinks;
    const int index = indexOf(node);
    return index < 0 ? kNoLinks : m_linksOf[index];
}

std::vector<QRectF> GraphScene::occupied(const QRectF& area) const {
    std::vector<QRectF> result;
    const CellRange range(area, m_cell);
    for (const auto& [key, members] : m_itemCells)
        if (range.contains(key)) {
            QRectF rect;
            for (const int index : members)
                rect |= m_items[index].rect;
            result.push_back(rect);
        }
    return result;
}

} // namespace fxscope
