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

QRectF GraphCanvas::Private::wholeArea() const {
    return (empty() ? QRectF() : shownBounds())
        .adjusted(-kPictureMargin, -kPictureMargin, kPictureMargin, kPictureMargin);
}

void GraphCanvas::Private::paintWhole(QPainter& painter, const QRectF& target, bool vector) const {
    painter.fillRect(target, theme.background);
    const QRectF area = wholeArea();
    if (empty() || area.isEmpty())
        return;
    const double scale = std::min(target.width() / area.width(), target.height() / area.height());
    painter.translate(target.center());
    painter.scale(scale, scale);
    painter.translate(-area.center());
    paintScene(painter, *scene, *graph, marks, theme, area, vector ? 1 : scale, {}, {});
}

QImage GraphCanvas::picture(QSize size) const {
    QImage image(size, QImage::Format_RGB32);
    QPainter painter(&image);
    d->paintWhole(painter, QRectF(QPointF(), QSizeF(size)), false);
    return image;
}

// Vector forms are painted at the screen's resolution, as the boxes were measured for it, and scaled.

void GraphCanvas::writeSvg(const QString& path) const {
    const QSizeF size = d->wholeArea().size();
    QSvgGenerator generator;
    generator.setFileName(path);
    generator.setResolution(logicalDpiX());
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF(QPointF(), size));
    generator.setTitle(d->graph ? QString::fromStdString(d->graph->name) : QString());
    QPainter painter(&generator);
    d->paintWhole(painter, QRectF(QPointF(), size), true);
}

void GraphCanvas::writePdf(const QString& path) const {
    const double pointsPerUnit = 72.0 / logicalDpiX();
    const QSizeF area = d->wholeArea().size() * pointsPerUnit;
    const double scale = std::min(1.0, kMostPdfPoints / std::max(area.width(), area.height()));
    QPdfWriter writer(path);
    writer.setResolution(logicalDpiX());
    writer.setPageSize(QPageSize(area * scale, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins({});
    QPainter painter(&writer);
    d->paintWhole(painter, QRectF(QPointF(), d->wholeArea().size() * scale), true);
}

} // namespace fxscope
