// SPDX-License-Identifier: BSD-3-Clause
// Prints what the graph view costs: building the scene (text sizes, layout, index), the first picture after opening a
// file, frames while panning and zooming, steps from key press to painted picture, and the memory in use.
// bench_canvas GRAPH [TIMES [PART...]]: the graph, TIMES times in a row; parts: scene, frames, find, steps; all of them
// if none is named. QT_QPA_PLATFORM=offscreen, or under an X server.
#include "app/docks/graph_view.h"
#include "app/document/document.h"
#include "app/shell/event_loop_watch.h"
#include "app/shell/main_window.h"
#include "core/io/capture.h"
#include "tests/bench/graphs.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace fxscope;

namespace {

struct Sample {
    std::vector<double> ms;
    void print(const char* what) {
        std::sort(ms.begin(), ms.end());
        const auto at = [&](double share) {
            return ms[static_cast<size_t>(share * static_cast<double>(ms.size() - 1))];
        };
        std::printf("  %-34s median %7.2f ms   99 %% %7.2f   most %7.2f   (%zu)\n", what, at(0.5), at(0.99), ms.back(),
                    ms.size());
    }
};

double msOf(const QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

double peakMegabytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::atof(line.c_str() + 6) / 1024;
    return 0;
}

void benchScene(const std::shared_ptr<const Graph>& graph) {
    for (const bool groups : {false, true}) {
        SceneStyle style;
        style.font = QApplication::font();
        style.groups = groups;
        if (groups) {
            style.unfolded.emplace();
            const Hierarchy hierarchy = Hierarchy::of(*graph);
            for (const Group& group : hierarchy.groups())
                style.unfolded->insert(group.path);
            if (hierarchy.isFlat())
                continue;
            std::printf("  %zu groups\n", hierarchy.groups().size());
        }
        Sample sample;
        for (int i = 0; i < 9; ++i) {
            QElapsedTimer timer;
            timer.start();
            const auto scene = GraphScene::build(graph, style, Cancel());
            sample.ms.push_back(msOf(timer));
            if (!scene.ok())
                std::printf("%s\n", scene.error().str().c_str());
        }
        sample.print(groups ? "scene, every module unfolded" : "scene");
    }
}

/// How long a scene goes on being built after it was cancelled, at any moment of the work.
void benchCancel(const std::shared_ptr<const Graph>& graph) {
    SceneStyle style;
    style.font = QApplication::font();
    QElapsedTimer whole;
    whole.start();
    if (!GraphScene::build(graph, style, Cancel()).ok())
        return;
    const double all = msOf(whole);
    Sample sample;
    for (int i = 0; i < 12; ++i) {
        Cancel cancel;
        QElapsedTimer timer;
        std::atomic<double> ended{0};
        timer.start();
        std::thread worker([&] {
            (void)GraphScene::build(graph, style, cancel);
            ended = msOf(timer);
        });
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(all * i / 12));
        cancel.request();
        const double asked = msOf(timer);
        worker.join();
        sample.ms.push_back(std::max(0.0, ended - asked));
    }
    sample.print("answer to cancel");
}

/// Frames while the view moves by a tenth of the window each.
void benchFrames(GraphCanvas& canvas) {
    Sample all;
    for (const double zoom : {0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 2.0}) {
        canvas.setZoom(zoom);
        const QPoint middle = canvas.viewport()->rect().center();
        Sample sample;
        for (int i = 0; i < 40; ++i) {
            QWheelEvent wheel(middle, canvas.viewport()->mapToGlobal(middle), QPoint(), QPoint(0, i < 20 ? -120 : 120),
                              Qt::NoButton, i % 10 == 9 ? Qt::ControlModifier : Qt::NoModifier, Qt::NoScrollPhase,
                              false);
            QElapsedTimer timer;
            timer.start();
            QCoreApplication::sendEvent(canvas.viewport(), &wheel);
            canvas.viewport()->repaint();
            sample.ms.push_back(msOf(timer));
        }
        char what[64];
        std::snprintf(what, sizeof what, "pan and zoom near %.2f", canvas.zoom());
        all.ms.insert(all.ms.end(), sample.ms.begin(), sample.ms.end());
        sample.print(what);
    }
    all.print("all frames");
}

/// With the node selected whose value goes to the most users far below.
void benchSelected(GraphView& view) {
    GraphCanvas& canvas = *view.afterCanvas();
    NodeId most;
    size_t stubs = 0;
    for (const GraphScene::Item& item : view.scene()->items()) {
        const auto& links = view.scene()->linksOf(item.node);
        const auto count = static_cast<size_t>(std::count_if(links.begin(), links.end(), [&](int i) {
            return view.scene()->links()[static_cast<size_t>(i)].path.stub;
        }));
        if (count > stubs) {
            stubs = count;
            most = item.node;
        }
    }
    if (!most.valid())
        return;
    canvas.select(most);
    Sample all;
    for (const double zoom : {0.02, 0.05, 0.3, 1.0, 2.0}) {
        canvas.setZoom(zoom);
        for (int i = 0; i < 20; ++i) {
            QElapsedTimer timer;
            timer.start();
            canvas.viewport()->repaint();
            all.ms.push_back(msOf(timer));
        }
    }
    char what[64];
    std::snprintf(what, sizeof what, "with a node of %zu stubs selected", stubs);
    all.print(what);
    canvas.select({});
}

