// SPDX-License-Identifier: BSD-3-Clause
// What the menus of MainWindow hold and do.
#include "app/shell/main_window.h"

#include "app/docks/graph_view.h"
#include "app/document/document.h"
#include "app/document/recent_files.h"
#include "app/models/format.h"
#include "app/shell/export_dialog.h"
#include "app/shell/job_bar.h"
#include "app/shell/locator.h"
#include "app/shell/picture.h"
#include "app/shell/shortcut_sheet.h"
#include "passes/passes.h"

#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QFontDialog>
#include <QInputDialog>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <QToolBar>

namespace fxscope {
namespace {

constexpr int kTimedRepeats = 5, kWrittenMs = 15'000;
constexpr double kZoomStep = 1.25;

} // namespace

void MainWindow::makeMenus() {
    std::map<QString, QMenu*> menus;
    for (const ActionSpec& spec : actionTable()) {
        const QString title = QString::fromUtf8(spec.menu);
        QAction* action = (*m_actions)[spec.id];
        addAction(action); // keys work while the menu bar is hidden, and for actions without a menu
        if (title.isEmpty())
            continue;
        QMenu*& menu = menus[title];
        if (!menu) {
            menu = menuBar()->addMenu(u'&' + title);
            menu->setObjectName(QStringLiteral("menu:") + title);
        }
        if (spec.group)
            menu->addSeparator();
        menu->addAction(action);
        if (action == (*m_actions)["file.openFolder"])
            fillRecentMenu(menu->addMenu(tr("Open &Recent")));
    }
    fillPassesMenu(menus[QStringLiteral("Passes")]);
    fillRunMenu(menus[QStringLiteral("Run")]);
    fillViewMenu(menus[QStringLiteral("View")]);
}

void MainWindow::fillRecentMenu(QMenu* menu) {
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (const QString& path : RecentFiles::list())
            menu->addAction(path, this, [this, path] { open(path); });
        menu->setEnabled(true);
        if (menu->isEmpty())
            menu->addAction(tr("Nothing opened yet"))->setEnabled(false);
        menu->addSeparator();
        menu->addAction(tr("Clear"), this, [] { RecentFiles::clear(); });
    });
}

/// A tick for each pipeline and pass; the ticked ones run at once, in the order of the list.
void MainWindow::fillPassesMenu(QMenu* menu) {
    menu->setToolTipsVisible(true);
    menu->addSeparator();
    const auto add = [this, menu](const std::string& name, std::string_view summary) {
        QAction* action = menu->addAction(qs(name));
        action->setObjectName(QStringLiteral("pass:") + qs(name));
        action->setCheckable(true);
        action->setToolTip(qs(summary));
        connect(m_document, &Document::passesChanged, action,
                [this, action, name] { action->setChecked(m_document->passes().contains(qs(name))); });
        action->setChecked(m_document->passes().contains(qs(name)));
        connect(action, &QAction::triggered, this, [this, menu] {
            QStringList chosen;
            for (const QAction* each : menu->actions())
                if (each->isCheckable() && each->isChecked())
                    chosen << each->objectName().mid(5);
            m_document->setPasses(chosen, this);
        });
    };
    fillSetMenu(menu->addMenu(tr("Pattern S&et")));
    menu->addSeparator();
    for (const Pipeline& pipeline : allPipelines())
        add(pipeline.name, pipeline.summary);
    menu->addSeparator();
    for (const Pass* pass : allPasses())
        add(std::string(pass->name()), pass->summary());
}

void MainWindow::fillSetMenu(QMenu* menu) {
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (const QString& name : Document::patternSets() + Document::patternFolders()) {
            QAction* action =
                menu->addAction(QFileInfo(name).fileName(), this, [this, name] { m_document->setPatterns(name); });
            action->setToolTip(name);
            action->setCheckable(true);
            action->setChecked(name == m_document->patterns());
        }
        menu->addSeparator();
        menu->addAction((*m_actions)["patterns.addFile"]);
        menu->addAction((*m_actions)["patterns.add"]);
    });
}

