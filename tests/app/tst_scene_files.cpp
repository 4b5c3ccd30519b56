// SPDX-License-Identifier: BSD-3-Clause
// Every graph at hand in every way to draw it: what must hold of any picture.
#include "app/canvas/graph_canvas.h"
#include "app/canvas/scene_version.h"
#include "core/io/capture.h"

#include <QApplication>
#include <QDirIterator>
#include <QtTest>

using namespace fxscope;

namespace {

QStringList files() {
    QStringList found;
    for (const char* folder : {FXSCOPE_SOURCE_DIR "/tests/data", FXSCOPE_SOURCE_DIR "/resources/samples",
                               FXSCOPE_SHARED_DIR "/graphs/pt2", FXSCOPE_SHARED_DIR "/graphs/passes"}) {
        QDirIterator walk(QString::fromUtf8(folder), {QStringLiteral("*.py"), QStringLiteral("*.pt2")}, QDir::Files,
                          QDirIterator::Subdirectories);
        while (walk.hasNext())
            found << walk.next();
    }
    found.sort();
    return found;
}

/// The first thing that does not hold; empty: everything does.
QString problemOf(const GraphScene& scene, const Graph& graph) {
    const SceneVersion version(scene, graph, {});
    for (const NodeId id : graph.order()) {
        const GraphScene::Item* item = scene.item(id);
        if (!item)
            return QStringLiteral("no box stands for ") + QString::fromStdString(graph[id].name);
        if (item->rect.isEmpty() || !scene.bounds().adjusted(-1, -1, 1, 1).contains(item->rect))
            return item->name + QStringLiteral(" lies outside the picture");
        if (scene.itemAt(item->rect.center()) != item->node)
            return item->name + QStringLiteral(" is covered");
    }
    for (const auto& link : scene.links()) {
        if (!scene.item(link.from) || !scene.item(link.to))
            return QStringLiteral("a line from or to no box");
        if (!version.shows(link))
            return QStringLiteral("a line that the only version does not have");
        if (!link.path.stub && link.path.points.size() < 2)
            return QStringLiteral("a line without points");
    }
    for (const auto& frame : scene.frames())
        for (const NodeId id : scene.hierarchy()[frame.group].all)
            if (const NodeId box = scene.boxOf(id); box == id && !scene.style().repeatsOnce &&
                                                    !scene.style().sourcesFolded &&
                                                    !frame.rect.contains(scene.item(id)->rect))
                return scene.item(id)->name + QStringLiteral(" lies outside ") + frame.title;
    return {};
}

} // namespace

class TstSceneFiles : public QObject {
    Q_OBJECT
private slots:
    void pictureHolds_data();
    void pictureHolds();
};

void TstSceneFiles::pictureHolds_data() {
    QTest::addColumn<QString>("path");
    for (const QString& path : files())
        QTest::newRow(qPrintable(path.section(u'/', -3))) << path;
}

void TstSceneFiles::pictureHolds() {
    QFETCH(QString, path);
    const auto capture = io::open(path.toStdString());
    if (!capture.ok())
        return; // other tests say which files open
    for (const GraphEntry& entry : capture->graphs) {
        SceneStyle base;
        base.font = QApplication::font();
        std::set<std::string> all;
        const Hierarchy hierarchy = Hierarchy::of(*entry.graph);
        for (const Group& group : hierarchy.groups())
            all.insert(group.path);
        for (int way = 0; way < 32; ++way) {
            SceneStyle style = base;
            style.groups = way & 1;
            style.repeatsOnce = way & 2;
            style.sourcesFolded = way & 4;
            style.layout.direction = way & 8 ? Direction::LeftRight : Direction::TopDown;
            if (way & 16)
                style.unfolded = all;
            const auto scene = GraphScene::build(entry.graph, style, Cancel());
            QVERIFY2(scene.ok(), scene.ok() ? "" : scene.error().str().c_str());
            const QString problem = problemOf(**scene, *entry.graph);
            QVERIFY2(problem.isEmpty(), qPrintable(QStringLiteral("way %1: %2").arg(way).arg(problem)));
            if (way % 7 == 3) { // and painting it
                const CanvasPicture picture{*scene, {{entry.graph, {}, {}}}, CanvasTheme::light(), 96};
                QVERIFY(!picture.image(QSize(300, 300)).isNull());
            }
        }
    }
}

QTEST_MAIN(TstSceneFiles)
#include "tst_scene_files.moc"
