// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/cells.h"
#include "app/canvas/graph_scene.h"
#include "app/canvas/node_text.h"
#include "core/layout/nested.h"

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

constexpr double kPadX = 10, kPadY = 6, kLeastWidth = 56, kMostTextWidth = 240;
constexpr size_t kMostForGraphviz = 300;
constexpr size_t kBoxesAtFirst = 120;
constexpr int64_t kMostCells = 64; ///< a link that touches more is looked at in every query

} // namespace

/// See Note [One picture for all steps] and Note [Boxes stand for nodes].
class SceneBuilder {
public:
    SceneBuilder(std::shared_ptr<const Trace> trace, const SceneStyle& style, const Cancel& cancel)
        : m_trace(std::move(trace)), m_style(style), m_cancel(cancel), m_name(nameFont(style.font)),
          m_line(lineFont(style.font)), m_scene(std::make_shared<GraphScene>()) {
        m_scene->m_style = style;
    }

    Result<std::shared_ptr<const GraphScene>> build() {
        for (const auto part : {&SceneBuilder::collectVersions, &SceneBuilder::chooseBoxes, &SceneBuilder::makeItems,
                                &SceneBuilder::makeLinks}) {
            (this->*part)();
            if (m_cancel.requested())
                return Diagnostic{"the layout was cancelled", "", ""};
        }
        FX_TRY(Placement placement, place());
        apply(std::move(placement));
        fillIndex();
        if (m_cancel.requested())
            return Diagnostic{"the layout was cancelled", "", ""};
        return std::shared_ptr<const GraphScene>(std::move(m_scene));
    }

private:
    /// A node as one version has it.
    struct Version {
        NodeId id;
        const NodeBody* body;
        bool changes;
    };

    /// Asked once a node; looks at the request now and then.
    bool stops() { return ++m_asked % 1024 == 0 && m_cancel.requested(); }

    // --- what there is

    void collectVersions() {
        const Graph& base = *m_trace->base;
        uint32_t ids = 0;
        for (const NodeId id : base.order()) {
            m_versions.push_back({id, &base.node(id), false});
            ids = std::max(ids, id.index + 1);
        }
        for (const RewriteStep& step : m_trace->steps)
            for (const Edit& edit : step.edits)
                if (edit.now) {
                    m_versions.push_back({edit.node, &edit.now->body, true});
                    ids = std::max(ids, edit.node.index + 1);
                }
        m_changes.assign(ids, false);
        for (const RewriteStep& step : m_trace->steps)
            for (const Edit& edit : step.edits)
                m_changes[edit.node.index] = true;
    }

    /// Which box each node is drawn as; invalid: none.
    void chooseBoxes() {
        m_box.assign(m_changes.size(), NodeId{});
        for (const Version& version : m_versions)
            m_box[version.id.index] = version.id;
        m_scene->m_hierarchy = std::make_shared<const Hierarchy>(hierarchy());
        const Hierarchy& groups = *m_scene->m_hierarchy;
        if (m_style.repeatsOnce)
            drawRepeatsOnce(groups);
        if (!m_style.hidden.empty())
            for (uint32_t index = 0; index < m_box.size(); ++index) // with what is drawn as a hidden node
                if (m_style.hidden.contains(NodeId{index}) || m_style.hidden.contains(m_box[index]))
                    m_box[index] = {};
        if (m_style.groups) {
            if (!m_style.unfolded)
                m_style.unfolded = m_scene->m_style.unfolded = firstUnfolded(groups);
            fold(groups);
        }
        if (m_style.sourcesFolded)
            foldSources();
    }

    Hierarchy hierarchy() const {
        if (!m_style.groups && !m_style.repeatsOnce)
            return Hierarchy::of(std::vector<HierarchyNode>{});
        std::vector<HierarchyNode> nodes;
        std::vector<char> known(m_changes.size());
        for (const Version& version : m_versions)
            if (!std::exchange(known[version.id.index], true))
                nodes.push_back({version.id, version.body});
        return Hierarchy::of(nodes, m_trace->base->inputSpecs);
    }

    void drawRepeatsOnce(const Hierarchy& groups) {
        for (const Group& group : groups.groups()) // outer ones first: what stands in a twin block is drawn there
            if (const Group& first = groups[group.alike]; &first != &group)
                for (size_t i = 0; i < group.all.size(); ++i)
                    if (NodeId& box = m_box[group.all[i].index]; box == group.all[i])
                        box = first.all[i];
        for (NodeId& box : m_box) // the twin of a twin: a row within a row
            while (box.valid() && m_box[box.index] != box)
                box = m_box[box.index];
    }