void MainWindow::fillRunMenu(QMenu* menu) {
    menu->addSeparator();
    QMenu* devices = menu->addMenu(tr("&Device"));
    connect(devices, &QMenu::aboutToShow, this, [this, devices] {
        devices->clear();
        for (const QString& device : m_document->runner().devices()) {
            QAction* action =
                devices->addAction(device, this, [this, device] { m_deviceChooser->setCurrentText(device); });
            action->setCheckable(true);
            action->setChecked(device == m_document->runner().device());
        }
    });
    menu->addAction(tr("&Seed…"), this, [this] {
        bool ok = false;
        const int seed =
            QInputDialog::getInt(this, tr("Seed"), tr("Seed of random operators and of inputs that are made up:"),
                                 static_cast<int>(m_document->runner().seed()), 0, INT_MAX, 1, &ok);
        if (ok)
            m_document->runner().setSeed(static_cast<uint64_t>(seed));
    });
}

void MainWindow::fillViewMenu(QMenu* menu) {
    menu->addSeparator();
    for (const auto& [title, dock] : m_docks)
        menu->addAction(dock->toggleViewAction());
    menu->addSeparator();
    QMenu* themes = menu->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(themes);
    const std::pair<Theme, QString> choices[] = {{Theme::System, tr("Like the &Desktop")},
                                                 {Theme::Light, tr("&Light")},
                                                 {Theme::Dark, tr("D&ark")},
                                                 {Theme::HighContrast, tr("&High Contrast")},
                                                 {Theme::HighContrastDark, tr("High &Contrast, Dark")}};
    for (const auto& [theme, text] : choices) {
        QAction* action = themes->addAction(text, this, [this, theme = theme] { useTheme(theme); });
        action->setCheckable(true);
        group->addAction(action);
    }
    menu->addAction(tr("F&ont…"), this, [this] {
        bool ok = false;
        const QFont font = QFontDialog::getFont(&ok, QApplication::font(), this);
        if (ok)
            useFont(font);
    });
}

void MainWindow::connectActions() {
    const auto on = [this](const char* id, auto then) { m_actions->on(id, then); };
    on("file.open", [this] { chooseFile(); });
    on("file.openFolder", [this] { chooseFolder(); });
    on("file.reload", [this] { m_document->reload(); });
    on("file.close", [this] { m_document->closeFile(); });
    on("file.export", [this] { exportGraph(); });
    on("file.savePicture", [this] { choosePicture(); });
    on("file.quit", [this] { close(); });
    on("edit.copy", [this] { copy(); });
    on("edit.find", [this] { m_graphView->openFind(); });
    on("edit.findNext", [this] { m_document->nextHit(1); });
    on("edit.findPrevious", [this] { m_document->nextHit(-1); });
    auto* locator = new Locator(m_document, m_actions, this);
    connect(locator, &Locator::panelWanted, this, &MainWindow::showPanel);
    on("edit.locate", [locator] { locator->open(); });
    on("passes.run", [this] { m_document->runPasses(); });
    on("patterns.add", [this] { choosePatternFolder(); });
    on("patterns.source", [this] { showPanel(QStringLiteral("Pattern Source")); });
    on("patterns.addFile", [this] { choosePatternFile(); });
    on("patterns.halt", [this] { toggleBreakpoint(); });
    on("patterns.haltNone", [this] { m_document->inspector().removeBreakpoints(); });
    on("match.into", [this] {
        showPanel(QStringLiteral("Why"));
        m_document->inspector().stepInto();
    });
    on("match.out", [this] { m_document->inspector().stepOut(); });
    on("step.next", [this] { m_document->moveBy(1); });
    on("step.previous", [this] { m_document->moveBy(-1); });
    on("step.last", [this] {
        if (!m_document->inspector().continueToBreakpoint())
            m_document->moveTo(m_document->stepCount());
    });
    on("step.toNode", [this] { m_document->inspector().continueTo(m_document->selected()); });
    on("step.first", [this] { m_document->moveTo(0); });
    on("pass.next", [this] { m_document->moveToChangingPass(1); });
    on("pass.previous", [this] { m_document->moveToChangingPass(-1); });
    on("run.compare", [this] {
        showPanel(QStringLiteral("Values"));
        m_document->compare(1);
    });
    on("run.timed", [this] {
        showPanel(QStringLiteral("Timings"));
        m_document->compare(kTimedRepeats);
    });
    on("run.fuse", [this] { Runner::setFuses((*m_actions)["run.fuse"]->isChecked()); });
    on("run.replay", [this] { Runner::setReplays((*m_actions)["run.replay"]->isChecked()); });
    (*m_actions)["run.fuse"]->setChecked(Runner::fuses());
    (*m_actions)["run.replay"]->setChecked(Runner::replays());
    on("run.cancel", [this] { m_jobBar->cancelAll(); });
    on("view.fit", [this] { m_graphView->fit(); });
    on("view.fitAll", [this] { m_graphView->fitAll(); });
    on("view.zoomIn", [this] { m_graphView->zoomBy(kZoomStep); });
    on("view.zoomOut", [this] { m_graphView->zoomBy(1 / kZoomStep); });
    on("view.zoomReset", [this] { m_graphView->zoomBy(0); });
    on("view.overlay", [this] { m_graphView->setOverlay((*m_actions)["view.overlay"]->isChecked()); });
    on("view.graphviz", [this] { m_graphView->setGraphviz((*m_actions)["view.graphviz"]->isChecked()); });
    connectGraphActions();
    on("node.back", [this] { m_document->visitBack(); });
    on("node.forward", [this] { m_document->visitForward(); });
    for (int number = 1; number <= 9; ++number)
        on(("node.input" + std::to_string(number)).c_str(), [this, number] { selectInput(number); });
    on("help.keys", [this] {
        auto* sheet = new ShortcutSheet(m_actions, this);
        sheet->setAttribute(Qt::WA_DeleteOnClose);
        sheet->open();
    });
    on("help.about", [this] { about(); });
}

