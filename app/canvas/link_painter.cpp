// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/scene_painter.h"

#include <cmath>

namespace fxscope {
namespace {

constexpr double kArrowsFrom = 0.45, kLabelsFrom = 1.25;
constexpr int kFewStubs = 12, kMostStubs = 400;
constexpr double kStraight = 40; ///< screen pixels of a curve that are drawn as a straight line
constexpr double kThin = 1e-6;
constexpr double kReach = 24; ///< how far a label or a smooth step may leave the line's own points

/// The links of a frame, sorted into those that are looked at and the others.
struct Lines {
    QPainterPath plain, looked, stubs;
    QPainterPath plainArrows, lookedArrows;
    QVector<QLineF> thin;
    std::vector<const GraphScene::Link*> labelled;
};

struct Bezier {
    QPointF a, b, c, d;
    QRectF bounds() const {
        const auto [left, right] = std::minmax({a.x(), b.x(), c.x(), d.x()});
        const auto [top, bottom] = std::minmax({a.y(), b.y(), c.y(), d.y()});
        return {left, top, std::max(right - left, kThin), std::max(bottom - top, kThin)};
    }
    std::pair<Bezier, Bezier> halves() const {
        const QPointF ab = (a + b) / 2, bc = (b + c) / 2, cd = (c + d) / 2;
        const QPointF abc = (ab + bc) / 2, bcd = (bc + cd) / 2, middle = (abc + bcd) / 2;
        return {{a, ab, abc, middle}, {middle, bcd, cd, d}};
    }
};

QPointF at(Point point) { return {point.x, point.y}; }

void addArrow(QPainterPath& arrows, const EdgePath& path, Direction direction) {
    const QPointF tip = at(path.points.back()), before = at(path.points[path.points.size() - 2]);
    QPointF along = path.curve                        ? tip - before
                    : direction == Direction::TopDown ? QPointF(0, tip.y() - before.y())
                                                      : QPointF(tip.x() - before.x(), 0);
    const double length = std::hypot(along.x(), along.y());
    if (length == 0)
        return;
    along *= 6 / length;
    const QPointF side(along.y() * 0.55, -along.x() * 0.55);
    arrows.moveTo(tip);
    arrows.lineTo(tip - along + side);
    arrows.lineTo(tip - along - side);
    arrows.closeSubpath();
}

QPen linePen(const QColor& colour, double width, Qt::PenStyle style = Qt::SolidLine) {
    QPen pen(colour, width, style);
    pen.setCosmetic(true); // as thin as it looks best at every zoom, and the raster engine's fast path
    return pen;
}

class LinkPainter {
public:
    explicit LinkPainter(PaintContext& context) : c(context), m_direction(context.scene.style().layout.direction) {}

    void paint() {
        std::vector<int> links;
        if (c.detail != Detail::Blocks)
            c.scene.linksIn(c.area.adjusted(-kReach, -kReach, kReach, kReach), links);
        for (size_t i = 0; i < links.size() && (i % 64 || !c.cancel.requested()); ++i)
            add(c.scene.links()[links[i]]);
        for (const NodeId node : {c.hovered, c.selected})
            addStubs(node);
        drawLines();
        if (c.zoom >= kLabelsFrom)
            for (const auto* link : m_lines.labelled)
                drawLabel(*link);
    }

private:
    void add(const GraphScene::Link& link) {
        if (link.path.stub || !c.version.shows(link))
            return;
        const bool looked = c.focuses(link.from) || c.focuses(link.to);
        if (c.detail == Detail::Boxes && !looked) {
            for (size_t i = 1; i < link.path.points.size(); ++i)
                m_lines.thin.append(QLineF(at(link.path.points[i - 1]), at(link.path.points[i])));
            return;
        }
        (looked ? m_lines.looked : m_lines.plain).addPath(linePath(link.path, m_direction, c.detail != Detail::Boxes));
        if (c.zoom >= kArrowsFrom)
            addArrow(looked ? m_lines.lookedArrows : m_lines.plainArrows, link.path, m_direction);
        m_lines.labelled.push_back(&link);
    }

    /// The stubs of a node that is looked at are connected: what of their curves is in sight.
    void addStubs(NodeId node) {
        const int most = m_stubs + kMostStubs;
        for (const int index : c.scene.linksOf(node))
            if (const auto& link = c.scene.links()[index];
                m_stubs < most && link.path.stub && link.from != link.to && c.version.shows(link))
                m_stubs +=
                    addInSight(stubPath(c.scene.item(link.from)->rect, c.scene.item(link.to)->rect, m_direction));
    }

    /// False: nothing of it is in sight.
    bool addInSight(const QPainterPath& curve) {
        const QRectF sight = c.area.adjusted(-kReach, -kReach, kReach, kReach);
        std::vector<Bezier> parts{{curve.elementAt(0), curve.elementAt(1), curve.elementAt(2), curve.elementAt(3)}};
        QPointF end(NAN, NAN);
        while (!parts.empty()) {
            const Bezier part = parts.back();
            parts.pop_back();
            if (!part.bounds().intersects(sight))
                continue;
            if (part.bounds().width() + part.bounds().height() > kStraight / c.zoom) {
                const auto [first, second] = part.halves();
                parts.push_back(second);
                parts.push_back(first);
                continue;
            }
            if (end != part.a)
                m_lines.stubs.moveTo(part.a);
            m_lines.stubs.lineTo(end = part.d);
        }
        return !std::isnan(end.x());
    }