    /// Level by level while a screen holds the boxes; then single groups, but none of several that are built alike.
    std::set<std::string> firstUnfolded(const Hierarchy& hierarchy) const {
        std::set<std::string> open;
        const auto held = [](const Group& group) { return group.nodes.size() + group.groups.size(); };
        size_t boxes = held(hierarchy[0]);
        std::vector<int> level = hierarchy[0].groups;
        while (!level.empty()) {
            size_t more = boxes;
            for (const int g : level)
                more += held(hierarchy[g]) - 1;
            const bool all = more <= kBoxesAtFirst;
            std::vector<int> next;
            for (const int g : level) {
                const Group& group = hierarchy[g];
                const bool oneOfMany = group.repeats > 1 || group.alike != g; // all of a row, or none
                if (!all && (oneOfMany || boxes + held(group) - 1 > kBoxesAtFirst))
                    continue;
                boxes += held(hierarchy[g]) - 1;
                open.insert(hierarchy[g].path);
                next.insert(next.end(), hierarchy[g].groups.begin(), hierarchy[g].groups.end());
            }
            if (!all)
                break;
            level = std::move(next);
        }
        return open;
    }

    void fold(const Hierarchy& groups) {
        std::vector<NodeId> folded(groups.groups().size()); // the outermost folded group around each group
        for (size_t g = 1; g < folded.size(); ++g) {
            const Group& group = groups.groups()[g];
            folded[g] = folded[static_cast<size_t>(group.parent)];
            if (!folded[g].valid() && !m_style.unfolded->contains(group.path))
                folded[g] = idOfGroup(static_cast<int>(g));
        }
        for (NodeId& box : m_box)
            if (box.valid())
                if (const NodeId outer = folded[static_cast<size_t>(groups.groupOf(box))]; outer.valid())
                    box = outer;
    }

    static bool isSource(const NodeBody& body) { return body.op == Op::Placeholder || body.op == Op::GetAttr; }

    /// A source that something takes has no box; makeItems lists it at its users.
    void foldSources() {
        std::vector<char> used(m_box.size());
        m_foldedSource.assign(m_box.size(), false);
        for (const Version& version : m_versions)
            if (version.body->op != Op::Output && m_box[version.id.index].valid())
                forEachInput(*version.body, [&](NodeId input) { used[input.index] = true; });
        for (const Version& version : m_versions)
            if (const uint32_t i = version.id.index; isSource(*version.body) && used[i] && m_box[i] == version.id)
                m_foldedSource[i] = true;
        for (const Version& version : m_versions) // its twins in blocks built alike
            if (const NodeId box = m_box[version.id.index]; box.valid() && !isGroup(box) && m_foldedSource[box.index])
                m_foldedSource[version.id.index] = true;
    }
    bool isFoldedSource(NodeId id) const { return id.index < m_foldedSource.size() && m_foldedSource[id.index]; }

    // --- boxes

    void makeItems() {
        m_scene->m_itemOf.assign(m_box.size(), -1);
        std::vector<char> own(m_box.size());
        for (const Version& version : m_versions) {
            if (stops())
                return;
            const NodeId box = m_box[version.id.index];
            if (!box.valid() || isFoldedSource(version.id))
                continue;
            const int item = itemOf(box);
            m_scene->m_itemOf[version.id.index] = item;
            if (box == version.id)
                measure(m_scene->m_items[item], m_boxes[item], *version.body);
            else if (!isGroup(box))
                m_scene->m_items[item].changes |= m_changes[version.id.index];
        }
        for (const auto& [id, item] : m_scene->m_itemOfGroup)
            measureGroup(m_scene->m_items[item], m_boxes[item], NodeId{id});
    }

    int itemOf(NodeId box) {
        int fresh = static_cast<int>(m_scene->m_items.size());
        int& item = isGroup(box) ? m_scene->m_itemOfGroup.emplace(box.index, fresh).first->second
                                 : m_scene->m_itemOf[box.index];
        if (item < 0 || item == fresh) {
            item = fresh;
            m_scene->m_items.push_back({box});
            m_scene->m_items.back().changes = !isGroup(box) && m_changes[box.index];
            m_boxes.emplace_back();
        }
        return item;
    }

