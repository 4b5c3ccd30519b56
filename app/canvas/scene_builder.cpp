// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/cells.h"
#include "app/canvas/graph_scene.h"
#include "app/canvas/node_text.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr double kPadX = 10, kPadY = 6, kLeastWidth = 56, kMostTextWidth = 240;
constexpr size_t kMostForGraphviz = 300;
constexpr int64_t kMostCells = 64; ///< a link that touches more is looked at in every query

} // namespace

/// See Note [One picture for all steps].
class SceneBuilder {
public:
    SceneBuilder(std::shared_ptr<const Trace> trace, const SceneStyle& style, const Cancel& cancel)
        : m_trace(std::move(trace)), m_cancel(cancel), m_name(nameFont(style.font)), m_line(lineFont(style.font)),
          m_scene(std::make_shared<GraphScene>()) {
        m_scene->m_style = style;
    }

    Result<std::shared_ptr<const GraphScene>> build() {
        collectVersions();
        connectVersions();
        FX_TRY(Placement placement, place());
        apply(std::move(placement));
        fillIndex();
        return std::shared_ptr<const GraphScene>(std::move(m_scene));
    }

private:
    void collectVersions() {
        const Graph& base = *m_trace->base;
        for (const NodeId id : base.order())
            addBody(id, base.node(id), false);
        for (const RewriteStep& step : m_trace->steps)
            for (const Edit& edit : step.edits)
                if (edit.now)
                    addBody(edit.node, edit.now->body, true);
                else if (const int index = m_scene->indexOf(edit.node); index >= 0)
                    m_scene->m_items[index].changes = true;
    }

    void addBody(NodeId id, const NodeBody& body, bool changes) {
        const auto [found, isNew] = m_scene->m_itemOf.emplace(id.index, static_cast<int>(m_scene->m_items.size()));
        if (isNew) {
            m_scene->m_items.push_back({id});
            m_boxes.emplace_back();
            m_inputs.emplace_back();
        }
        measure(m_scene->m_items[found->second], m_boxes[found->second], body);
        m_scene->m_items[found->second].changes |= changes;
        auto& inputs = m_inputs[found->second];
        const auto add = [&](NodeId input) { inputs.push_back(input); };
        for (const Argument& argument : body.args)
            forEachNode(argument, add);
        for (const Kwarg& argument : body.kwargs)
            forEachNode(argument.second, add);
    }

    /// The box holds the text of every version of the node.
    void measure(GraphScene::Item& item, Box& box, const NodeBody& body) {
        const NodeText text = textOf(body);
        item.op = body.op;
        item.name = m_name.elided(text.name, kMostTextWidth);
        item.target = m_line.elided(text.target, kMostTextWidth);
        item.type = m_line.elided(text.type, kMostTextWidth);
        const double width = std::max({m_name.width(item.name), m_line.width(item.target), m_line.width(item.type)});
        const double lines = m_line.height() * ((item.target.isEmpty() ? 0 : 1) + (item.type.isEmpty() ? 0 : 1));
        const double round = body.op == Op::Placeholder || body.op == Op::GetAttr ? 8 : 0;
        box.width = std::max({box.width, kLeastWidth, std::ceil(width + 2 * (kPadX + round))});
        box.height = std::max(box.height, std::ceil(m_name.height() + lines + 2 * kPadY));
        box.source = body.op == Op::Placeholder || body.op == Op::GetAttr;
        box.sink = body.op == Op::Output;
    }

    void connectVersions() {
        auto& items = m_scene->m_items;
        m_scene->m_linksOf.resize(items.size());
        std::vector<int> seenBy(items.size(), -1);
        for (int to = 0; to < static_cast<int>(items.size()); ++to)
            for (const NodeId input : m_inputs[to])
                if (const int from = m_scene->indexOf(input); from >= 0 && std::exchange(seenBy[from], to) != to)
                    connect(from, to);
    }

    void connect(int from, int to) {
        auto& items = m_scene->m_items;
        const int link = static_cast<int>(m_scene->m_links.size());
        m_scene->m_links.push_back({items[from].node, items[to].node, {}, items[from].changes || items[to].changes});
        m_edges.push_back({static_cast<uint32_t>(from), static_cast<uint32_t>(to)});
        m_scene->m_linksOf[from].push_back(link);
        if (from != to)
            m_scene->m_linksOf[to].push_back(link);
    }

    Result<Placement> place() {
        const SceneStyle& style = m_scene->m_style;
        if (style.graphviz) {
            auto placed = placeByGraphviz();
            if (placed.ok() || m_cancel.requested())
                return placed;
            Diagnostic note = std::move(placed).error();
            note.severity = Severity::Note;
            m_scene->m_notes.push_back(std::move(note));
        }
        return layeredLayout().place(m_boxes, m_edges, style.layout, m_cancel);
    }

    Result<Placement> placeByGraphviz() const {
        if (!graphvizLayout())
            return Diagnostic{"Graphviz is not installed", "", "install it for layouts by dot"};
        if (m_boxes.size() > kMostForGraphviz)
            return Diagnostic{"the graph has " + std::to_string(m_boxes.size()) + " nodes, dot is offered up to " +
                                  std::to_string(kMostForGraphviz),
                              "", ""};
        return graphvizLayout()->place(m_boxes, m_edges, m_scene->m_style.layout, m_cancel);
    }

    void apply(Placement placement) {
        auto& items = m_scene->m_items;
        m_scene->m_layers.resize(placement.layerCount);
        for (size_t i = 0; i < items.size(); ++i) {
            items[i].rect = QRectF(placement.boxes[i].x, placement.boxes[i].y, m_boxes[i].width, m_boxes[i].height);
            items[i].layer = placement.layers[i];
            m_scene->m_layers[items[i].layer].push_back(static_cast<int>(i));
        }
        const bool down = m_scene->m_style.layout.direction == Direction::TopDown;
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
        for (int i = 0; i < static_cast<int>(m_scene->m_links.size()); ++i)
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
    const Cancel& m_cancel;
    TextMeasure m_name, m_line;
    std::shared_ptr<GraphScene> m_scene;
    std::vector<Box> m_boxes;
    std::vector<Edge> m_edges;
    std::vector<std::vector<NodeId>> m_inputs; ///< of each item, in any version
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
