// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/node_text.h"
#include "app/canvas/scene_painter.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr double kDimmed = 0.25; ///< share of the background in what is not looked at
constexpr double kRadius = 4, kSignRadius = 7, kStripe = 5;
constexpr double kSmallestMark = 3; // screen pixels: a changed node is seen at any zoom

/// How one box looks.
struct Look {
    QColor fill, border, text, faint;
    double width = 1;
    Qt::PenStyle style = Qt::SolidLine;
    QColor sign; ///< of the change; invalid: none
    QString signText;
};

class ItemPainter {
public:
    explicit ItemPainter(PaintContext& context) : c(context), p(context.painter) {}

    void paint() {
        collect();
        if (c.detail <= Detail::Boxes) {
            paintSmall();
            return;
        }
        p.setRenderHint(QPainter::Antialiasing);
        each([this](const auto& item) { paintBox(item); });
        if (c.detail == Detail::Names)
            paintNames();
        else
            paintLines();
        each([this](const auto& item) { paintSigns(item); });
        if (c.detail == Detail::Everything && m_moving.empty() && !c.cancel.requested())
            paintTags(c, m_indices);
    }

private:
    template <class Paint> void each(const Paint& paintOne) const {
        for (size_t i = 0; i < m_items.size() && (i % 64 || !c.cancel.requested()); ++i)
            paintOne(*m_items[i]);
    }

    void collect() {
        const QRectF area = c.area.adjusted(-30, -30, 30, 30);
        c.scene.itemsIn(area, m_indices);
        if (c.glide.from && c.glide.share < 1)
            return collectMoving(area);
        std::erase_if(m_indices, [&](int i) { return !c.version.shows(c.scene.items()[i]); });
        for (const int index : m_indices)
            m_items.push_back(&c.scene.items()[index]);
    }

    /// Boxes between where they were and where they will be; those that were in sight may leave it.
    void collectMoving(const QRectF& area) {
        std::vector<int> before;
        c.glide.from->itemsIn(area.translated(-c.glide.shift), before);
        for (const int index : before)
            if (const int now = c.scene.indexOf(c.glide.from->items()[index].node); now >= 0)
                m_indices.push_back(now);
        std::sort(m_indices.begin(), m_indices.end());
        m_indices.erase(std::unique(m_indices.begin(), m_indices.end()), m_indices.end());
        std::erase_if(m_indices, [&](int i) { return !c.version.shows(c.scene.items()[i]); });
        m_moving.reserve(m_indices.size());
        for (const int index : m_indices) {
            m_moving.push_back(c.scene.items()[index]);
            GraphScene::Item& item = m_moving.back();
            if (const GraphScene::Item* was = c.glide.from->item(item.node)) {
                const QPointF from = was->rect.center() + c.glide.shift, to = item.rect.center();
                item.rect.moveCenter(from + (to - from) * c.glide.share);
            }
            m_items.push_back(&item);
        }
    }

    QColor ground(const GraphScene::Item& item) const {
        if (isGroup(item.node))
            return c.theme.group;
        switch (item.op) {
        case Op::Placeholder: return c.theme.placeholder;
        case Op::GetAttr: return c.theme.attribute;
        case Op::Output: return c.theme.output;
        default: return c.theme.box;
        }
    }

    const NodeMarks::Change* changeOf(NodeId node) const {
        const auto found = c.marks.changes.find(node);
        return found == c.marks.changes.end() ? nullptr : &found->second;
    }

    Look lookOf(const GraphScene::Item& item) const {
        Look look{ground(item), c.theme.border, c.theme.text, c.theme.faint, 1, Qt::SolidLine, {}, {}};
        if (const auto* heat = c.marks.heat.of(item.node)) {
            look.fill = mixed(look.fill, c.theme.heat, 0.06 + 0.42 * qBound(0.0, heat->share, 1.0));
            look.faint = look.text; // readable on any of these grounds
        }
        if (const auto* change = changeOf(item.node))
            markChange(look, *change);
        if (c.dims(item.node)) {
            for (QColor* colour : {&look.fill, &look.border, &look.text, &look.faint})
                *colour = mixed(*colour, c.theme.background, kDimmed);
        }
        return look;
    }

