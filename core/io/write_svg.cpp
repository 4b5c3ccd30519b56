// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/io/drawing.h"
#include "core/layout/layout.h"
#include "core/support/text.h"

#include <algorithm>
#include <charconv>

namespace fxscope::io {
namespace {

constexpr double kCharWidth = 6.3, kLineHeight = 14, kPadding = 8, kMargin = 12;

std::string number(double value) {
    char buffer[32];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 1);
    std::string text(buffer, result.ptr);
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}
std::string attribute(std::string_view name, double value) {
    return " " + std::string(name) + "=\"" + number(value) + "\"";
}

class Picture {
public:
    explicit Picture(const Graph& graph) : m_graph(graph) { measure(); }

    std::string draw() {
        const Placement placement = place();
        const double width = placement.width + 2 * kMargin, height = placement.height + 2 * kMargin;
        m_out =
            "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("width", width) + attribute("height", height) +
            " viewBox=\"0 0 " + number(width) + " " + number(height) +
            "\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\">\n"
            "<title>" +
            escapeXml(m_graph.name.empty() ? "graph" : m_graph.name) +
            "</title>\n"
            "<defs><marker id=\"arrow\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"3.5\" orient=\"auto\">"
            "<path d=\"M0,0 L7,3.5 L0,7 z\" fill=\"#7a8594\"/></marker></defs>\n"
            "<g transform=\"translate(" +
            number(kMargin) + " " + number(kMargin) +
            ")\">\n"
            "<g fill=\"none\" stroke=\"#7a8594\">\n";
        for (size_t i = 0; i < m_edges.size() && i < placement.edges.size(); ++i)
            drawEdge(placement, i);
        m_out += "</g>\n";
        for (size_t i = 0; i < m_nodes.size(); ++i)
            drawBox(i, placement.boxes[i]);
        return m_out + "</g>\n</svg>\n";
    }

private:
    void measure();
    Placement place() const;
    void drawEdge(const Placement& placement, size_t edge);
    void drawStub(Point at, double direction, const Node& other);
    void drawBox(size_t index, Point corner);

    const Graph& m_graph;
    std::vector<NodeId> m_nodes;
    std::vector<NodeLook> m_looks;
    std::vector<Box> m_boxes;
    std::vector<Edge> m_edges;
    std::string m_out;
};

void Picture::measure() {
    m_nodes = m_graph.ids();
    std::vector<uint32_t> position(m_graph.slotCount());
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        const Node& node = m_graph[m_nodes[i]];
        position[m_nodes[i].index] = static_cast<uint32_t>(i);
        m_looks.push_back(lookOf(node));
        size_t longest = 0;
        for (const std::string& line : m_looks.back().lines)
            longest = std::max(longest, line.size());
        m_boxes.push_back({static_cast<double>(longest) * kCharWidth + 2 * kPadding,
                           static_cast<double>(m_looks.back().lines.size()) * kLineHeight + kPadding,
                           node.op == Op::Placeholder || node.op == Op::GetAttr, node.op == Op::Output});
    }
    for (size_t i = 0; i < m_nodes.size(); ++i)
        for (const NodeId input : m_graph.inputs(m_nodes[i]))
            m_edges.push_back({position[input.index], static_cast<uint32_t>(i)});
}

/// The layered layout; a plain column if it were to fail.
Placement Picture::place() const {
    auto placed = layeredLayout().place(m_boxes, m_edges, {}, {});
    if (placed.ok())
        return std::move(placed).value();
    Placement column;
    for (const Box& box : m_boxes) {
        column.boxes.push_back({0, column.height});
        column.height += box.height + kLineHeight;
        column.width = std::max(column.width, box.width);
    }
    return column;
}

void Picture::drawEdge(const Placement& placement, size_t edge) {
    const EdgePath& path = placement.edges[edge];
    const uint32_t from = m_edges[edge].from, to = m_edges[edge].to;
    if (path.stub || path.points.empty()) {
        const Point a = placement.boxes[from], b = placement.boxes[to];
        drawStub({a.x + m_boxes[from].width / 2, a.y + m_boxes[from].height}, 1, m_graph[m_nodes[to]]);
        drawStub({b.x + m_boxes[to].width / 2, b.y}, -1, m_graph[m_nodes[from]]);
        return;
    }
    m_out += "<polyline marker-end=\"url(#arrow)\" points=\"";
    for (const Point& point : path.points)
        m_out += number(point.x) + "," + number(point.y) + " ";
    m_out += "\"/>\n";
}

/// A short dashed end with the name of the box that it leads to, for edges too long to draw.
void Picture::drawStub(Point at, double direction, const Node& other) {
    const double end = at.y + direction * 9;
    m_out += "<path stroke-dasharray=\"2 2\" d=\"M" + number(at.x) + "," + number(at.y) + " V" + number(end) +
             "\"><title>" + escapeXml(other.name) + "</title></path>\n";
}

void Picture::drawBox(size_t index, Point corner) {
    const Node& node = m_graph[m_nodes[index]];
    const NodeLook& look = m_looks[index];
    const Box& box = m_boxes[index];
    const double radius = node.op == Op::Placeholder ? box.height / 2 : node.op == Op::Output ? 0 : 4;
    const auto rectangle = [&](double inset, std::string_view fill) {
        return "<rect" + attribute("x", corner.x + inset) + attribute("y", corner.y + inset) +
               attribute("width", box.width - 2 * inset) + attribute("height", box.height - 2 * inset) +
               attribute("rx", radius) + " fill=\"" + std::string(fill) + "\" stroke=\"" + std::string(look.border) +
               "\"/>";
    };
    m_out += "<g><title>" + escapeXml(node.name + ": " + node.target.str()) + "</title>" + rectangle(0, look.fill);
    if (node.op == Op::Output)
        m_out += rectangle(3, "none");
    for (size_t i = 0; i < look.lines.size(); ++i)
        m_out += "<text text-anchor=\"middle\"" + attribute("x", corner.x + box.width / 2) +
                 attribute("y", corner.y + kPadding / 2 + kLineHeight * (static_cast<double>(i) + 0.8)) +
                 (i ? ">" : " font-weight=\"bold\">") + escapeXml(look.lines[i]) + "</text>";
    m_out += "</g>\n";
}

} // namespace

std::string writeSvg(const Graph& graph) { return Picture(graph).draw(); }

} // namespace fxscope::io
