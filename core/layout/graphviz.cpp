// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/child_process.h"
#include "core/layout/frame.h"
#include "core/layout/layout.h"
#include "core/support/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace fxscope {
namespace {

constexpr std::chrono::milliseconds kTimeLimit{10'000};
constexpr double kUnitsPerInch = 72;
constexpr int kPointsPerCurve = 8;

std::string number(double value) { return reprFloat(value); }

std::string dotInput(std::span<const Box> boxes, std::span<const Edge> edges, const LayoutOptions& options) {
    const bool down = options.direction == Direction::TopDown;
    std::string text = "digraph {\nrankdir=" + std::string(down ? "TB" : "LR") +
                       "; nodesep=" + number(options.boxGap / kUnitsPerInch) +
                       "; ranksep=" + number(options.layerGap / kUnitsPerInch) +
                       ";\nnode [shape=box, fixedsize=true, label=\"\"];\nedge [arrowhead=none" +
                       (down ? ", tailport=s, headport=n" : ", tailport=e, headport=w") + "];\n";
    for (size_t i = 0; i < boxes.size(); ++i)
        text += std::to_string(i) + " [width=" + number(boxes[i].width / kUnitsPerInch) +
                ", height=" + number(boxes[i].height / kUnitsPerInch) + "];\n";
    for (const Edge& edge : edges)
        text += std::to_string(edge.from) + "->" + std::to_string(edge.to) + ";\n";
    return text + "}\n";
}

Point bezier(const Point* p, double t) {
    const double s = 1 - t, a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;
    return {a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x, a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y};
}

std::vector<Point> pointsOn(const std::vector<Point>& controls) {
    std::vector<Point> result{controls[0]};
    for (size_t i = 0; i + 3 < controls.size(); i += 3)
        for (int step = 1; step <= kPointsPerCurve; ++step)
            result.push_back(bezier(&controls[i], static_cast<double>(step) / kPointsPerCurve));
    return result;
}

/// Reads dot's "plain" form: numbers in inches, y grows upwards, boxes by their centres.
class PlainReader {
public:
    PlainReader(std::span<const Box> boxes, std::span<const Edge> edges) : m_boxes(boxes) {
        m_result.boxes.resize(boxes.size());
        m_result.edges.resize(edges.size());
        m_result.layers.resize(boxes.size());
        for (size_t i = edges.size(); i-- > 0;)
            m_edgesBetween[{edges[i].from, edges[i].to}].push_back(i);
    }

    Result<Placement> read(std::string_view text) {
        for (const std::string_view line : split(text, '\n'))
            if (!readLine(split(line, ' ')))
                return Diagnostic{"cannot read what dot wrote", std::string(line), "use the layered layout"};
        numberLayers();
        layout::frame(m_result, m_boxes);
        return std::move(m_result);
    }

private:
    bool readLine(const std::vector<std::string_view>& words) {
        if (words[0] == "node")
            return readNode(words);
        if (words[0] == "edge")
            return readEdge(words);
        return true;
    }

    /// A word that is a number from 0 on; -1 if there is none.
    static int64_t index(const std::vector<std::string_view>& words, size_t i) {
        return i < words.size() ? parseInt(words[i]).value_or(-1) : -1;
    }
    /// The point written by two words from `i` on.
    bool point(const std::vector<std::string_view>& words, size_t i, Point& into) const {
        if (i + 1 >= words.size() || !parseDouble(words[i]) || !parseDouble(words[i + 1]))
            return false;
        into = {*parseDouble(words[i]) * kUnitsPerInch, -*parseDouble(words[i + 1]) * kUnitsPerInch};
        return true;
    }

    bool readNode(const std::vector<std::string_view>& words) {
        const int64_t node = index(words, 1);
        Point centre;
        if (node < 0 || static_cast<size_t>(node) >= m_boxes.size() || !point(words, 2, centre))
            return false;
        m_result.boxes[node] = {centre.x - m_boxes[node].width / 2, centre.y - m_boxes[node].height / 2};
        m_middle[std::lround(centre.y)] = 0;
        return true;
    }

    bool readEdge(const std::vector<std::string_view>& words) {
        const int64_t from = index(words, 1), to = index(words, 2), count = index(words, 3);
        auto waiting = m_edgesBetween.find({from, to});
        if (count < 1 || waiting == m_edgesBetween.end() || waiting->second.empty())
            return false;
        std::vector<Point> controls(std::min(static_cast<size_t>(count), words.size()));
        for (size_t i = 0; i < controls.size(); ++i)
            if (!point(words, 4 + 2 * i, controls[i]))
                return false;
        m_result.edges[waiting->second.back()] = {pointsOn(controls), false, true};
        waiting->second.pop_back();
        return true;
    }

    void numberLayers() {
        for (auto& [middle, layer] : m_middle)
            layer = m_result.layerCount++;
        for (size_t i = 0; i < m_boxes.size(); ++i)
            m_result.layers[i] = m_middle[std::lround(m_result.boxes[i].y + m_boxes[i].height / 2)];
    }

    std::span<const Box> m_boxes;
    Placement m_result;
    std::map<std::pair<int64_t, int64_t>, std::vector<size_t>> m_edgesBetween; ///< the next one last
    std::map<long, int> m_middle;                                              ///< y of each row of boxes -> layer
};

class Graphviz : public LayoutEngine {
public:
    explicit Graphviz(std::string program) : m_program(std::move(program)) {}
    std::string_view name() const override { return "dot"; }
    Result<Placement> place(std::span<const Box> boxes, std::span<const Edge> edges, const LayoutOptions& options,
                            const Cancel& cancel) const override {
        FX_TRY(const std::string plain,
               layout::runProgram({m_program, "-Tplain"}, dotInput(boxes, edges, options), kTimeLimit, cancel));
        return PlainReader(boxes, edges).read(plain);
    }

private:
    std::string m_program;
};

} // namespace

const LayoutEngine* graphvizLayout() {
    static const std::string program = layout::findProgram("dot");
    static const Graphviz engine(program);
    return program.empty() ? nullptr : &engine;
}

} // namespace fxscope
