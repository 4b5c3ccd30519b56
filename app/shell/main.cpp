// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/graph_view.h"
#include "app/document/document.h"
#include "app/shell/event_loop_watch.h"
#include "app/shell/main_window.h"
#include "core/io/limits.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QTimer>

#include <cstdio>
#include <memory>

namespace {

using namespace fxscope;

struct Options {
    QStringList files, passes;
    int step = -1;
    QString picture, theme;
    QSize size;
    bool traceGui = false;
};

/// Error: what is wrong with the command line.
QString parse(const QApplication& app, Options& options) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Shows FX graphs before and after each pass."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("Graphs to open."),
                                 QStringLiteral("[FILE...]"));
    const QCommandLineOption pass(QStringLiteral("pass"),
                                  QStringLiteral("Run this pass or pipeline (default: misc); may be repeated."),
                                  QStringLiteral("NAME"));
    const QCommandLineOption step(QStringLiteral("step"),
                                  QStringLiteral("Show rewrite N; 0 is the graph as it was opened."),
                                  QStringLiteral("N"));
    const QCommandLineOption picture(
        QStringLiteral("picture"), QStringLiteral("Write a picture of the window and end."), QStringLiteral("OUT.png"));
    const QCommandLineOption trace(
        QStringLiteral("trace-gui"),
        QStringLiteral("Print the time to the first picture and the event loop's longest gap."));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("Size of the window, 1280x800."),
                                  QStringLiteral("WxH"));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("light or dark."), QStringLiteral("NAME"));
    parser.addOptions({pass, step, picture, trace, size, theme});
    parser.process(app);
    options.files = parser.positionalArguments();
    options.passes = parser.values(pass);
    options.picture = parser.value(picture);
    options.theme = parser.value(theme);
    options.traceGui = parser.isSet(trace);
    bool ok = true;
    if (parser.isSet(step))
        options.step = parser.value(step).toInt(&ok);
    if (!ok || options.step < -1)
        return QStringLiteral("--step takes a number, not %1").arg(parser.value(step));
    if (parser.isSet(size)) {
        const QStringList sides = parser.value(size).split(u'x');
        options.size = sides.size() == 2 ? QSize(sides[0].toInt(), sides[1].toInt()) : QSize();
        if (options.size.isEmpty())
            return QStringLiteral("--size takes a width and a height like 1280x800, not %1").arg(parser.value(size));
    }
    if (parser.isSet(theme) && options.theme != QStringLiteral("light") && options.theme != QStringLiteral("dark"))
        return QStringLiteral("--theme takes light or dark, not %1").arg(options.theme);
    return {};
}

/// FXSCOPE_LIMITS, as on the command line. Error: what is wrong with it.
QString readLimits() {
    const QByteArray text = qgetenv("FXSCOPE_LIMITS");
    if (text.isEmpty())
        return {};
    const auto limits = io::parseLimits(text.toStdString());
    if (!limits.ok())
        return QString::fromStdString(Diagnostic{limits.error().what, "FXSCOPE_LIMITS", limits.error().next}.str());
    io::setLimits(*limits);
    return {};
}

int usageError(const QString& problem) {
    std::fprintf(stderr, "fxscope-gui: %s\n", qPrintable(problem));
    return 2;
}

/// Waits until everything that was asked for is on show, goes to the step, writes the picture and ends the program.
class Conductor : public QObject {
public:
    Conductor(MainWindow& window, EventLoopWatch& watch, Options options)
        : m_window(window), m_watch(watch), m_options(std::move(options)) {
        connect(window.document(), &Document::problem, this, [this](const Diagnostic& what) {
            std::fprintf(stderr, "fxscope-gui: %s\n", what.str().c_str());
            m_failed = true;
        });
        connect(window.graphView(), &GraphView::firstPicture, this, [this] {
            if (m_firstPictureMs < 0)
                m_firstPictureMs = m_watch.elapsedMs();
        });
        connect(&m_timer, &QTimer::timeout, this, &Conductor::look);
        m_timer.start(20);
    }

private:
    bool isAtRest() const {
        Document* document = m_window.document();
        const bool traced = m_failed || m_options.files.isEmpty() || document->trace();
        const bool painted = m_failed || m_options.files.isEmpty() || m_firstPictureMs >= 0;
        return traced && painted && document->jobs().isIdle() && !m_window.graphView()->isBuilding();
    }
    void look() {
        if (!isAtRest())
            return;
        if (m_options.step >= 0 && !std::exchange(m_stepped, true))
            return goToStep(); // and look again once that is painted
        m_timer.stop();
        m_watch.stop();
        if (m_options.traceGui)
            print();
        if (!m_options.picture.isEmpty())
            QTimer::singleShot(100, this, [this] { takePicture(); });
    }
    void goToStep() {
        Document* document = m_window.document();
        if (static_cast<size_t>(m_options.step) > document->stepCount())
            document->report({"there is no step " + std::to_string(m_options.step), "--step",
                              "the passes made " + std::to_string(document->stepCount()) + " steps"});
        document->moveTo(static_cast<size_t>(m_options.step));
    }
    void takePicture() {
        const bool written = m_window.grab().save(m_options.picture);
        if (!written)
            std::fprintf(stderr, "fxscope-gui: %s: the picture could not be written\n", qPrintable(m_options.picture));
        QApplication::exit(m_failed || !written ? 2 : 0);
    }
    void print() const {
        std::printf("first picture: %lld ms after the file was opened\nlongest gap of the event loop: %.1f ms\n",
                    static_cast<long long>(m_firstPictureMs), static_cast<double>(m_watch.longestGapUs()) / 1000);
        std::fflush(stdout);
    }

    MainWindow& m_window;
    EventLoopWatch& m_watch;
    Options m_options;
    QTimer m_timer;
    qint64 m_firstPictureMs = -1;
    bool m_failed = false, m_stepped = false;
};

} // namespace

int main(int argc, char* argv[]) {
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("fxscope"));
    QApplication::setApplicationName(QStringLiteral("fxscope"));
    QApplication::setApplicationVersion(QStringLiteral(FXSCOPE_VERSION));
    Options options;
    if (const QString problem = parse(app, options); !problem.isEmpty())
        return usageError(problem);
    if (const QString problem = readLimits(); !problem.isEmpty())
        return usageError(problem);

    MainWindow window;
    if (!options.theme.isEmpty())
        applyTheme(themeOfKey(options.theme)); // for this time only
    if (options.size.isValid())
        window.resize(options.size);
    if (!options.passes.isEmpty())
        window.document()->setPasses(options.passes);
    window.show();

    EventLoopWatch watch;
    std::unique_ptr<Conductor> conductor;
    // Once the empty window is on the screen: what follows is the user's wait for his file.
    QTimer::singleShot(0, &window, [&] {
        conductor = std::make_unique<Conductor>(window, watch, options);
        watch.start();
        for (const QString& file : options.files)
            window.open(file);
    });
    return QApplication::exec();
}
