// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/scene_version.h"

#include "app/canvas/node_text.h"
#include "app/canvas/scene_painter.h"

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

constexpr double kTagGap = 2, kTagOverhang = 42, kTagFromCentre = 7;

} // namespace

bool SceneVersion::ghost(NodeId node) const {
    const auto change = m_marks.changes.find(node);
    return change != m_marks.changes.end() && change->second == NodeMarks::Change::Removed &&
           node.index < m_graph.slotCount();
}

bool SceneVersion::shows(NodeId node) const {
    if (!isGroup(node))
        return m_graph.alive(node) || ghost(node);
    if (!m_scene.hierarchy().has(node))
        return false;
    const auto& all = m_scene.hierarchy()[groupOfId(node)].all;
    return std::any_of(all.begin(), all.end(), [this](NodeId member) { return shows(member); });
}

bool SceneVersion::shows(const GraphScene::Item& item) const { return !item.changes || shows(item.node); }

bool SceneVersion::shows(const GraphScene::Link& link) const {
    if (!link.changes)
        return true;
    if (link.pairCount == 0)
        return mentions(link.to, link.from);
    const auto pairs = m_scene.edgesOf(link);
    return std::any_of(pairs.begin(), pairs.end(), [this](auto edge) { return mentions(edge.to, edge.from); });
}

bool SceneVersion::mentions(NodeId user, NodeId input) const {
    if (!shows(user) || !shows(input))
        return false;
    bool found = false;
    forEachInput(m_graph.node(user), [&](NodeId id) { found = found || id == input; });
    return found;
}

/// What is outside an unfolded group and feeds nodes inside.
std::vector<NodeId> SceneVersion::frameInputs(NodeId frame) const {
    const auto& members = m_scene.hierarchy()[groupOfId(frame)].all;
    const std::unordered_set<uint32_t> inside = [&] {
        std::unordered_set<uint32_t> ids;
        for (const NodeId member : members)
            ids.insert(member.index);
        return ids;
    }();
    std::vector<NodeId> result;
    std::unordered_set<uint32_t> known;
    for (const NodeId member : members)
        if (shows(member))
            forEachInput(m_graph.node(member), [&](NodeId input) {
                const GraphScene::Item* item = m_scene.item(input);
                if (inside.contains(input.index) || !item || !shows(*item) || isTag(*item, input))
                    return;
                if (known.insert(item->node.index).second)
                    result.push_back(item->node);
            });
    return result;
}

/// Whether the box shows the node as a tag: folded into a user of it.
bool SceneVersion::isTag(const GraphScene::Item& box, NodeId node) {
    return std::find(box.sources.begin(), box.sources.end(), node) != box.sources.end();
}

std::vector<NodeId> SceneVersion::inputs(NodeId node) const {
    if (m_scene.frame(node))
        return frameInputs(node);
    std::vector<NodeId> result;
    const GraphScene::Item* box = m_scene.item(node);
    if (!box || !shows(*box))
        return result;
    const auto add = [&](NodeId id) {
        if (id.valid() && id != box->node && shows(id) && std::find(result.begin(), result.end(), id) == result.end())
            result.push_back(id);
    };
    if (isGroup(box->node)) {
        for (const int index : m_scene.linksOf(box->node))
            if (const GraphScene::Link& link = m_scene.links()[index]; link.to == box->node && shows(link))
                add(link.from);
        return result;
    }
    for (const NodeId input : m_graph.inputs(box->node))
        if (std::find(box->sources.begin(), box->sources.end(), input) == box->sources.end())
            add(m_scene.boxOf(input));
    return result;
}

std::vector<NodeId> SceneVersion::users(NodeId node) const {
    std::vector<NodeId> result;
    const NodeId box = m_scene.boxOf(node);
    for (const int index : m_scene.linksOf(node))
        if (const GraphScene::Link& link = m_scene.links()[index]; link.from == box && shows(link))
            result.push_back(link.to);
    return result;
}

std::vector<SceneVersion::Tag> SceneVersion::tags(int index) const {
    const GraphScene::Item& item = m_scene.items()[index];
    std::vector<NodeId> above, below, sources;
    for (const int i : m_scene.linksOf(item.node))
        if (const GraphScene::Link& link = m_scene.links()[i]; link.path.stub && link.from != link.to && shows(link))
            link.from == item.node ? below.push_back(link.to) : above.push_back(link.from);
    for (const NodeId source : item.sources)
        if (isGroup(item.node) || mentions(item.node, source))
            sources.push_back(source);
    std::vector<Tag> result;
    const bool onlySources = above.empty();
    above.insert(above.end(), sources.begin(), sources.end());
    if (!above.empty())
        result.push_back(makeTag(item, std::move(above), false, onlySources));
    if (!below.empty())
        result.push_back(makeTag(item, std::move(below), true, false));
    return result;
}

QString SceneVersion::nameOf(NodeId node) const {
    const GraphScene::Item* item = m_scene.item(node);
    if (item && item->node == node)
        return item->name;
    return node.index < m_graph.slotCount() ? textOf(m_graph.node(node)).name : QString();
}

SceneVersion::Tag SceneVersion::makeTag(const GraphScene::Item& item, std::vector<NodeId> others, bool below,
                                        bool sources) const {
    const PaintFonts& fonts = paintFonts(m_scene.style().font);
    const TextMeasure& measure = fonts.smallMeasure;
    const double height = fonts.smallHeight;
    const bool down = m_scene.style().layout.direction == Direction::TopDown;
    const QString arrow(QChar(below ? (down ? 0x2193 : 0x2192) : (down ? 0x2191 : 0x2190)));
    const QString what = others.size() == 1
                             ? nameOf(others[0])
                             : QStringLiteral("%1 %2").arg(others.size()).arg(below ? "users" : "inputs");
    const double room = item.rect.width() / 2 + kTagOverhang - kTagFromCentre;
    Tag tag{{}, arrow + QChar(u' ') + measure.elided(what, room - 18), std::move(others), below, sources};
    const double width = std::min(room, measure.width(tag.text) + 8);
    const double centre = item.rect.center().x();
    tag.rect = below ? QRectF(centre + kTagFromCentre, item.rect.bottom() + kTagGap, width, height)
                     : QRectF(centre - kTagFromCentre - width, item.rect.top() - kTagGap - height, width, height);
    return tag;
}

QString SceneVersion::describeGroup(NodeId id) const {
    const Group& group = m_scene.hierarchy()[groupOfId(id)];
    const auto nodes = std::count_if(group.all.begin(), group.all.end(), [this](NodeId n) { return shows(n); });
    return QStringLiteral("%1, %2 nodes").arg(QString::fromStdString(group.path)).arg(nodes);
}

QString SceneVersion::describe(NodeId node) const {
    if (!shows(node))
        return {};
    if (isGroup(node))
        return describeGroup(node);
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