    void markChange(Look& look, NodeMarks::Change change) const {
        const bool added = change == NodeMarks::Change::Added, removed = change == NodeMarks::Change::Removed;
        look.sign = added ? c.theme.added : removed ? c.theme.removed : c.theme.changed;
        look.signText = added ? QStringLiteral("+") : removed ? QString(QChar(0x2212)) : QStringLiteral("~");
        look.border = look.sign;
        look.fill = mixed(look.fill, look.sign, 0.16);
        look.width = 2;
        look.style = removed ? Qt::DashLine : Qt::SolidLine;
    }

    QPainterPath outline(Op op, const QRectF& rect) const {
        QPainterPath path;
        if (op == Op::Placeholder) {
            const double radius = std::min(rect.height() / 2, 16.0);
            path.addRoundedRect(rect, radius, radius);
        } else if (op == Op::GetAttr) { // cut corners
            const double cut = std::min(rect.height() / 4, 9.0);
            path.addPolygon(QPolygonF{{rect.left() + cut, rect.top()},
                                      {rect.right() - cut, rect.top()},
                                      {rect.right(), rect.top() + cut},
                                      {rect.right(), rect.bottom() - cut},
                                      {rect.right() - cut, rect.bottom()},
                                      {rect.left() + cut, rect.bottom()},
                                      {rect.left(), rect.bottom() - cut},
                                      {rect.left(), rect.top() + cut}});
            path.closeSubpath();
        } else {
            path.addRoundedRect(rect, kRadius, kRadius);
        }
        return path;
    }

    void paintBox(const GraphScene::Item& item) {
        const Look look = lookOf(item);
        const QPainterPath path = outline(item.op, item.rect);
        paintHalo(item, path);
        p.setPen(QPen(look.border, look.width, look.style));
        p.setBrush(look.fill);
        if (isGroup(item.node)) // a stack: there is more in it
            p.drawRoundedRect(item.rect.translated(3, 3), kRadius, kRadius);
        p.drawPath(path);
        if (isGroup(item.node)) {
            p.setPen(look.faint);
            p.setFont(c.fonts.name.font());
            c.fonts.name.draw(p, {item.rect.left() + 12, item.rect.center().y()}, QString(QChar(0x25b8)));
        }
        if (item.op == Op::Output) {
            p.setBrush(Qt::NoBrush);
            p.setPen(QPen(look.border, 1));
            p.drawRoundedRect(item.rect.adjusted(3, 3, -3, -3), kRadius - 2, kRadius - 2);
        }
        if (const auto capture = c.marks.captures.find(item.node); capture != c.marks.captures.end())
            paintCapture(item, path, capture->second);
    }

    /// Selection, hover and hits of the find bar lie around the box and leave its own look alone.
    void paintHalo(const GraphScene::Item& item, const QPainterPath& path) {
        p.setBrush(Qt::NoBrush);
        if (c.marks.found.contains(item.node)) {
            p.setPen(QPen(c.theme.captures[1], 7));
            p.drawPath(path);
        }
        if (const auto part = c.marks.compared.find(item.node); part != c.marks.compared.end()) {
            p.setPen(QPen(part->second ? c.theme.added : c.theme.error, 6, part->second ? Qt::SolidLine : Qt::DotLine));
            p.drawPath(path);
        }
        if (item.node != c.selected && c.marks.selection.contains(item.node)) {
            p.setPen(QPen(mixed(c.theme.selected, c.theme.background, 0.25), 4));
            p.drawPath(path);
        }
        if (item.node == c.selected) {
            p.setPen(QPen(mixed(c.theme.selected, c.theme.background, 0.55), 9));
            p.drawPath(path);
            p.setPen(QPen(c.theme.selected, 5));
            p.drawPath(path);
        } else if (item.node == c.hovered) {
            p.setPen(QPen(mixed(c.theme.selected, c.theme.background, 0.4), 5));
            p.drawPath(path);
        }
    }