void MainWindow::connectGraphActions() {
    const auto on = [this](const char* id, auto then) { m_actions->on(id, then); };
    const auto checked = [this](const char* id) { return (*m_actions)[id]->isChecked(); };
    using Colour = GraphView::Colour;
    on("view.leftRight", [this, checked] { m_graphView->setLeftRight(checked("view.leftRight")); });
    on("view.minimap", [this, checked] { m_graphView->setMinimapShown(checked("view.minimap")); });
    on("view.wheelZooms", [this, checked] { m_graphView->setWheelZooms(checked("view.wheelZooms")); });
    on("view.colourChanges", [this] { m_graphView->setColour(Colour::Changes); });
    on("view.colourTime", [this] { m_graphView->setColour(Colour::Time); });
    on("view.colourError", [this] { m_graphView->setColour(Colour::Error); });
    on("view.colourScore", [this] { m_graphView->setColour(Colour::Score); });
    on("group.show", [this, checked] { m_graphView->setGroups(checked("group.show")); });
    on("group.repeats", [this, checked] { m_graphView->setRepeatsOnce(checked("group.repeats")); });
    on("group.sources", [this, checked] { m_graphView->setSourcesFolded(checked("group.sources")); });
    on("group.fold", [this] { m_graphView->toggleFold(m_document->selected()); });
    on("group.around", [this] { m_graphView->selectAround(); });
    on("group.foldAll", [this] { m_graphView->foldAll(); });
    on("group.unfoldAll", [this] { m_graphView->unfoldAll(); });
    on("part.hide", [this] { m_graphView->hideChosen(); });
    on("part.hideOthers", [this] { m_graphView->hideOthers(); });
    on("part.showAll", [this] { m_graphView->showAll(); });
    on("part.revealInputs", [this] { m_graphView->reveal(true); });
    on("part.revealUsers", [this] { m_graphView->reveal(false); });
    on("part.extract1", [this] { m_graphView->extract(1); });
    on("part.extract3", [this] { m_graphView->extract(3); });
    on("part.extractN", [this] {
        bool ok = false;
        const int edges =
            QInputDialog::getInt(this, tr("Extract"), tr("Edges around the selected nodes:"), 5, 1, 1000, 1, &ok);
        if (ok)
            m_graphView->extract(edges);
    });
    on("part.path", [this] { m_graphView->pickPath(); });
    connect(m_graphView, &GraphView::nodeOpened, this, [this] { showPanel(QStringLiteral("Node")); });
    connect(m_graphView, &GraphView::pictureChanged, this, &MainWindow::updateActions);
    connect(m_document, &Document::pickedChanged, this, &MainWindow::updateActions);
    connect(m_document, &Document::selectionChanged, this, &MainWindow::updateActions);
}