    /// The box holds the text of every version of the node.
    void measure(GraphScene::Item& item, Box& box, const NodeBody& body) const {
        const NodeText text = textOf(body);
        item.op = body.op;
        item.name = m_name.elided(text.name, kMostTextWidth);
        item.target = m_line.elided(text.target, kMostTextWidth);
        item.type = m_line.elided(text.type, kMostTextWidth);
        fit(item, box, isSource(body) ? 8 : 0);
        box.source = isSource(body);
        box.sink = body.op == Op::Output;
    }

    void fit(const GraphScene::Item& item, Box& box, double round) const {
        const double width = std::max({m_name.width(item.name), m_line.width(item.target), m_line.width(item.type)});
        const double lines = m_line.height() * ((item.target.isEmpty() ? 0 : 1) + (item.type.isEmpty() ? 0 : 1));
        box.width = std::max({box.width, kLeastWidth, std::ceil(width + 2 * (kPadX + round))});
        box.height = std::max(box.height, std::ceil(m_name.height() + lines + 2 * kPadY));
    }

    void measureGroup(GraphScene::Item& item, Box& box, NodeId id) const {
        const Group& group = (*m_scene->m_hierarchy)[groupOfId(id)];
        const int repeats = m_style.repeatsOnce ? group.repeats : 1;
        item.op = Op::CallModule;
        item.name = m_name.elided(titleOf(group, repeats), kMostTextWidth);
        item.target = m_line.elided(QString::fromStdString(group.type), kMostTextWidth);
        item.type = QStringLiteral("%1 nodes").arg(group.all.size());
        item.changes = std::all_of(group.all.begin(), group.all.end(), [&](NodeId n) { return m_changes[n.index]; });
        fit(item, box, 12);
    }

    static QString titleOf(const Group& group, int repeats) {
        const QString title = QString::fromStdString(group.label);
        return repeats > 1 ? title + QStringLiteral("  \u00d7 %1").arg(repeats) : title;
    }

    // --- lines

    void makeLinks() {
        const auto& items = m_scene->m_items;
        m_scene->m_linksOf.resize(items.size());
        m_lastUser.assign(items.size(), -1);
        for (const Version& version : m_versions) {
            if (stops())
                return;
            const int to = m_scene->m_itemOf[version.id.index];
            if (to < 0)
                continue;
            forEachInput(*version.body, [&](NodeId input) {
                if (isFoldedSource(input))
                    takeSource(to, m_box[input.index], input);
                else if (const int from = m_scene->m_itemOf[input.index]; from >= 0)
                    addEdge(from, to, {input, version.id});
            });
        }
        gatherPairs();
    }

    void takeSource(int to, NodeId source, NodeId twin) {
        if (m_taken.insert(uint64_t(to) << 32 | source.index).second)
            m_scene->m_items[to].sources.push_back(source);
        for (const NodeId id : {source, twin})
            if (int& item = m_scene->m_itemOf[id.index]; item < 0)
                item = to;
    }

    void addEdge(int from, int to, GraphScene::Edge edge) {
        auto& items = m_scene->m_items;
        const bool plain = items[from].node == edge.from && items[to].node == edge.to;
        if (plain && std::exchange(m_lastUser[from], to) == to)
            return; // mentioned twice
        if (from == to && !plain)
            return; // within a group
        if (!plain && closesRow(edge))
            return;
        // Only what stands for several nodes or versions can be met again later.
        const bool once = plain && !m_changes[edge.to.index] && !m_style.groups && !m_style.repeatsOnce;
        int none = -1;
        int& link = once ? none : m_linkOf.emplace(uint64_t(from) << 32 | uint32_t(to), -1).first->second;
        if (link < 0) {
            link = static_cast<int>(m_scene->m_links.size());
            m_scene->m_links.push_back({items[from].node, items[to].node, {}, true, 0, 0});
            m_edges.push_back({static_cast<uint32_t>(from), static_cast<uint32_t>(to)});
            m_scene->m_linksOf[from].push_back(link);
            if (from != to)
                m_scene->m_linksOf[to].push_back(link);
        }
        m_scene->m_links[link].changes &= m_changes[edge.from.index] || m_changes[edge.to.index];
        if (m_style.groups || m_style.repeatsOnce) {
            m_pairsOf.resize(m_scene->m_links.size());
            m_pairsOf[link].push_back(edge);
        }
    }