    void paintCapture(const GraphScene::Item& item, const QPainterPath& path, int capture) {
        if (c.theme.captures.empty() || capture < 0)
            return;
        const QColor colour = c.theme.captures[static_cast<size_t>(capture) % c.theme.captures.size()];
        QPainterPath stripes;
        stripes.addRect(QRectF(item.rect.left(), item.rect.top(), kStripe, item.rect.height()));
        stripes.addRect(QRectF(item.rect.right() - kStripe, item.rect.top(), kStripe, item.rect.height()));
        p.setPen(Qt::NoPen);
        p.setBrush(colour);
        p.drawPath(path.intersected(stripes)); // not by clipping: SVG has none
    }

    NodeText textFor(const GraphScene::Item& item) const {
        if (!item.changes || isGroup(item.node) || item.node.index >= c.graph.slotCount())
            return {item.name, item.target, item.type};
        return textOf(c.graph.node(item.node));
    }

    void paintLines() {
        p.setFont(c.fonts.name.font());
        each([this](const auto& item) { paintText(item, true); });
        p.setFont(c.fonts.line.font());
        each([this](const auto& item) { paintText(item, false); });
    }

    void paintText(const GraphScene::Item& item, bool name) {
        const NodeText text = textFor(item);
        const Look look = lookOf(item);
        const double lines = (text.target.isEmpty() ? 0 : 1) + (text.type.isEmpty() ? 0 : 1);
        double y = item.rect.center().y() - (c.fonts.nameHeight + lines * c.fonts.lineHeight) / 2;
        const double x = item.rect.center().x();
        if (name) {
            p.setPen(look.text);
            c.fonts.name.draw(p, {x, y + c.fonts.nameHeight / 2}, text.name);
            return;
        }
        y += c.fonts.nameHeight + c.fonts.lineHeight / 2;
        if (!text.target.isEmpty()) {
            p.setPen(look.faint);
            c.fonts.line.draw(p, {x, y}, text.target);
            y += c.fonts.lineHeight;
        }
        if (!text.type.isEmpty()) {
            p.setPen(mixed(look.text, look.faint, 0.3));
            c.fonts.line.draw(p, {x, y}, text.type);
        }
    }

    /// From afar the name alone, as large as its box allows.
    void paintNames() {
        for (const auto* box : m_items) {
            const GraphScene::Item& item = *box;
            const QString name = item.changes ? textFor(item).name : item.name;
            const bool fits = c.fonts.large.size(name).width() < item.rect.width() - 8;
            TextCache& cache = fits ? c.fonts.large : c.fonts.name;
            p.setFont(cache.font());
            p.setPen(lookOf(item).text);
            cache.draw(p, item.rect.center(), name);
        }
    }

    void paintSigns(const GraphScene::Item& item) {
        if (const auto* change = changeOf(item.node)) {
            Look look;
            markChange(look, *change);
            const QPointF centre = item.rect.topLeft() + QPointF(2, 2);
            p.setPen(QPen(c.theme.background, 1.5));
            p.setBrush(look.sign);
            p.drawEllipse(centre, kSignRadius, kSignRadius);
            p.setFont(c.fonts.name.font());
            p.setPen(c.theme.background);
            c.fonts.name.draw(p, centre, look.signText);
        }
        if (const auto badge = c.marks.badges.find(item.node); badge != c.marks.badges.end())
            paintBadge(item.rect, badge->second, c.theme.changed, true);
        if (const auto* heat = c.marks.heat.of(item.node); heat && !heat->text.isEmpty())
            paintBadge(item.rect, heat->text, mixed(c.theme.heat, c.theme.text, 0.3), false);
    }