void MainWindow::updateGraphActions(bool open) {
    const auto enable = [this](const char* id, bool on) { (*m_actions)[id]->setEnabled(on); };
    const auto check = [this](const char* id, bool on) { (*m_actions)[id]->setChecked(on); };
    const size_t chosen = m_document->chosen().size();
    for (const char* id :
         {"view.leftRight", "group.show", "group.repeats", "group.sources", "group.foldAll", "group.unfoldAll",
          "view.colourChanges", "view.colourTime", "view.colourError", "view.colourScore"})
        enable(id, open);
    for (const char* id : {"part.hide", "part.hideOthers", "part.extract1", "part.extract3", "part.extractN"})
        enable(id, open && chosen > 0);
    for (const char* id : {"part.revealInputs", "part.revealUsers"})
        enable(id, open && chosen > 0 && m_graphView->hidesSomething());
    enable("group.fold", open && chosen > 0 && m_graphView->groups());
    enable("group.around", open && chosen > 0 && m_graphView->groups());
    enable("part.path", open && chosen == 2);
    enable("part.showAll", open && m_graphView->hidesSomething());
    check("view.minimap", m_graphView->minimapShown());
    check("view.wheelZooms", m_graphView->wheelZooms());
    check("view.leftRight", m_graphView->leftRight());
    check("group.show", m_graphView->groups());
    check("group.repeats", m_graphView->repeatsOnce());
    check("group.sources", m_graphView->sourcesFolded());
    check("view.colourChanges", m_graphView->colour() == GraphView::Colour::Changes);
    check("view.colourTime", m_graphView->colour() == GraphView::Colour::Time);
    check("view.colourScore", m_graphView->colour() == GraphView::Colour::Score);
    check("view.colourError", m_graphView->colour() == GraphView::Colour::Error);
}

void MainWindow::chooseFile() {
    const QStringList paths =
        QFileDialog::getOpenFileNames(this, tr("Open"), {}, tr("Graphs (*.pt2 *.py *.txt *.json);;All files (*)"));
    for (const QString& path : paths)
        open(path);
}

void MainWindow::chooseFolder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open Folder"));
    if (!path.isEmpty())
        open(path);
}

void MainWindow::choosePatternFolder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder with Pattern Files"));
    if (!path.isEmpty())
        m_document->setPatterns(path);
}

void MainWindow::choosePatternFile() {
    const QString path = QFileDialog::getOpenFileName(this, tr("Pattern File"), {}, tr("Pattern files (*.py)"));
    if (!path.isEmpty())
        m_document->setPatterns(path);
}

void MainWindow::choosePicture() {
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Save Picture"), {}, tr("PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"));
    if (!path.isEmpty())
        savePicture(path);
}

void MainWindow::savePicture(const QString& path) {
    m_document->jobs().start(
        QStringLiteral("picture"), tr("Writing %1").arg(QFileInfo(path).fileName()),
        [picture = m_graphView->picture(), path](const Cancel& cancel) -> Result<double> {
            FX_TRY(const Done written, writePicture(picture, path, cancel));
            (void)written;
            return path.endsWith(QStringLiteral(".png"), Qt::CaseInsensitive) ? picture.imageScale() : 1;
        },
        this, [this, path](double scale) { sayWritten(path, scale); });
}

/// `scale`: of an image that would be too large otherwise.
void MainWindow::sayWritten(const QString& path, double scale) {
    if (scale < 1)
        m_document->report({"the image is drawn at " + std::to_string(qRound(100 * scale)) + " % of its size",
                            path.toStdString(), "SVG and PDF keep every detail", Severity::Note});
    m_document->report({"written: " + path.toStdString(), {}, {}, Severity::Note});
    statusBar()->showMessage(tr("Written to %1").arg(path), kWrittenMs);
}

void MainWindow::exportGraph() {
    auto* dialog = new ExportDialog(m_document, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::written, this, [this](const QString& path) { sayWritten(path); });
    dialog->open();
}

void MainWindow::selectInput(int number) {
    const NodeId node = m_document->selected();
    std::vector<NodeId> inputs;
    if (const auto graph = m_document->versionWith(node))
        inputs = graph->inputs(node); // also what the picture does not show
    else if (isGroup(node))
        inputs = m_graphView->afterCanvas()->inputs(node);
    if (static_cast<size_t>(number) <= inputs.size())
        m_document->select(inputs[static_cast<size_t>(number - 1)]);
}

void MainWindow::about() {
    QMessageBox::about(
        this, tr("About fxscope"),
        tr("<h3>fxscope %1</h3><p>FX graphs before and after each pass: every rewrite, why it matched or did not, "
           "and whether the values stay the same.</p><p>BSD 3-Clause licence. Made with Qt %2.</p>")
            .arg(QApplication::applicationVersion(), QString::fromLatin1(qVersion())));
}

} // namespace fxscope
