// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/scene_painter.h"

#include <QPainter>

namespace fxscope {
namespace {

constexpr double kFrameRadius = 8, kTitleInset = 10, kLeastTitle = 26, kLeastTitleWidth = 70; // screen pixels
const QString kUnfoldedSign(QChar(0x25be));

/// Titles are as large on the screen at every zoom; the outer one stands where both would.
struct Title {
    const GraphScene::Frame* frame;
    QRectF screen;
    QString text;
};

std::vector<Title> titlesIn(PaintContext& c) {
    std::vector<Title> titles;
    for (const GraphScene::Frame& frame : c.scene.frames()) {
        if (!frame.rect.intersects(c.area) || frame.rect.height() * c.zoom < kLeastTitle ||
            frame.rect.width() * c.zoom < kLeastTitleWidth)
            continue;
        const QString text = kUnfoldedSign + QChar(u' ') + frame.title;
        const QSizeF size = c.fonts.name.size(text);
        const double scale = std::min(c.zoom, 1.0) / c.zoom, left = std::max(frame.rect.left(), c.area.left());
        const QRectF rect(QPointF(left + kTitleInset * scale, frame.rect.top() + 3 * scale) * c.zoom,
                          c.zoom < 1 ? size : size * c.zoom);
        const bool room = rect.right() < frame.rect.right() * c.zoom;
        const bool covered = std::any_of(titles.begin(), titles.end(), [&](const Title& other) {
            return other.screen.adjusted(-4, 0, 4, 0).intersects(rect);
        });
        if (room && !covered)
            titles.push_back({&frame, rect, text});
    }
    return titles;
}

} // namespace

void paintFrames(PaintContext& c) {
    if (c.scene.frames().empty() || c.detail == Detail::Blocks)
        return;
    QPainter& p = c.painter;
    p.setRenderHint(QPainter::Antialiasing, c.detail > Detail::Boxes);
    for (const GraphScene::Frame& frame : c.scene.frames()) {
        if (!frame.rect.intersects(c.area))
            continue;
        const bool looked = frame.id == c.selected || frame.id == c.hovered;
        QPen pen(looked ? c.theme.selected : mixed(c.theme.border, c.theme.background, 0.45), looked ? 2 : 1);
        pen.setCosmetic(true);
        p.setPen(pen);
        p.setBrush(mixed(c.theme.background, c.theme.text, c.theme.frameShade * std::min(frame.depth, 6)));
        p.drawRoundedRect(frame.rect, kFrameRadius, kFrameRadius);
        if (frame.repeats > 1) // more of the same behind it
            p.drawLine(QPointF(frame.rect.right() + 4, frame.rect.top() + 8),
                       QPointF(frame.rect.right() + 4, frame.rect.bottom() - 8));
    }
}

void paintFrameTitles(PaintContext& c) {
    if (c.scene.frames().empty() || c.detail == Detail::Blocks)
        return;
    QPainter& p = c.painter;
    for (const Title& title : titlesIn(c)) {
        p.save();
        p.translate(title.screen.topLeft() / c.zoom);
        if (c.zoom < 1)
            p.scale(1 / c.zoom, 1 / c.zoom);
        const QSizeF size = c.fonts.name.size(title.text);
        const QColor colour = title.frame->id == c.selected ? c.theme.selected : c.theme.text;
        p.setFont(c.fonts.name.font());
        p.setPen(colour);
        c.fonts.name.draw(p, QPointF(size.width() / 2, size.height() / 2), title.text);
        const double room = title.frame->rect.right() * c.zoom - title.screen.right();
        if (!title.frame->type.isEmpty() && c.detail >= Detail::Names &&
            c.fonts.line.size(title.frame->type).width() * std::max(c.zoom, 1.0) + 20 < room) {
            const QSizeF type = c.fonts.line.size(title.frame->type);
            p.setFont(c.fonts.line.font());
            p.setPen(c.theme.faint);
            c.fonts.line.draw(p, QPointF(size.width() + 10 + type.width() / 2, size.height() / 2), title.frame->type);
        }
        p.restore();
    }
}

} // namespace fxscope
