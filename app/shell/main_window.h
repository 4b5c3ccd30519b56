// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/shell/actions.h"
#include "app/shell/theme.h"
#include "core/graph/argument.h"

#include <QMainWindow>

#include <map>

class QComboBox;
class QDockWidget;
class QLabel;
class QStackedWidget;
class QToolBar;

namespace fxscope {

class Document;
class ErrorBar;
class GraphView;
class JobBar;
class WelcomePage;

/// The window: menus, docks and the graph in the middle around one Document.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    Document* document() const { return m_document; }
    GraphView* graphView() const { return m_graphView; }
    ErrorBar* errorBar() const { return m_errorBar; }
    Actions* actions() const { return m_actions; }
    void open(const QString& path);
    void useTheme(Theme theme); ///< kept in the settings
    /// Writes the picture of the graph on show, in a job; the ending chooses PNG, SVG or PDF.
    void savePicture(const QString& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeCentre();
    void makeDocks();
    void addDock(QWidget* content, const char* title, int area);
    void makeToolBar();
    void restoreLayout();
    void saveLayout();
    void showDocks(bool shown);
    void updateTitle();
    void updateGraphChooser();
    void updateActions();
    void updateBreakpointAction();
    void showPanel(const QString& title);
    void makePanelButtons();
    bool isBreakpointOnNode() const;
    void toggleBreakpoint();
    void copy();
    void nodeMenu(NodeId node, QPoint position);

    // menus.cpp
    void makeMenus();
    void fillRecentMenu(QMenu* menu);
    void fillPassesMenu(QMenu* menu);
    void fillViewMenu(QMenu* menu);
    void fillSetMenu(QMenu* menu);
    void fillRunMenu(QMenu* menu);
    void connectActions();
    void connectGraphActions();
    void updateGraphActions(bool open);
    void chooseFile();
    void chooseFolder();
    void choosePatternFile();
    void choosePatternFolder();
    void choosePicture();
    void exportGraph();
    void sayWritten(const QString& path, double scale = 1);
    void useFont(const QFont& font);
    void selectInput(int number);
    void about();

    Document* m_document;
    Actions* m_actions;
    QStackedWidget* m_pages = nullptr;
    WelcomePage* m_welcome = nullptr;
    GraphView* m_graphView = nullptr;
    ErrorBar* m_errorBar = nullptr;
    JobBar* m_jobBar = nullptr;
    QToolBar* m_toolBar = nullptr;
    QComboBox *m_graphChooser = nullptr, *m_deviceChooser = nullptr;
    QLabel* m_status = nullptr;
    QByteArray m_dockState; ///< while they are hidden
    QString m_halted;       ///< where a run halted, as the status bar says it
    bool m_docksHidden = false;
    bool m_bottomSized = false;  ///< the height of the docks below was chosen, once the first of them was asked for
    bool m_hasOwnLayout = false; ///< the user's, from the settings; else sizes are chosen when docks first appear
    std::map<int, QDockWidget*> m_firstOfArea;
    std::vector<QDockWidget*> m_bottom;
    std::map<QString, QDockWidget*> m_docks; ///< by title
};

} // namespace fxscope
