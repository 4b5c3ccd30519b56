// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"

#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

namespace fxscope {
namespace {

constexpr double kPictureMargin = 24;
constexpr double kMostPdfPoints = 14'400; ///< the largest page that readers accept

} // namespace

CanvasPicture GraphCanvas::picture() const { return {d->scene, d->graph, d->marks, d->theme, logicalDpiX()}; }

QRectF CanvasPicture::area() const {
    const QRectF bounds = scene && graph ? SceneVersion(*scene, *graph, marks).bounds() : QRectF();
    return bounds.adjusted(-kPictureMargin, -kPictureMargin, kPictureMargin, kPictureMargin);
}

void CanvasPicture::paint(QPainter& painter, const QRectF& target, bool vector) const {
    painter.fillRect(target, theme.background);
    const QRectF whole = area();
    if (!scene || !graph)
        return;
    const double scale = std::min(target.width() / whole.width(), target.height() / whole.height());
    painter.translate(target.center());
    painter.scale(scale, scale);
    painter.translate(-whole.center());
    paintScene(painter, *scene, *graph, marks, theme, whole, vector ? 1 : scale, {}, {});
}

QImage CanvasPicture::image(QSize size) const {
    QImage image(size, QImage::Format_RGB32);
    QPainter painter(&image);
    paint(painter, QRectF(QPointF(), QSizeF(size)), false);
    return image;
}

// Vector forms are painted at the screen's resolution, as the boxes were measured for it, and scaled.

void CanvasPicture::writeSvg(const QString& path) const {
    const QSizeF size = area().size();
    QSvgGenerator generator;
    generator.setFileName(path);
    generator.setResolution(dpi);
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF(QPointF(), size));
    generator.setTitle(graph ? QString::fromStdString(graph->name) : QString());
    QPainter painter(&generator);
    paint(painter, QRectF(QPointF(), size), true);
}

void CanvasPicture::writePdf(const QString& path) const {
    const QSizeF size = area().size(), points = size * (72.0 / dpi);
    const double scale = std::min(1.0, kMostPdfPoints / std::max(points.width(), points.height()));
    QPdfWriter writer(path);
    writer.setResolution(dpi);
    writer.setPageSize(QPageSize(points * scale, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins({});
    QPainter painter(&writer);
    paint(painter, QRectF(QPointF(), size * scale), true);
}

} // namespace fxscope