    /// From one block of a row that is drawn once to the next one: a line from the block to itself.
    bool closesRow(GraphScene::Edge edge) const {
        if (!m_style.repeatsOnce)
            return false;
        const Hierarchy& groups = *m_scene->m_hierarchy;
        int a = groups.groupOf(edge.from), b = groups.groupOf(edge.to);
        while (a != b && (a > 0 || b > 0)) {
            int& deeper = groups[a].depth >= groups[b].depth ? a : b;
            if (groups[a].depth == groups[b].depth && groups[a].parent == groups[b].parent)
                return groups[a].alike == groups[b].alike;
            deeper = groups[deeper].parent;
        }
        return false;
    }

    void gatherPairs() {
        for (size_t i = 0; i < m_pairsOf.size(); ++i) {
            GraphScene::Link& link = m_scene->m_links[i];
            link.firstPair = static_cast<uint32_t>(m_scene->m_pairs.size());
            link.pairCount = static_cast<uint32_t>(m_pairsOf[i].size());
            m_scene->m_pairs.insert(m_scene->m_pairs.end(), m_pairsOf[i].begin(), m_pairsOf[i].end());
        }
    }

    // --- places

    Result<Placement> place() {
        if (m_style.graphviz) {
            auto placed = placeByGraphviz();
            if (placed.ok() || m_cancel.requested())
                return placed;
            Diagnostic note = std::move(placed).error();
            note.severity = Severity::Note;
            m_scene->m_notes.push_back(std::move(note));
        }
        if (m_style.groups && !m_scene->m_hierarchy->isFlat())
            return placeInFrames();
        return layeredLayout().place(m_boxes, m_edges, m_style.layout, m_cancel);
    }

    Result<Placement> placeByGraphviz() const {
        if (m_style.groups && !m_scene->m_hierarchy->isFlat())
            return Diagnostic{"modules are laid out in layers, not by Graphviz", "", "show the graph without modules"};
        if (!graphvizLayout())
            return Diagnostic{"Graphviz is not installed", "", "install it for layouts by dot"};
        if (m_boxes.size() > kMostForGraphviz)
            return Diagnostic{"the picture has " + std::to_string(m_boxes.size()) + " boxes, dot is offered up to " +
                                  std::to_string(kMostForGraphviz),
                              "", "fold groups or extract a part"};
        return graphvizLayout()->place(m_boxes, m_edges, m_style.layout, m_cancel);
    }

    /// Frames: unfolded groups that hold a box of the picture.
    Result<Placement> placeInFrames() {
        const Hierarchy& hierarchy = *m_scene->m_hierarchy;
        std::vector<int> frameOf(hierarchy.groups().size(), -1), groupOf;
        const auto around = [&](const GraphScene::Item& item) {
            return isGroup(item.node) ? hierarchy[groupOfId(item.node)].parent : hierarchy.groupOf(item.node);
        };
        for (const GraphScene::Item& item : m_scene->m_items)
            for (int g = around(item); g > 0 && frameOf[g] < 0; g = hierarchy[g].parent)
                frameOf[g] = 0;
        std::vector<GroupBox> groups;
        for (int g = 1; g < static_cast<int>(frameOf.size()); ++g)
            if (frameOf[g] == 0) {
                frameOf[g] = static_cast<int>(groups.size());
                const GraphScene::Frame& frame = addFrame(g);
                groups.push_back({frameOf[hierarchy[g].parent], GraphScene::kFrameHeader,
                                  m_name.width(frame.title) + m_line.width(frame.type) + 64});
            }
        for (const GraphScene::Item& item : m_scene->m_items)
            groupOf.push_back(frameOf[around(item)]);
        FX_TRY(NestedPlacement nested,
               placeNested(layeredLayout(), m_boxes, groupOf, groups, m_edges, m_style.layout, m_cancel));
        for (size_t i = 0; i < groups.size(); ++i)
            m_scene->m_frames[i].rect =
                QRectF(nested.corners[i].x, nested.corners[i].y, nested.sizes[i].width, nested.sizes[i].height);
        return std::move(nested.placement);
    }

