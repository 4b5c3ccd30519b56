// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/main_window.h"

#include "app/docks/graph_view.h"
#include "app/docks/log_dock.h"
#include "app/docks/node_dock.h"
#include "app/docks/passes_dock.h"
#include "app/docks/patterns_dock.h"
#include "app/docks/set_chooser.h"
#include "app/docks/source_dock.h"
#include "app/docks/timings_dock.h"
#include "app/docks/values_dock.h"
#include "app/docks/why_dock.h"
#include "app/document/document.h"
#include "app/models/format.h"
#include "app/shell/clipboard.h"
#include "app/shell/error_bar.h"
#include "app/shell/job_bar.h"
#include "app/shell/welcome_page.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QScrollArea>
#include <QSettings>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace fxscope {
namespace {

enum Area { Left, Right, RightBelow, Bottom };
constexpr int kHaltedMs = 15'000;
constexpr int kLayoutVersion = 1; ///< of the saved dock layout; another number: forget it

Qt::DockWidgetArea qtArea(int area) {
    return area == Left ? Qt::LeftDockWidgetArea : area == Bottom ? Qt::BottomDockWidgetArea : Qt::RightDockWidgetArea;
}

} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent), m_document(new Document(this)), m_actions(new Actions(this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    qApp->installEventFilter(this);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    makeCentre();
    makeDocks();
    makeToolBar();
    makeMenus();
    m_status = new QLabel;
    m_jobBar = new JobBar(m_document);
    statusBar()->addWidget(m_status, 1);
    statusBar()->addPermanentWidget(m_jobBar);
    makePanelButtons();
    connectActions();
    connect(m_document, &Document::problem, m_errorBar, &ErrorBar::show);
    connect(m_document, &Document::begun, m_errorBar, &ErrorBar::clear);
    connect(m_document, &Document::filesChanged, this, &MainWindow::updateGraphChooser);
    connect(m_document, &Document::graphChanged, this, &MainWindow::updateTitle);
    connect(m_document, &Document::traceChanged, this, &MainWindow::updateActions);
    connect(m_document, &Document::stepChanged, this, &MainWindow::updateActions);
    connect(&m_document->runner(), &Runner::changed, this, &MainWindow::updateActions);
    const PatternInspector& inspector = m_document->inspector();
    for (const auto signal : {&PatternInspector::setChanged, &PatternInspector::patternChanged,
                              &PatternInspector::candidatesChanged, &PatternInspector::breakpointsChanged})
        connect(&inspector, signal, this, &MainWindow::updateActions);
    connect(&inspector, &PatternInspector::sourceWanted, this, [this] { showPanel(QStringLiteral("Pattern Source")); });
    connect(&inspector, &PatternInspector::halted, this,
            [this](const QString& where) { statusBar()->showMessage(m_halted = where, kHaltedMs); });
    connect(m_document, &Document::stepChanged, this, [this] {
        if (statusBar()->currentMessage() == m_halted)
            statusBar()->clearMessage(); // it spoke of another step
    });
    connect(m_document, &Document::selectionChanged, this, &MainWindow::updateBreakpointAction);
    connect(qApp, &QApplication::focusChanged, this, &MainWindow::updateBreakpointAction);
    connect(m_errorBar, &ErrorBar::logWanted, this, [this] { showPanel(QStringLiteral("Log")); });
    restoreLayout();
    updateTitle();
    updateActions();
}

MainWindow::~MainWindow() { disconnect(qApp, nullptr, this, nullptr); } // the focus still moves while docks die

void MainWindow::open(const QString& path) { m_document->open(path); }

// --- parts

void MainWindow::makeCentre() {
    m_errorBar = new ErrorBar;
    m_pages = new QStackedWidget;
    m_welcome = new WelcomePage;
    m_graphView = new GraphView(m_document);
    auto* welcome = new QScrollArea; // a small window scrolls it
    welcome->setAccessibleName(tr("Welcome"));
    welcome->setWidgetResizable(true);
    welcome->setFrameShape(QFrame::NoFrame);
    welcome->setWidget(m_welcome);
    m_pages->addWidget(welcome);
    m_pages->addWidget(m_graphView);
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_errorBar);
    column->addWidget(m_pages, 1);
    setCentralWidget(centre);
    connect(m_welcome, &WelcomePage::openWanted, this, &MainWindow::chooseFile);
    connect(m_welcome, &WelcomePage::fileWanted, this, &MainWindow::open);
    connect(m_welcome, &WelcomePage::sampleWanted, m_document, &Document::openSample);
    connect(m_graphView, &GraphView::contextMenuWanted, this, &MainWindow::nodeMenu);
    // The first R should not wait for a process to start, and the list of devices is the worker's to tell.
    connect(
        m_graphView, &GraphView::firstPicture, this, [this] { m_document->runner().worker().start(); },
        static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
}

void MainWindow::makeDocks() {
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
#define DOCK(Class, title, area) addDock(new Class(m_document), title, area);
#include "app/shell/all_docks.def"
#undef DOCK
}

void MainWindow::addDock(QWidget* content, const char* title, int area) {
    auto* dock = new QDockWidget(QString::fromUtf8(title));
    dock->setObjectName(QStringLiteral("dock:") + QString::fromUtf8(title));
    dock->setWidget(content);
    const auto [first, isFirst] = m_firstOfArea.emplace(area, dock);
    if (isFirst) {
        addDockWidget(qtArea(area), dock);
    } else {
        tabifyDockWidget(first->second, dock);
        first->second->raise();
    }
    m_docks[QString::fromUtf8(title)] = dock;
    if (area == Bottom)
        m_bottom.push_back(dock);
}

/// The panels below are closed until somebody asks for one: they are empty until then, and the graph needs the room.
void MainWindow::makePanelButtons() {
    for (QDockWidget* dock : m_bottom) {
        auto* button = new QToolButton;
        button->setObjectName(QStringLiteral("panel:") + dock->windowTitle());
        button->setText(dock->windowTitle());
        button->setToolTip(tr("Show or hide %1").arg(dock->windowTitle()));
        button->setCheckable(true);
        button->setAutoRaise(true);
        connect(dock, &QDockWidget::visibilityChanged, button, &QToolButton::setChecked);
        connect(button, &QToolButton::clicked, this,
                [this, dock](bool on) { on ? showPanel(dock->windowTitle()) : dock->hide(); });
        statusBar()->addPermanentWidget(button);
    }
}

void MainWindow::makeToolBar() {
    m_toolBar = addToolBar(tr("Tools"));
    m_toolBar->setObjectName(QStringLiteral("toolBar"));
    m_toolBar->setMovable(false);
    m_graphChooser = new QComboBox;
    m_graphChooser->setObjectName(QStringLiteral("graphChooser"));
    m_graphChooser->setAccessibleName(tr("Graph on show"));
    m_graphChooser->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_graphChooser->setMinimumWidth(220);
    m_deviceChooser = new QComboBox;
    m_deviceChooser->setObjectName(QStringLiteral("deviceChooser"));
    m_deviceChooser->setAccessibleName(tr("Device to run on"));
    m_deviceChooser->addItems(m_document->runner().devices());
    const auto add = [this](const char* id, const char* text) {
        QAction* action = (*m_actions)[id];
        action->setIconText(QString::fromUtf8(text));
        m_toolBar->addAction(action);
    };
    auto* sets = new SetChooser(m_document);
    connect(sets, &SetChooser::fileWanted, this, &MainWindow::choosePatternFile);
    connect(sets, &SetChooser::folderWanted, this, &MainWindow::choosePatternFolder);
    add("file.open", "Open");
    m_toolBar->addWidget(m_graphChooser);
    m_toolBar->addWidget(sets);
    m_toolBar->addSeparator();
    add("step.first", "|◀");
    add("step.previous", "◀");
    add("step.next", "▶");
    add("step.last", "▶|");
    m_toolBar->addSeparator();
    add("run.compare", "Run");
    m_toolBar->addWidget(m_deviceChooser);
    m_toolBar->addSeparator();
    add("group.show", "Modules");
    add("view.overlay", "Overlay");
    add("view.fit", "Fit");
    add("edit.find", "Find");
    connect(m_graphChooser, &QComboBox::activated, this, [this](int row) {
        const QPoint which = m_graphChooser->itemData(row).toPoint();
        m_document->showEntry(which.x(), which.y(), this);
    });
    connect(m_deviceChooser, &QComboBox::currentTextChanged, this,
            [this](const QString& device) { m_document->runner().setDevice(device); });
    connect(&m_document->runner(), &Runner::devicesChanged, this, [this] {
        const QString chosen = m_document->runner().device();
        m_deviceChooser->clear();
        m_deviceChooser->addItems(m_document->runner().devices());
        m_deviceChooser->setCurrentText(chosen);
    });
}

// --- layout and theme

void MainWindow::restoreLayout() {
    const QSettings settings;
    resize(1280, 800);
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    m_hasOwnLayout = restoreState(settings.value(QStringLiteral("window/state")).toByteArray(), kLayoutVersion);
    m_bottomSized = m_hasOwnLayout;
    for (QDockWidget* dock : m_bottom)
        if (!m_hasOwnLayout)
            dock->hide();
    const QString text = settings.value(QStringLiteral("window/font")).toString();
    if (QFont font; !text.isEmpty() && font.fromString(text))
        QApplication::setFont(font);
    useTheme(themeOfKey(settings.value(QStringLiteral("window/theme")).toString()));
}

void MainWindow::saveLayout() {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    if (m_hasOwnLayout) // else the docks were never seen
        settings.setValue(QStringLiteral("window/state"), m_docksHidden ? m_dockState : saveState(kLayoutVersion));
}

/// The welcome page has the window to itself; the docks come back where they were.
void MainWindow::showDocks(bool shown) {
    if (shown != m_docksHidden)
        return;
    m_docksHidden = !shown;
    if (shown) {
        restoreState(m_dockState, kLayoutVersion);
        if (!std::exchange(m_hasOwnLayout, true)) {
            const int left = std::clamp(width() * 3 / 13, 280, 420), right = std::clamp(width() * 3 / 13, 280, 460);
            resizeDocks({m_docks[QStringLiteral("Passes")], m_docks[QStringLiteral("Node")]}, {left, right},
                        Qt::Horizontal);
            resizeDocks({m_docks[QStringLiteral("Node")], m_docks[QStringLiteral("Why")]},
                        {height() * 2 / 5, height() * 3 / 5}, Qt::Vertical);
        }
        return;
    }
    m_dockState = saveState(kLayoutVersion);
    for (const auto& [title, dock] : m_docks)
        dock->hide();
}

void MainWindow::useFont(const QFont& font) {
    QSettings().setValue(QStringLiteral("window/font"), font.toString());
    QApplication::setFont(font);
}

void MainWindow::useTheme(Theme theme) {
    QSettings().setValue(QStringLiteral("window/theme"), themeKey(theme));
    applyTheme(theme);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveLayout();
    m_document->jobs().cancelAll();
    QMainWindow::closeEvent(event);
}

// --- following the document

void MainWindow::updateTitle() {
    const OpenFile* file = m_document->file();
    setWindowTitle(file ? tr("%1 - fxscope").arg(file->title) : QStringLiteral("fxscope"));
    m_pages->setCurrentIndex(file ? 1 : 0);
    if (file) // in a turn of its own: to lay them out and paint them takes as long as to paint the page
        QTimer::singleShot(0, this, [this] { showDocks(m_document->file() != nullptr); });
    else
        showDocks(false);
    if (!file)
        m_welcome->refreshRecent();
    else if (m_pages->isVisible())
        m_graphView->setFocus();
    updateGraphChooser();
    updateActions();
}

void MainWindow::updateGraphChooser() {
    const QSignalBlocker quiet(m_graphChooser);
    m_graphChooser->clear();
    const auto& files = m_document->files();
    for (size_t file = 0; file < files.size(); ++file)
        for (size_t entry = 0; entry < files[file].capture.graphs.size(); ++entry) {
            const QString id = qs(files[file].capture.graphs[entry].id);
            const bool only = files[file].capture.graphs.size() == 1;
            const QPoint which(static_cast<int>(file), static_cast<int>(entry));
            m_graphChooser->addItem(only ? files[file].title : files[file].title + QStringLiteral("  ·  ") + id, which);
            if (which == QPoint(m_document->currentFile(), m_document->currentEntry()))
                m_graphChooser->setCurrentIndex(m_graphChooser->count() - 1);
        }
    m_graphChooser->setEnabled(m_graphChooser->count() > 0);
    if (m_graphChooser->count() == 0)
        m_graphChooser->setPlaceholderText(tr("no graph open"));
}

void MainWindow::updateActions() {
    const bool open = m_document->entry() != nullptr, running = m_document->runner().isRunning();
    for (const char* id : {"file.reload", "file.close", "file.export", "file.savePicture", "edit.find", "passes.run",
                           "view.fit", "view.fitAll", "view.overlay"})
        (*m_actions)[id]->setEnabled(open);
    (*m_actions)["step.next"]->setEnabled(m_document->shownTo() < m_document->stepCount());
    (*m_actions)["step.last"]->setEnabled(m_document->stepCount() > 0);
    (*m_actions)["step.previous"]->setEnabled(m_document->shownTo() > 0);
    (*m_actions)["step.first"]->setEnabled(m_document->shownTo() > 0);
    (*m_actions)["run.compare"]->setEnabled(open && !running);
    (*m_actions)["run.timed"]->setEnabled(open && !running);
    const PatternInspector& inspector = m_document->inspector();
    for (const char* id : {"patterns.source", "match.into", "match.out"})
        (*m_actions)[id]->setEnabled(open && inspector.entry());
    updateBreakpointAction();
    (*m_actions)["view.graphviz"]->setEnabled(m_graphView->canUseGraphviz());
    updateGraphActions(open);
    if (!open)
        return m_status->clear();
    const QString nodes = nodesText(static_cast<qsizetype>(m_document->after()->size()));
    m_status->setText(QStringLiteral("%1   ·   %2").arg(formText(m_document->file()->capture.form), nodes));
}

void MainWindow::showPanel(const QString& title) {
    QDockWidget* dock = m_docks[title];
    const bool below = std::find(m_bottom.begin(), m_bottom.end(), dock) != m_bottom.end();
    dock->show();
    if (below && !std::exchange(m_bottomSized, true))
        resizeDocks({dock}, {std::clamp(height() / 5, 140, 320)}, Qt::Vertical);
    dock->raise();
}

// --- breakpoints: on the pattern where a list of patterns has the focus, else on the selected node

bool MainWindow::isBreakpointOnNode() const {
    const QWidget* focus = focusWidget();
    for (const char* title : {"Patterns", "Pattern Source"})
        if (const QDockWidget* dock = m_docks.at(QString::fromUtf8(title)); focus && dock->isAncestorOf(focus))
            return false;
    return m_document->versionWith(m_document->selected()) != nullptr;
}

void MainWindow::toggleBreakpoint() {
    PatternInspector& inspector = m_document->inspector();
    if (isBreakpointOnNode())
        inspector.toggleBreakpoint(m_document->selected());
    else
        inspector.toggleBreakpoint(inspector.pattern());
}

void MainWindow::updateBreakpointAction() {
    const PatternInspector& inspector = m_document->inspector();
    const bool open = m_document->entry() != nullptr, onNode = open && isBreakpointOnNode();
    QAction* halt = (*m_actions)["patterns.halt"];
    const QString what = !onNode ? inspector.pattern() : inspector.nameOf(m_document->selected());
    halt->setEnabled(open && (onNode || inspector.entry()));
    halt->setText(halt->isEnabled() ? tr("&Breakpoint on %1").arg(what) : tr("&Breakpoint"));
    halt->setChecked(halt->isEnabled() && (onNode ? inspector.hasBreakpoint(m_document->selected())
                                                  : inspector.hasBreakpoint(inspector.pattern())));
    (*m_actions)["patterns.haltNone"]->setEnabled(open && inspector.hasBreakpoints());
    (*m_actions)["step.toNode"]->setEnabled(open && m_document->versionWith(m_document->selected()) &&
                                            m_document->shownTo() < m_document->stepCount());
}

// --- drag and drop, clipboard, context menu

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            open(url.toLocalFile());
    event->acceptProposedAction();
}

