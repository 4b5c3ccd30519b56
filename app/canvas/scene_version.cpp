// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/scene_version.h"

#include "app/canvas/node_text.h"
#include "app/canvas/scene_painter.h"

namespace fxscope {
namespace {

constexpr double kTagHeight = 13, kTagGap = 2, kTagOverhang = 42, kTagFromCentre = 7;

bool mentions(const NodeBody& body, NodeId input) {
    bool found = false;
    const auto look = [&](NodeId id) { found = found || id == input; };
    for (const Argument& argument : body.args)
        forEachNode(argument, look);
    for (const Kwarg& argument : body.kwargs)
        forEachNode(argument.second, look);
    return found;
}

} // namespace

bool SceneVersion::ghost(NodeId node) const {
    const auto change = m_marks.changes.find(node);
    return change != m_marks.changes.end() && change->second == NodeMarks::Change::Removed &&
           node.index < m_graph.slotCount();
}

bool SceneVersion::shows(NodeId node) const { return m_graph.alive(node) || ghost(node); }
bool SceneVersion::shows(const GraphScene::Item& item) const { return !item.changes || shows(item.node); }
bool SceneVersion::shows(const GraphScene::Link& link) const {
    return !link.changes || (shows(link.from) && shows(link.to) && mentions(m_graph.node(link.to), link.from));
}

std::vector<NodeId> SceneVersion::inputs(NodeId node) const {
    std::vector<NodeId> result;
    if (shows(node))
        for (const NodeId input : m_graph.inputs(node))
            if (shows(input) && m_scene.item(input))
                result.push_back(input);
    return result;
}

std::vector<NodeId> SceneVersion::users(NodeId node) const {
    std::vector<NodeId> result;
    for (const int index : m_scene.linksOf(node))
        if (const GraphScene::Link& link = m_scene.links()[index]; link.from == node && shows(link))
            result.push_back(link.to);
    return result;
}

std::vector<SceneVersion::Tag> SceneVersion::tags(int index) const {
    const GraphScene::Item& item = m_scene.items()[index];
    std::vector<NodeId> above, below;
    for (const int i : m_scene.linksOf(item.node))
        if (const GraphScene::Link& link = m_scene.links()[i]; link.path.stub && link.from != link.to && shows(link))
            link.from == item.node ? below.push_back(link.to) : above.push_back(link.from);
    std::vector<Tag> result;
    if (!above.empty())
        result.push_back(makeTag(item, std::move(above), false));
    if (!below.empty())
        result.push_back(makeTag(item, std::move(below), true));
    return result;
}

SceneVersion::Tag SceneVersion::makeTag(const GraphScene::Item& item, std::vector<NodeId> others, bool below) const {
    const TextMeasure& measure = paintFonts(m_scene.style().font).smallMeasure;
    const bool down = m_scene.style().layout.direction == Direction::TopDown;
    const QString arrow(QChar(below ? (down ? 0x2193 : 0x2192) : (down ? 0x2191 : 0x2190)));
    const QString what = others.size() == 1
                             ? m_scene.item(others[0])->name
                             : QStringLiteral("%1 %2").arg(others.size()).arg(below ? "users" : "inputs");
    const double room = item.rect.width() / 2 + kTagOverhang - kTagFromCentre;
    Tag tag{{}, arrow + QChar(u' ') + measure.elided(what, room - 18), std::move(others), below};
    const double width = std::min(room, measure.width(tag.text) + 8);
    const double centre = item.rect.center().x();
    tag.rect = below
                   ? QRectF(centre + kTagFromCentre, item.rect.bottom() + kTagGap, width, kTagHeight)
                   : QRectF(centre - kTagFromCentre - width, item.rect.top() - kTagGap - kTagHeight, width, kTagHeight);
    return tag;
}

QString SceneVersion::describe(NodeId node) const {
    if (!shows(node))
        return {};
    const NodeText text = textOf(m_graph.node(node));
    const auto count = users(node).size();
    const QString users = count == 1 ? QStringLiteral("1 user") : QStringLiteral("%1 users").arg(count);
    return text.type.isEmpty() ? users : text.type + QStringLiteral(", ") + users;
}

QRectF SceneVersion::bounds() const {
    QRectF bounds;
    for (const GraphScene::Item& item : m_scene.items())
        if (shows(item))
            bounds |= item.rect;
    return bounds;
}

} // namespace fxscope