    void paintBadge(const QRectF& box, const QString& text, const QColor& colour, bool atTop) {
        const double width = c.fonts.small.size(text).width() + 10, height = c.fonts.smallHeight + 2;
        const QRectF rect(box.right() - width + 6, (atTop ? box.top() : box.bottom()) - height / 2, width, height);
        p.setPen(QPen(c.theme.background, 1.5));
        p.setBrush(colour);
        p.drawRoundedRect(rect, height / 2, height / 2);
        p.setFont(c.fonts.small.font());
        p.setPen(c.theme.background);
        c.fonts.small.draw(p, rect.center(), text);
    }

    void paintSmall() {
        p.setRenderHint(QPainter::Antialiasing, false);
        p.setPen(Qt::NoPen);
        for (const auto* box : m_items) {
            const GraphScene::Item& item = *box;
            const bool special = isSpecial(item.node);
            if (c.detail == Detail::Blocks && !special)
                continue;
            QRectF rect = item.rect;
            if (special) {
                const double least = kSmallestMark / c.zoom, wider = std::max(0.0, least - rect.width()) / 2;
                const double higher = std::max(0.0, least - rect.height()) / 2;
                rect.adjust(-wider, -higher, wider, higher);
            }
            p.fillRect(rect, smallColour(item));
        }
    }

    bool isSpecial(NodeId node) const {
        return node == c.selected || changeOf(node) || c.marks.compared.contains(node) ||
               c.marks.captures.contains(node) || c.marks.found.contains(node) || c.marks.selection.contains(node) ||
               c.marks.badges.contains(node);
    }

    QColor smallColour(const GraphScene::Item& item) const {
        if (item.node == c.selected || c.marks.selection.contains(item.node))
            return c.theme.selected;
        if (const auto* change = changeOf(item.node)) {
            Look look;
            markChange(look, *change);
            return look.sign;
        }
        if (const auto capture = c.marks.captures.find(item.node); capture != c.marks.captures.end())
            return c.theme.captures[static_cast<size_t>(capture->second) % c.theme.captures.size()];
        if (c.marks.found.contains(item.node))
            return c.theme.captures[1];
        if (const auto part = c.marks.compared.find(item.node); part != c.marks.compared.end())
            return part->second ? c.theme.added : c.theme.error;
        if (const auto* heat = c.marks.heat.of(item.node))
            return mixed(c.theme.edge, c.theme.heat, qBound(0.0, heat->share, 1.0));
        if (c.marks.badges.contains(item.node)) // in the colour of its badge
            return c.theme.changed;
        const Look look = lookOf(item);
        return mixed(look.fill, look.border, 0.35); // a filled box without its border must stand off the background
    }

    PaintContext& c;
    QPainter& p;
    std::vector<int> m_indices; ///< of what is painted
    std::vector<const GraphScene::Item*> m_items;
    std::vector<GraphScene::Item> m_moving; ///< copies on their way
};

} // namespace

void paintItems(PaintContext& context) { ItemPainter(context).paint(); }

void paintTags(PaintContext& c, const std::vector<int>& items) {
    QPainter& p = c.painter;
    p.setFont(c.fonts.small.font());
    for (const int index : items)
        for (const SceneVersion::Tag& tag : c.version.tags(index)) {
            const bool looked = c.focuses(c.scene.items()[index].node);
            const QColor colour = looked                                ? c.theme.selected
                                  : c.dims(c.scene.items()[index].node) ? mixed(c.theme.faint, c.theme.background, 0.5)
                                                                        : c.theme.faint;
            p.setPen(QPen(mixed(colour, c.theme.background, 0.5), 1));
            p.setBrush(c.theme.background);
            p.drawRoundedRect(tag.rect, 3, 3);
            p.setPen(colour);
            c.fonts.small.draw(p, tag.rect.center(), tag.text);
        }
}

} // namespace fxscope