    void drawLines() {
        const QColor plain = c.near.empty() ? c.theme.edge : mixed(c.theme.edge, c.theme.background, 0.4);
        QPainter& p = c.painter;
        p.setBrush(Qt::NoBrush);
        p.setRenderHint(QPainter::Antialiasing, false);
        p.setPen(linePen(mixed(plain, c.theme.background, 0.35), 1));
        p.drawLines(m_lines.thin);
        p.setRenderHint(QPainter::Antialiasing);
        p.setPen(linePen(plain, 1));
        p.drawPath(m_lines.plain);
        const bool few = m_stubs <= kFewStubs; // dashes and smooth lines of hundreds cost a frame
        p.setRenderHint(QPainter::Antialiasing, few);
        p.setPen(few ? linePen(c.theme.selected, 1.2, Qt::DashLine)
                     : linePen(mixed(c.theme.selected, c.theme.background, 0.3), 1));
        p.drawPath(m_lines.stubs);
        p.setRenderHint(QPainter::Antialiasing);
        p.setPen(linePen(c.theme.selected, 2));
        p.drawPath(m_lines.looked);
        p.setPen(Qt::NoPen);
        p.setBrush(plain);
        p.drawPath(m_lines.plainArrows);
        p.setBrush(c.theme.selected);
        p.drawPath(m_lines.lookedArrows);
    }

    /// dtype[shape] in the middle of the first free piece of a link that leads away from its box.
    void drawLabel(const GraphScene::Link& link) {
        const QString text = labelOf(link);
        if (text.isEmpty() || link.path.points.size() < 2)
            return;
        const QSizeF size = c.fonts.small.size(text);
        const QPointF middle = freeMiddle(link.path, size.height());
        if (!c.area.contains(middle))
            return;
        c.painter.setFont(c.fonts.small.font());
        c.painter.setPen(c.dims(link.from) || c.dims(link.to) ? mixed(c.theme.faint, c.theme.background, 0.5)
                                                              : c.theme.faint);
        c.fonts.small.drawOn(c.painter, middle, text, c.theme.background);
    }

    /// The type of the value; of a bundle how many values it is.
    QString labelOf(const GraphScene::Link& link) const {
        if (!isGroup(link.from))
            return c.scene.item(link.from)->type;
        std::set<NodeId> values;
        for (const auto& edge : c.scene.edgesOf(link))
            if (c.version.shows(edge))
                values.insert(edge.from);
        return values.size() == 1 ? textOf(c.graph.node(*values.begin())).type
                                  : QStringLiteral("%1 values").arg(values.size());
    }

    /// The middle of the first piece that is long enough and between boxes; far outside if there is none.
    QPointF freeMiddle(const EdgePath& path, double height) const {
        for (size_t i = 1; i < path.points.size(); ++i) {
            const QPointF a = at(path.points[i - 1]), b = at(path.points[i]);
            const bool longEnough =
                m_direction == Direction::TopDown ? b.y() - a.y() > 1.7 * height : b.x() - a.x() > 90;
            if (longEnough && !c.scene.itemAt((a + b) / 2).valid())
                return (a + b) / 2;
        }
        return {-1e9, -1e9};
    }

    PaintContext& c;
    Direction m_direction;
    Lines m_lines;
    int m_stubs = 0;
};

} // namespace

QPainterPath linePath(const EdgePath& path, Direction direction, bool smooth) {
    QPainterPath line(at(path.points[0]));
    for (size_t i = 1; i < path.points.size(); ++i) {
        const QPointF a = at(path.points[i - 1]), b = at(path.points[i]), middle = (a + b) / 2;
        if (!smooth || path.curve || a.x() == b.x() || a.y() == b.y())
            line.lineTo(b);
        else if (direction == Direction::TopDown)
            line.cubicTo({a.x(), middle.y()}, {b.x(), middle.y()}, b);
        else
            line.cubicTo({middle.x(), a.y()}, {middle.x(), b.y()}, b);
    }
    return line;
}

QPainterPath stubPath(const QRectF& from, const QRectF& to, Direction direction) {
    const bool down = direction == Direction::TopDown;
    const QPointF a = down ? QPointF(from.center().x(), from.bottom()) : QPointF(from.right(), from.center().y());
    const QPointF b = down ? QPointF(to.center().x(), to.top()) : QPointF(to.left(), to.center().y());
    const double side = 40 + (from.width() + to.width()) / 2; // beside the boxes between its ends
    const QPointF leave = down ? QPointF(side, 120) : QPointF(120, side);
    const QPointF arrive = down ? QPointF(side, -120) : QPointF(-120, side);
    QPainterPath line(a);
    line.cubicTo(a + leave, b + arrive, b);
    return line;
}

void paintLinks(PaintContext& context) { LinkPainter(context).paint(); }

} // namespace fxscope