void benchSteps(MainWindow& window) {
    Document& document = *window.document();
    GraphView& view = *window.graphView();
    const auto steps = static_cast<int>(document.stepCount());
    std::printf("  %d steps\n", steps);
    if (steps == 0)
        return;
    document.moveTo(0);
    QApplication::processEvents();
    std::vector<std::pair<NodeId, QPointF>> places;
    Sample keys, scrub;
    const auto paint = [&] {
        view.beforeCanvas()->viewport()->repaint();
        view.afterCanvas()->viewport()->repaint();
    };
    for (int i = 0; i < std::min(steps, 60); ++i) {
        QElapsedTimer timer;
        timer.start();
        QTest::keyClick(view.afterCanvas(), Qt::Key_Right, Qt::ControlModifier);
        paint();
        keys.ms.push_back(msOf(timer));
        QApplication::processEvents();
    }
    keys.print("next step, key press to picture");
    for (int i = 0; i < 1000; ++i) {
        QElapsedTimer timer;
        timer.start();
        document.moveTo(static_cast<size_t>(i * 7 % (steps + 1)));
        paint();
        scrub.ms.push_back(msOf(timer));
        QApplication::processEvents();
    }
    scrub.print("scrubbing to another step");
}

/// Letters typed into the find line, until all hits are known and painted; and until it is said why there are none.
void benchFind(MainWindow& window) {
    Document& document = *window.document();
    GraphView& view = *window.graphView();
    view.openFind();
    auto* line = window.findChild<QLineEdit*>(QStringLiteral("findText"));
    Sample sample, reasons;
    bool done = false, complete = false;
    const auto told = QObject::connect(&document, &Document::hitsChanged, [&] {
        complete = document.found() && document.found()->complete;
        done = complete || (document.found() && document.found()->hits.empty()); // none are told before it is said why
    });
    for (const char* query : {"view_1", "op:add", "relu", "users>2", "dtype:f32", "e"}) {
        line->clear();
        QTest::qWait(150);
        for (const char* letter = query; *letter; ++letter) {
            QElapsedTimer timer;
            timer.start();
            done = complete = false;
            QTest::keyClick(line, *letter);
            while (!done && timer.elapsed() < 5000)
                QApplication::processEvents(QEventLoop::WaitForMoreEvents, 1);
            QApplication::processEvents();
            view.afterCanvas()->viewport()->repaint();
            sample.ms.push_back(msOf(timer));
            while (!complete && timer.elapsed() < 5000)
                QApplication::processEvents(QEventLoop::WaitForMoreEvents, 1);
            if (document.hits().empty())
                reasons.ms.push_back(msOf(timer));
        }
    }
    sample.print("find, letter to painted hits");
    if (!reasons.ms.empty())
        reasons.print("find, letter to why there are none");
    QObject::disconnect(told);
    document.find({});
}

void benchWindow(const QString& path, const QStringList& parts) {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    QApplication::processEvents();
    bool painted = false;
    QObject::connect(window.graphView(), &GraphView::firstPicture, [&] { painted = true; });
    EventLoopWatch watch;
    watch.start();
    QElapsedTimer timer;
    timer.start();
    window.open(path);
    while (!painted && timer.elapsed() < 60'000)
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
    std::printf("  first picture %.0f ms after opening\n", msOf(timer));
    (void)QTest::qWaitFor([&] { return window.document()->jobs().isIdle() && !window.graphView()->isBuilding(); },
                          60000);
    QTest::qWait(300);
    std::printf("  longest gap of the event loop %.1f ms\n", static_cast<double>(watch.longestGapUs()) / 1000);
    watch.stop();
    std::printf("  everything at rest %.0f ms after opening, memory at most %.0f MB\n", msOf(timer), peakMegabytes());
    if (parts.contains(QStringLiteral("frames"))) {
        benchFrames(*window.graphView()->afterCanvas());
        benchSelected(*window.graphView());
    }
    if (parts.contains(QStringLiteral("find")))
        benchFind(window);
    if (parts.contains(QStringLiteral("steps")))
        benchSteps(window);
    std::printf("  memory at most %.0f MB\n", peakMegabytes());
}

} // namespace

int main(int argc, char** argv) {
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QTemporaryDir folder;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    if (argc < 2) {
        std::printf("bench_canvas GRAPH [TIMES [scene|frames|find|steps...]]\n");
        return 2;
    }
    const auto capture = io::open(argv[1]);
    if (!capture.ok() || capture->graphs.empty()) {
        std::printf("%s\n", capture.ok() ? "no graph" : capture.error().str().c_str());
        return 2;
    }
    Graph graph = *capture->graphs[0].graph;
    const int times = argc > 2 ? std::max(1, std::atoi(argv[2])) : 1;
    if (times > 1)
        graph = repeated(graph, times);
    const size_t shaped = addShapes(graph);
    std::printf("%s: %zu nodes, %zu of them given shapes\n", argv[1], graph.size(), shaped);
    const auto shared = std::make_shared<const Graph>(std::move(graph));
    QStringList parts = app.arguments().mid(3);
    if (parts.isEmpty())
        parts = {QStringLiteral("scene"), QStringLiteral("frames"), QStringLiteral("find"), QStringLiteral("steps")};
    if (parts.contains(QStringLiteral("scene"))) {
        benchScene(shared);
        benchCancel(shared);
    }
    const QString path =
        times == 1 && shaped == 0 ? QString::fromLocal8Bit(argv[1]) : folder.filePath(QStringLiteral("graph.json"));
    if (times > 1 || shaped > 0) {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::fromStdString(io::writeJson(*shared))) < 0)
            return 2;
    }
    benchWindow(path, parts);
    return 0;
}
