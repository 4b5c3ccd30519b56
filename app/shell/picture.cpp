// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/picture.h"

#include "app/canvas/graph_canvas.h"

#include <QApplication>
#include <QFileInfo>
#include <QScreen>

namespace fxscope {
namespace {
constexpr QSize kPicture(2400, 1600);
}

QStringList pictureEndings() { return {QStringLiteral(".png"), QStringLiteral(".svg"), QStringLiteral(".pdf")}; }

Result<Done> writePicture(const CanvasPicture& picture, const QString& path) {
    const QString ending = u'.' + QFileInfo(path).suffix().toLower();
    if (!pictureEndings().contains(ending))
        return Diagnostic{"no picture has the ending " + ending.toStdString(), path.toStdString(),
                          "use " + pictureEndings().join(QStringLiteral(", ")).toStdString()};
    const QFileInfo folder(QFileInfo(path).absolutePath());
    if (!folder.isDir() || !folder.isWritable())
        return Diagnostic{"the folder is missing or not writable", folder.filePath().toStdString(),
                          "choose another one"};
    bool written = true;
    if (ending == QStringLiteral(".svg"))
        picture.writeSvg(path);
    else if (ending == QStringLiteral(".pdf"))
        picture.writePdf(path);
    else
        written = picture.image(kPicture).save(path);
    if (!written || QFileInfo(path).size() == 0)
        return Diagnostic{"the picture could not be written", path.toStdString(), "is the disk full?"};
    return Done{};
}

Result<Done> writePicture(std::shared_ptr<const Graph> graph, const QString& path) {
    SceneStyle style;
    style.font = QApplication::font();
    FX_TRY(const std::shared_ptr<const GraphScene> scene, GraphScene::build(graph, style, {}));
    const int dpi = qRound(QGuiApplication::primaryScreen()->logicalDotsPerInchX());
    return writePicture(CanvasPicture{scene, graph, {}, CanvasTheme::light(), dpi}, path);
}

} // namespace fxscope