/// Space presses the button that has the focus; elsewhere it is a shortcut.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ShortcutOverride)
        return QMainWindow::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool isControl = qobject_cast<QAbstractButton*>(watched) || qobject_cast<QComboBox*>(watched);
    if (!isControl || key->key() != Qt::Key_Space || key->modifiers() != Qt::NoModifier)
        return QMainWindow::eventFilter(watched, event);
    event->accept();
    return true;
}

void MainWindow::copy() { copyToClipboard(*m_document, focusWidget()); }

void MainWindow::nodeMenu(NodeId node, QPoint position) {
    QMenu menu;
    const auto chosen = m_document->chosen();
    if (node.valid() && std::find(chosen.begin(), chosen.end(), node) == chosen.end())
        m_document->select(node); // a click on one of several leaves them selected
    if (m_document->versionWith(node)) {
        menu.addAction((*m_actions)["edit.copy"]);
        menu.addAction(tr("Why Not Here?"), this, [this] { showPanel(QStringLiteral("Why")); });
        menu.addAction((*m_actions)["step.toNode"]);
        QAction* halt =
            menu.addAction(tr("Breakpoint"), this, [this, node] { m_document->inspector().toggleBreakpoint(node); });
        halt->setCheckable(true);
        halt->setChecked(m_document->inspector().hasBreakpoint(node));
        menu.addSeparator();
    }
    if (isGroup(node))
        menu.addAction((*m_actions)["group.fold"]);
    if (!m_document->chosen().empty()) {
        for (const char* id : {"part.revealInputs", "part.revealUsers", "part.extract1", "part.extract3",
                               "part.extractN", "part.path", "part.hide", "part.hideOthers"})
            menu.addAction((*m_actions)[id]);
    }
    menu.addAction((*m_actions)["part.showAll"]);
    menu.addSeparator();
    menu.addAction((*m_actions)["group.show"]);
    menu.addAction((*m_actions)["group.repeats"]);
    menu.addAction((*m_actions)["group.sources"]);
    menu.addSeparator();
    menu.addAction((*m_actions)["view.fit"]);
    menu.addAction((*m_actions)["view.fitAll"]);
    menu.addAction((*m_actions)["view.overlay"]);
    menu.exec(position);
}

} // namespace fxscope