    const GraphScene::Frame& addFrame(int g) {
        const Group& group = (*m_scene->m_hierarchy)[g];
        const int repeats = m_style.repeatsOnce ? group.repeats : 1;
        m_scene->m_frameOf.emplace(idOfGroup(g).index, static_cast<int>(m_scene->m_frames.size()));
        m_scene->m_frames.push_back({idOfGroup(g),
                                     {},
                                     m_name.elided(titleOf(group, repeats), kMostTextWidth),
                                     m_line.elided(QString::fromStdString(group.type), kMostTextWidth),
                                     g,
                                     group.depth,
                                     repeats});
        return m_scene->m_frames.back();
    }

    void apply(Placement placement) {
        auto& items = m_scene->m_items;
        m_scene->m_layers.resize(placement.layerCount);
        for (size_t i = 0; i < items.size(); ++i) {
            items[i].rect = QRectF(placement.boxes[i].x, placement.boxes[i].y, m_boxes[i].width, m_boxes[i].height);
            items[i].layer = placement.layers[i];
            m_scene->m_layers[items[i].layer].push_back(static_cast<int>(i));
        }
        const bool down = m_style.layout.direction == Direction::TopDown;
        for (auto& layer : m_scene->m_layers)
            std::sort(layer.begin(), layer.end(), [&](int a, int b) {
                const QRectF &x = items[a].rect, &y = items[b].rect;
                return down ? x.left() < y.left() : x.top() < y.top();
            });
        for (size_t i = 0; i < m_edges.size(); ++i)
            m_scene->m_links[i].path = std::move(placement.edges[i]);
        m_scene->m_bounds = QRectF(0, 0, placement.width, placement.height);
    }

    void fillIndex() {
        for (int i = 0; i < static_cast<int>(m_scene->m_items.size()); ++i)
            CellRange(m_scene->m_items[i].rect, m_scene->m_cell).forEach([&](int64_t key) {
                m_scene->m_itemCells[key].push_back(i);
            });
        for (int i = 0; i < static_cast<int>(m_scene->m_links.size()) && !stops(); ++i)
            indexLink(i);
    }

    /// A drawn link is listed in the cells its pieces touch; a stub needs no place, its tags belong to the boxes.
    void indexLink(int index) {
        const auto& points = m_scene->m_links[index].path.points;
        int64_t cells = 0;
        for (size_t k = 1; k < points.size(); ++k)
            cells += pieceCells(points[k - 1], points[k]).count();
        if (cells > kMostCells) {
            m_scene->m_wideLinks.push_back(index);
            return;
        }
        for (size_t k = 1; k < points.size(); ++k)
            pieceCells(points[k - 1], points[k]).forEach([&](int64_t key) {
                auto& members = m_scene->m_linkCells[key];
                if (members.empty() || members.back() != index)
                    members.push_back(index);
            });
    }
    CellRange pieceCells(Point a, Point b) const {
        return {QRectF(QPointF(a.x, a.y), QPointF(b.x, b.y)).normalized(), m_scene->m_cell};
    }

    std::shared_ptr<const Trace> m_trace;
    SceneStyle m_style;
    const Cancel& m_cancel;
    uint32_t m_asked = 0;
    TextMeasure m_name, m_line;
    std::shared_ptr<GraphScene> m_scene;
    std::vector<Version> m_versions; ///< the base in list order, then what edits made of nodes
    std::vector<char> m_changes;     ///< by node index: an edit mentions it
    std::vector<NodeId> m_box;       ///< by node index
    std::vector<char> m_foldedSource;
    std::vector<Box> m_boxes;
    std::vector<Edge> m_edges;
    std::vector<int> m_lastUser;                          ///< by item
    std::unordered_map<uint64_t, int> m_linkOf;           ///< by items
    std::unordered_set<uint64_t> m_taken;                 ///< folded sources by item
    std::vector<std::vector<GraphScene::Edge>> m_pairsOf; ///< by link; empty where every box is its own node
};

Result<std::shared_ptr<const GraphScene>> GraphScene::build(std::shared_ptr<const Trace> trace, const SceneStyle& style,
                                                            const Cancel& cancel) {
    return SceneBuilder(std::move(trace), style, cancel).build();
}

Result<std::shared_ptr<const GraphScene>> GraphScene::build(std::shared_ptr<const Graph> graph, const SceneStyle& style,
                                                            const Cancel& cancel) {
    auto trace = std::make_shared<Trace>();
    trace->base = trace->result = std::move(graph);
    return build(std::shared_ptr<const Trace>(std::move(trace)), style, cancel);
}

} // namespace fxscope
