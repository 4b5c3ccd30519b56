// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"
#include "app/canvas/legend.h"

#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

namespace fxscope {
namespace {

constexpr double kPictureMargin = 24, kTitleRoom = 34, kLegendGap = 16;
constexpr double kMostPdfPoints = 14'400;                ///< the largest page that readers accept
constexpr double kMostSide = 30'000, kMostPixels = 64e6; ///< of an image: 256 MB

} // namespace

CanvasPicture GraphCanvas::picture() const {
    return {d->scene, {{d->graph, d->marks, d->title}}, d->theme, logicalDpiX()};
}

QRectF CanvasPicture::area(const Pane& pane) const {
    const QRectF bounds = scene && pane.graph ? SceneVersion(*scene, *pane.graph, pane.marks).bounds() : QRectF();
    return bounds.adjusted(-kPictureMargin, -kPictureMargin, kPictureMargin, kPictureMargin);
}

Legend CanvasPicture::legend() const {
    return Legend(panes.front().marks, theme, scene ? scene->style().font : QFont());
}

/// Panes side by side under their titles, the legend below them: it covers nothing.
QSizeF CanvasPicture::size() const {
    QSizeF size(0, 0);
    for (const Pane& pane : panes) {
        const QSizeF part = area(pane).size();
        size = {size.width() + part.width(), std::max(size.height(), part.height())};
    }
    const QSizeF below = legend().size();
    return {std::max(size.width(), below.width() + 2 * kPictureMargin),
            size.height() + (panes.size() > 1 ? kTitleRoom : 0) + (below.isEmpty() ? 0 : below.height() + kLegendGap)};
}

void CanvasPicture::paint(QPainter& painter, const QRectF& target, bool vector, const Cancel& cancel) const {
    painter.fillRect(target, theme.background);
    if (!scene || panes.empty())
        return;
    const QSizeF whole = size();
    const double scale = std::min(target.width() / whole.width(), target.height() / whole.height());
    painter.translate(target.center());
    painter.scale(scale, scale);
    painter.translate(-whole.width() / 2, -whole.height() / 2);
    const double top = panes.size() > 1 ? kTitleRoom : 0;
    double left = 0;
    for (const Pane& pane : panes) {
        if (!pane.graph)
            continue;
        const QRectF part = area(pane);
        if (panes.size() > 1) {
            painter.setFont(scene->style().font);
            painter.setPen(theme.text);
            painter.drawText(QRectF(left, 0, part.width(), top), Qt::AlignCenter, pane.title);
        }
        painter.save();
        painter.translate(QPointF(left, top) - part.topLeft());
        paintScene(painter, *scene, *pane.graph, pane.marks, theme, part, vector ? 1 : scale, {}, {}, {}, cancel);
        painter.restore();
        left += part.width();
    }
    const Legend below = legend();
    painter.setRenderHint(QPainter::Antialiasing);
    below.paint(painter, {kPictureMargin, whole.height() - below.size().height() - kLegendGap});
}

double CanvasPicture::imageScale() const {
    const QSizeF whole = size();
    return std::min({1.0, kMostSide / std::max(whole.width(), whole.height()),
                     std::sqrt(kMostPixels / (whole.width() * whole.height()))});
}

QImage CanvasPicture::image(const Cancel& cancel) const {
    const QSizeF pixels = size() * imageScale();
    return image(QSize(qCeil(pixels.width()), qCeil(pixels.height())), cancel);
}

QImage CanvasPicture::image(QSize pixels, const Cancel& cancel) const {
    QImage image(pixels, QImage::Format_RGB32);
    if (image.isNull())
        return image;
    QPainter painter(&image);
    paint(painter, QRectF(QPointF(), QSizeF(pixels)), false, cancel);
    return image;
}

// Vector forms are painted at the screen's resolution, as the boxes were measured for it, and scaled.

void CanvasPicture::writeSvg(QIODevice& device, const Cancel& cancel) const {
    const QSizeF whole = size();
    QSvgGenerator generator;
    generator.setOutputDevice(&device);
    generator.setResolution(dpi);
    generator.setSize(whole.toSize());
    generator.setViewBox(QRectF(QPointF(), whole));
    const auto& graph = panes.front().graph;
    generator.setTitle(graph ? QString::fromStdString(graph->name) : QString());
    QPainter painter(&generator);
    paint(painter, QRectF(QPointF(), whole), true, cancel);
}

void CanvasPicture::writePdf(QIODevice& device, const Cancel& cancel) const {
    const QSizeF whole = size(), points = whole * (72.0 / dpi);
    const double scale = std::min(1.0, kMostPdfPoints / std::max(points.width(), points.height()));
    QPdfWriter writer(&device);
    writer.setResolution(dpi);
    writer.setPageSize(QPageSize(points * scale, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins({});
    QPainter painter(&writer);
    paint(painter, QRectF(QPointF(), whole * scale), true, cancel);
}

} // namespace fxscope
