// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/picture.h"

#include "app/canvas/graph_canvas.h"

#include <QApplication>
#include <QFileInfo>
#include <QSaveFile>
#include <QScreen>

namespace fxscope {
namespace {

Result<Done> write(const CanvasPicture& picture, const QString& ending, QSaveFile& file, const Cancel& cancel) {
    if (ending == QStringLiteral(".svg"))
        picture.writeSvg(file, cancel);
    else if (ending == QStringLiteral(".pdf"))
        picture.writePdf(file, cancel);
    else if (const QImage image = picture.image(cancel); !cancel.requested() && !image.save(&file, "PNG"))
        return Diagnostic{"there is no memory for the picture, or the disk is full", file.fileName().toStdString(),
                          "an SVG or PDF of it needs less"};
    return Done{};
}

} // namespace

QStringList pictureEndings() { return {QStringLiteral(".png"), QStringLiteral(".svg"), QStringLiteral(".pdf")}; }

/// To a file beside it first: what is there stays whole until the new one is.
Result<Done> writePicture(const CanvasPicture& picture, const QString& path, const Cancel& cancel) {
    const QString ending = u'.' + QFileInfo(path).suffix().toLower();
    if (!pictureEndings().contains(ending))
        return Diagnostic{"no picture has the ending " + ending.toStdString(), path.toStdString(),
                          "use " + pictureEndings().join(QStringLiteral(", ")).toStdString()};
    QSaveFile file(path);
    const QFileInfo target(path);
    file.setDirectWriteFallback(target.exists() && !target.isFile()); // a device
    if (!file.open(QIODevice::WriteOnly))
        return Diagnostic{"the picture could not be written: " + file.errorString().toStdString(), path.toStdString(),
                          "choose another folder"};
    FX_TRY(const Done done, write(picture, ending, file, cancel));
    if (cancel.requested()) {
        file.cancelWriting();
        return Diagnostic{"the picture was cancelled", path.toStdString(), ""};
    }
    if (!file.commit())
        return Diagnostic{"the picture could not be written: " + file.errorString().toStdString(), path.toStdString(),
                          "is the disk full?"};
    return done;
}

Result<Done> writePicture(std::shared_ptr<const Graph> graph, const QString& path, const Cancel& cancel) {
    SceneStyle style;
    style.font = QApplication::font();
    FX_TRY(const std::shared_ptr<const GraphScene> scene, GraphScene::build(graph, style, cancel));
    const int dpi = qRound(QGuiApplication::primaryScreen()->logicalDotsPerInchX());
    return writePicture(CanvasPicture{scene, {{graph, {}, {}}}, CanvasTheme::light(), dpi}, path, cancel);
}

} // namespace fxscope
