// SPDX-License-Identifier: BSD-3-Clause
// Drives the real window as a user does: open, step, back, find, run, compare, export, bad files. A picture of each
// stage stays in the build folder under pictures/.
#include "app/docks/find_bar.h"
#include "app/docks/step_bar.h"
#include "app/docks/step_marks.h"
#include "app/models/format.h"
#include "app/models/passes_model.h"
#include "app/shell/error_bar.h"
#include "app/shell/export_dialog.h"
#include "app/shell/shortcut_sheet.h"
#include "tests/app/gate_pattern.h"
#include "tests/app/main_window_fixture.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QStatusBar>
#include <QTabBar>
#include <QTableView>
#include <QTextBrowser>
#include <QTreeView>

#include <algorithm>

using namespace fxscope;

class TstWindow : public QObject, MainWindowFixture {
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(prepare()); }
    void init() { QVERIFY(openWindow()); }
    void cleanup() { m_window.reset(); }

    void welcomeOffersSamples();
    void sampleShowsItsFirstRewrite();
    void keysStep();
    void passesPanelFollowsAndLeads();
    void nodePanelFollowsLinks();
    void findCountsAndWalks();
    void changedArgumentsAreNamed();
    void spacePressesAButton();
    void overlayIsOneCanvas();
    void runComparesValues();
    void deadWorkerLosesNothing();
    void exportWritesTheResult();
    void badFileShowsInTheBar();
    void dropOpens();
    void copyPutsTheStepOnTheClipboard();
    void sheetListsEveryKey();
    void themesChangeThePalette();
    void setIsChosen();
    void whyComparesPartByPart();
    void candidatesLeadAndCarryBadges();
    void matcherIsEntered();
    void switchesSayWhatWouldMatch();
    void breakpointHaltsTheRun();
    void nodeBreakpointHaltsTheRun();
    void badgesCarrySigns();
    void emptyPanelsLeaveTheirRoom();
    void statusNamesTheForm();
    void whyOffersTheNearest();
    void earlierErrorsLeadToTheLog();
    void droppedPatternFileIsUsed();
    void droppedPatternsAreUsed();
    void unsoundStepCarriesItsCaveats();
    void asWrittenSaysItHasNoTree();
    void everyControlHasAName();
    void mnemonicsDiffer();
    void closingGoesBackToWelcome();

private:
    bool chooseSet(const QString& name);
    bool openGate();
    void drop(const QString& path);
    void showTab(const QString& title);
    QModelIndex rowOf(QTreeView* view, const QString& text, const QModelIndex& parent = {});
};

void TstWindow::welcomeOffersSamples() {
    picture(QStringLiteral("01-welcome"));
    QCOMPARE(m_window->windowTitle(), QStringLiteral("fxscope"));
    const QString name = sampleNamed(QStringLiteral("gather"));
    auto* button = m_window->findChild<QAbstractButton*>(QStringLiteral("sample:") + name);
    QVERIFY(button && button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY(document().trace());
    QVERIFY(m_window->windowTitle().startsWith(name));
    QVERIFY(m_window->graphView()->isVisible());
}

void TstWindow::sampleShowsItsFirstRewrite() {
    QVERIFY(openSample(QStringLiteral("add_into")));
    picture(QStringLiteral("02-sample"));
    QCOMPARE(document().currentStep(), 0);
    QVERIFY(m_window->graphView()->beforeCanvas()->isVisible());
    QVERIFY(m_window->graphView()->stepBar()->text().contains(QStringLiteral("randperm_index_add")));
    QCOMPARE(m_window->graphView()->afterCanvas()->selected(), document().selected());
}

void TstWindow::keysStep() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    const int steps = static_cast<int>(document().stepCount());
    QVERIFY(steps >= 4);
    key(Qt::Key_F10);
    QCOMPARE(document().currentStep(), 1);
    key(Qt::Key_Right, Qt::ControlModifier);
    QCOMPARE(document().currentStep(), 2);
    picture(QStringLiteral("03-step"));
    key(Qt::Key_Left, Qt::ControlModifier);
    QCOMPARE(document().currentStep(), 1);
    key(Qt::Key_F10, Qt::ShiftModifier);
    QCOMPARE(document().currentStep(), 0);
    key(Qt::Key_F5);
    QCOMPARE(document().currentStep(), steps - 1);
    QVERIFY(!(*m_window->actions())["step.next"]->isEnabled());
    key(Qt::Key_F5, Qt::ShiftModifier);
    QCOMPARE(document().shownTo(), size_t{0});
    QVERIFY(!m_window->graphView()->beforeCanvas()->isVisible()); // the start has no pair
    picture(QStringLiteral("04-start"));
    key(Qt::Key_F);
    QCOMPARE(document().currentStep(), 0);
    key(Qt::Key_F);
    QVERIFY(document().currentStep() > 0);
    key(Qt::Key_F, Qt::ShiftModifier);
    QCOMPARE(document().currentStep(), 0);
}

void TstWindow::passesPanelFollowsAndLeads() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    auto* view = child<QTreeView>("passesView");
    QVERIFY(view);
    key(Qt::Key_F10);
    QCOMPARE(view->currentIndex().data().toInt(), 2);
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Up);
    QCOMPARE(document().currentStep(), 0);
    QTest::keyClick(view, Qt::Key_Up);
    QCOMPARE(document().currentStep(), -1); // the pass as a whole
    QCOMPARE(document().shownFrom(), size_t{0});
    QVERIFY(document().shownTo() >= 2);
    picture(QStringLiteral("05-pass"));
}

void TstWindow::nodePanelFollowsLinks() {
    QVERIFY(openSample(QStringLiteral("gather")));
    auto* panel = child<QTextBrowser>("nodeDock");
    QVERIFY(panel);
    const NodeId root = document().trace()->steps[0].match.root;
    document().select(root);
    QVERIFY(panel->toPlainText().contains(QStringLiteral("torch.ops.aten._unsafe_index.Tensor")));
    const NodeId input = document().after()->inputs(root)[0];
    emit panel->anchorClicked(QUrl(QStringLiteral("node:%1").arg(input.index)));
    QCOMPARE(document().selected(), input);
    QCOMPARE(m_window->graphView()->afterCanvas()->selected(), input);
    key(Qt::Key_Backspace);
    QCOMPARE(document().selected(), root);
    key(Qt::Key_1);
    QCOMPARE(document().selected(), input);
}

void TstWindow::findCountsAndWalks() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    key(Qt::Key_F, Qt::ControlModifier);
    auto* text = child<QLineEdit>("findText");
    auto* count = child<QLabel>("findCount");
    QVERIFY(text && text->isVisible() && text->hasFocus());
    const NodeId from = document().selected();
    QTest::keyClicks(text, QStringLiteral("op:index"));
    QTest::keyClick(text, Qt::Key_Return); // at once: waits for the hits of what was typed
    QTRY_VERIFY(document().hits().size() >= 2 && document().jobs().isIdle());
    // The first hit, or the one behind the selected node if that is a hit itself.
    const std::vector<NodeId> hits = document().hits();
    const auto at = std::find(hits.begin(), hits.end(), from);
    const size_t wanted = at == hits.end() ? 0 : static_cast<size_t>(at - hits.begin() + 1) % hits.size();
    QCOMPARE(document().selected(), hits[wanted]);
    QVERIFY2(count->text().startsWith(QStringLiteral("%1 of ").arg(wanted + 1)), qPrintable(count->text()));
    QTest::keyClick(text, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(document().selected(), hits[(wanted + hits.size() - 1) % hits.size()]);
    picture(QStringLiteral("06-find"));
    const int step = document().currentStep();
    QTest::keyClick(text, Qt::Key_Right, Qt::ControlModifier); // steps from anywhere
    QCOMPARE(document().currentStep(), step + 1);
    QTest::keyClick(text, Qt::Key_Escape);
    QVERIFY(!text->isVisible());
    QVERIFY(document().hits().empty());
}

void TstWindow::changedArgumentsAreNamed() {
    QVERIFY(openSample(QStringLiteral("numpy")));
    QVERIFY2(m_window->graphView()->stepBar()->text().contains(QStringLiteral("axis=1 → dim=1")),
             qPrintable(m_window->graphView()->stepBar()->text()));
    QVERIFY(child<QTextBrowser>("nodeDock")->toPlainText().contains(QStringLiteral("was axis=1")));
    document().showPass(0); // has nothing to rewrite
    QVERIFY(
        m_window->graphView()->stepBar()->text().contains(QStringLiteral("nothing to rewrite; the graph as it was")));
}

void TstWindow::spacePressesAButton() {
    auto* button =
        m_window->findChild<QAbstractButton*>(QStringLiteral("sample:") + sampleNamed(QStringLiteral("gather")));
    button->setFocus();
    QTest::keyClick(button, Qt::Key_Space);
    QTRY_VERIFY(document().trace());
}

void TstWindow::overlayIsOneCanvas() {
    QVERIFY(openSample(QStringLiteral("add_into")));
    key(Qt::Key_D, Qt::ControlModifier);
    QVERIFY(!m_window->graphView()->beforeCanvas()->isVisible());
    picture(QStringLiteral("07-overlay"));
    key(Qt::Key_D, Qt::ControlModifier);
    QVERIFY(m_window->graphView()->beforeCanvas()->isVisible());
}

void TstWindow::runComparesValues() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    QVERIFY(compareAndWait());
    QVERIFY(document().comparison()->equal);
    auto* values = child<QTableView>("valuesView");
    QVERIFY(values && values->model()->rowCount() > 10);
    picture(QStringLiteral("08-values"));
    values->selectRow(3);
    QCOMPARE(document().selected().index, values->currentIndex().data(Qt::UserRole + 1).toUInt());
    key(Qt::Key_R, Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(!document().runner().isRunning(), 60000);
    auto* timings = child<QTableView>("timingsView");
    QVERIFY(timings && timings->isVisible() && timings->model()->rowCount() > 10);
    picture(QStringLiteral("09-timings"));
    document().runPasses(); // another trace: the old figures say nothing about it
    QTRY_COMPARE(values->model()->rowCount(), 0);
}

void TstWindow::deadWorkerLosesNothing() {
    QVERIFY(openSample(QStringLiteral("gather")));
    WorkerClient& worker = document().runner().worker();
    QVERIFY(compareAndWait());
    QSignalSpy died(&worker, &WorkerClient::died);
    const auto trace = document().trace();
    const qint64 first = worker.processId();
    QVERIFY(first > 0);
    QCOMPARE(QProcess::execute(QStringLiteral("kill"), {QStringLiteral("-9"), QString::number(first)}), 0);
    QTRY_COMPARE(died.count(), 1);
    QCOMPARE(document().trace(), trace);
    QTRY_VERIFY(worker.processId() > 0 && worker.processId() != first); // a new one stands ready
    QVERIFY(!document().runner().isRunning());
    key(Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(!document().runner().isRunning(), 60000);
    QVERIFY(document().comparison()->equal);
}

void TstWindow::exportWritesTheResult() {
    QVERIFY(openSample(QStringLiteral("gather")));
    (*m_window->actions())["file.export"]->trigger();
    auto* dialog = child<ExportDialog>("exportDialog");
    QVERIFY(dialog && dialog->isVisible());
    dialog->setPath(m_folder.filePath(QStringLiteral("no/such/folder/out.py")));
    dialog->accept();
    QTRY_VERIFY(!dialog->problem().isEmpty());
    QVERIFY(dialog->isVisible()); // says why and stays
    const QString path = m_folder.filePath(QStringLiteral("out.py"));
    QFile older(path);
    QVERIFY(older.open(QFile::WriteOnly) && older.write("mine") == 4);
    older.close();
    dialog->setPath(path);
    QVERIFY(dialog->problem().isEmpty());
    dialog->accept();
    QVERIFY(dialog->isVisible()); // asks first
    QVERIFY(dialog->problem().contains(QStringLiteral("out.py exists")));
    QCOMPARE(QFileInfo(path).size(), 4);
    dialog->accept();
    QTRY_COMPARE(m_window->statusBar()->currentMessage(), QStringLiteral("Written to ") + path);
    const auto written = io::open(path.toStdString());
    QVERIFY2(written.ok(), written.ok() ? "" : written.error().str().c_str());
    std::string why;
    QVERIFY2(sameGraph(*document().trace()->result, *written->graphs[0].graph, {}, &why), why.c_str());
    for (const char* ending : {"png", "svg", "pdf"}) {
        const QString file = m_folder.filePath(QStringLiteral("picture.") + QLatin1String(ending));
        m_window->savePicture(file);
        QTRY_VERIFY2(atRest() && QFileInfo(file).size() > 1000, ending);
    }
}

void TstWindow::badFileShowsInTheBar() {
    QVERIFY(openSample(QStringLiteral("gather")));
    const auto trace = document().trace();
    m_window->open(m_folder.filePath(QStringLiteral("not-there.pt2")));
    QTRY_VERIFY(m_window->errorBar()->isVisible());
    QVERIFY(m_window->errorBar()->text().contains(QStringLiteral("not-there.pt2")));
    picture(QStringLiteral("10-error"));
    auto* label = child<QLabel>("errorText");
    QVERIFY(label->textInteractionFlags() & Qt::TextSelectableByMouse);
    QCOMPARE(document().trace(), trace);
    QVERIFY(m_window->graphView()->isVisible());
    QTest::mouseClick(child<QWidget>("errorClose"), Qt::LeftButton);
    QVERIFY(!m_window->errorBar()->isVisible());
    m_window->open(m_folder.filePath(QStringLiteral("not-there.pt2")));
    QTRY_VERIFY(m_window->errorBar()->isVisible());
    QVERIFY(openSample(QStringLiteral("gather")));
    QVERIFY(!m_window->errorBar()->isVisible()); // over
}

void TstWindow::drop(const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &event);
}

void TstWindow::dropOpens() {
    const QString path = m_folder.filePath(QStringLiteral("dropped.txt"));
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write("graph():\n    %x : [num_users=1] = placeholder[target=x]\n    return (x,)");
    file.close();
    drop(path);
    QTRY_VERIFY(document().trace());
    QCOMPARE(document().stepCount(), size_t{0});
    QVERIFY(m_window->windowTitle().startsWith(QStringLiteral("dropped.txt")));
    QTRY_VERIFY(!m_window->graphView()->isBuilding());
    picture(QStringLiteral("11-nothing-to-rewrite"));
}

void TstWindow::copyPutsTheStepOnTheClipboard() {
    QVERIFY(openSample(QStringLiteral("gather")));
    key(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text().toStdString(), (*document().after())[document().selected()].name);
    document().select({});
    key(Qt::Key_C, Qt::ControlModifier);
    const QString step = QGuiApplication::clipboard()->text();
    QVERIFY2(step.startsWith(QStringLiteral("**Step 1 of ")) && step.contains(QStringLiteral("_unsafe_index")),
             qPrintable(step));
}

void TstWindow::sheetListsEveryKey() {
    key(Qt::Key_F1);
    auto* sheet = child<ShortcutSheet>("shortcutSheet");
    QVERIFY(sheet && sheet->isVisible());
    const QString text = sheet->findChild<QTextBrowser*>()->toPlainText();
    for (const ActionSpec& spec : actionTable()) {
        const QAction* action = (*m_window->actions())[spec.id];
        for (const QKeySequence& keys : action->shortcuts())
            QVERIFY2(text.contains(keys.toString(QKeySequence::NativeText)), spec.id);
    }
    QVERIFY(sheet->grab().save(m_pictures + QStringLiteral("/12-keys.png")));
    m_window->actions()->usePreset(QStringLiteral("Netron"));
    QCOMPARE((*m_window->actions())["view.zoomIn"]->shortcut(), QKeySequence(QStringLiteral("Shift+Up")));
    m_window->actions()->usePreset(QStringLiteral("Default"));
    QCOMPARE((*m_window->actions())["view.zoomIn"]->shortcut(), QKeySequence(QStringLiteral("Ctrl++")));
    sheet->close();
    // no key does two things
    QHash<QString, QString> owner;
    for (const ActionSpec& spec : actionTable())
        for (const QKeySequence& keys : (*m_window->actions())[spec.id]->shortcuts()) {
            QVERIFY2(!owner.contains(keys.toString()), qPrintable(keys.toString()));
            owner.insert(keys.toString(), QString::fromUtf8(spec.id));
        }
}

void TstWindow::themesChangeThePalette() {
    QVERIFY(openSample(QStringLiteral("add_into")));
    m_window->useTheme(Theme::Dark);
    QTRY_VERIFY(isDark(m_window->palette()));
    picture(QStringLiteral("13-dark"));
    m_window->useTheme(Theme::Light);
    QTRY_VERIFY(!isDark(m_window->palette()));
    m_window->resize(2560, 1600);
    picture(QStringLiteral("14-large"));
}

// --- pattern sets

bool TstWindow::chooseSet(const QString& name) {
    auto* sets = child<QComboBox>("setChooser");
    const int row = sets->findText(name);
    if (row < 0)
        return false;
    sets->setFocus();
    sets->setCurrentIndex(row);
    emit sets->activated(row); // as a click on the row does
    return atRest() && sets->currentText() == name;
}

bool TstWindow::openGate() {
    document().setPatterns(gateFolder(m_folder.path()));
    QSignalSpy painted(m_window->graphView(), &GraphView::firstPicture);
    m_window->open(writeFile(m_folder.filePath(QStringLiteral("gate_graph.py")), kGateGraph));
    return QTest::qWaitFor([&] { return painted.count() > 0; }, 10000) && atRest() && document().stepCount() == 1;
}

void TstWindow::showTab(const QString& title) {
    auto* dock = m_window->findChild<QDockWidget*>(QStringLiteral("dock:") + title);
    dock->show();
    dock->raise();
    QCoreApplication::processEvents();
}

QModelIndex TstWindow::rowOf(QTreeView* view, const QString& text, const QModelIndex& parent) {
    for (int row = 0; row < view->model()->rowCount(parent); ++row) {
        const QModelIndex index = view->model()->index(row, 0, parent);
        if (index.data().toString().startsWith(text))
            return index;
        if (const QModelIndex inner = rowOf(view, text, index); inner.isValid())
            return inner;
    }
    return {};
}

void TstWindow::setIsChosen() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    QVERIFY(chooseSet(QStringLiteral("pytorch-2.11")));
    QCOMPARE(document().trace()->passes[0].patterns, std::string("pytorch-2.11"));
    QVERIFY(chooseSet(QStringLiteral("pytorch-d58734b")));
    QCOMPARE(document().trace()->passes[0].patterns, std::string("pytorch-d58734b"));
    QCOMPARE(QSettings().value(QStringLiteral("patterns/set")).toString(), QStringLiteral("pytorch-d58734b"));
    m_window = std::make_unique<MainWindow>(); // the next one begins with it
    QTRY_COMPARE(child<QComboBox>("setChooser")->currentText(), QStringLiteral("pytorch-d58734b"));
}

void TstWindow::whyComparesPartByPart() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    QVERIFY(chooseSet(QStringLiteral("pytorch-2.11")));
    auto* tree = child<QTreeView>("whyTree");
    auto* words = child<QTextBrowser>("whyText");
    QVERIFY(tree->isVisible() && tree->model()->rowCount() == 1);
    QVERIFY(words->toPlainText().contains(QStringLiteral("add_sliced at index_put")));
    picture(QStringLiteral("15-why-match"));
    document().select(node("index"));
    QVERIFY(atRest());
    const QString why = words->toPlainText();
    QVERIFY2(why.contains(QStringLiteral("function_mismatch")) && why.contains(QStringLiteral("1 of 2 nodes fit")) &&
                 why.contains(QStringLiteral("To match:")),
             qPrintable(why));
    const QModelIndex part = rowOf(tree, QStringLiteral("aten.randperm"));
    QVERIFY(part.isValid());
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(part).center());
    QCOMPARE(document().selected(), node("slice_1"));
    QVERIFY(tree->model()->rowCount() == 1); // the comparison stays
    QVERIFY(m_window->graphView()->afterCanvas()->selected() == node("slice_1"));
    emit words->anchorClicked(QUrl(QStringLiteral("source:")));
    auto* traced = child<QTextBrowser>("patternTraced");
    QVERIFY(traced->isVisible());
    QVERIFY(traced->toPlainText().contains(QStringLiteral("aten.slice.Tensor is lost")));
    picture(QStringLiteral("16-why-miss"));
}

void TstWindow::candidatesLeadAndCarryBadges() {
    QVERIFY(openGate());
    showTab(QStringLiteral("Patterns"));
    auto* view = child<QTreeView>("patternsView");
    QVERIFY(view->isVisible());
    QCOMPARE(document().selected(), document().trace()->steps[0].replacement);
    const QModelIndex miss = rowOf(view, QStringLiteral("mul_2"));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(miss).center());
    QVERIFY(atRest());
    QCOMPARE(document().selected(), node("mul_2"));
    QCOMPARE(m_window->graphView()->afterCanvas()->selected(), node("mul_2"));
    QVERIFY(child<QTextBrowser>("whyText")->toPlainText().contains(QStringLiteral("gate at mul_2")));
    QTest::keyClick(view, Qt::Key_Up);
    QVERIFY(atRest());
    QVERIFY(document().selected() == node("mul"));
    picture(QStringLiteral("17-candidates"));
    GraphView& graph = *m_window->graphView();
    graph.setColour(GraphView::Colour::Score);
    const NodeMarks marks = graph.afterCanvas()->picture().panes[0].marks;
    QVERIFY(marks.heat.map().size() > 1 && marks.heat.map().size() <= marks.badges.size());
    const PatternInspector& inspector = document().inspector();
    for (const Candidate& candidate : inspector.candidates()->of(inspector.entry())->list)
        QCOMPARE(marks.heat.map().at(candidate.anchor).share * candidate.wanted, double(candidate.matched));
    graph.setColour(GraphView::Colour::Changes);
}

void TstWindow::matcherIsEntered() {
    QVERIFY(openGate());
    document().select(node("mul"));
    QVERIFY(atRest());
    auto* place = child<QLabel>("whyPlace");
    QVERIFY(!place->isVisible());
    key(Qt::Key_F11);
    QVERIFY(place->isVisible() && place->text().startsWith(QStringLiteral("Part 1 of ")));
    QCOMPARE(document().selected(), node("mul"));
    key(Qt::Key_F11);
    key(Qt::Key_F11);
    QVERIFY2(place->text().contains(QStringLiteral("the matcher stops")), qPrintable(place->text()));
    QCOMPARE(document().selected(), node("sigmoid"));
    QCOMPARE(m_window->graphView()->afterCanvas()->selected(), node("sigmoid"));
    picture(QStringLiteral("18-matcher"));
    key(Qt::Key_F11, Qt::ShiftModifier);
    QVERIFY(!place->isVisible());
    QCOMPARE(document().selected(), node("mul"));
}

void TstWindow::switchesSayWhatWouldMatch() {
    QVERIFY(openGate());
    showTab(QStringLiteral("Patterns"));
    auto* sum = child<QLabel>("patternsSum");
    QVERIFY2(sum->text().contains(QStringLiteral("1 of 3 match")), qPrintable(sum->text()));
    child<QCheckBox>("whatIfUsers")->click();
    QVERIFY(atRest());
    QVERIFY2(sum->text().contains(QStringLiteral("2 of 3 match, 1 more than PyTorch")), qPrintable(sum->text()));
    QCOMPARE(document().stepCount(), size_t{1}); // what ran stays as it was
    picture(QStringLiteral("19-what-if"));
    child<QCheckBox>("whatIfUsers")->click();
    QVERIFY(atRest());
    QVERIFY(sum->text().contains(QStringLiteral("1 of 3 match")));
}

void TstWindow::breakpointHaltsTheRun() {
    QVERIFY(openGate());
    key(Qt::Key_F5, Qt::ShiftModifier);
    showTab(QStringLiteral("Patterns"));
    auto* patterns = child<QTreeView>("patternsView");
    QAction* halt = (*m_window->actions())["patterns.halt"];
    patterns->setFocus();
    QTest::keyClick(patterns, Qt::Key_F9); // there it means the pattern
    QVERIFY(halt->isChecked() && document().inspector().hasBreakpoint(QStringLiteral("gate")));
    m_window->graphView()->setFocus();
    const auto goesTo = [&](const char* name) {
        key(Qt::Key_F5);
        return atRest() && document().inspector().subject() == node(name);
    };
    QVERIFY(goesTo("mul_2"));
    QVERIFY(goesTo("mul_1"));
    QCOMPARE(document().currentStep(), 0);
    QVERIFY(goesTo("mul"));
    QVERIFY(m_window->graphView()->stepBar()->text().contains(QStringLiteral("after 1 of 1")));
    QVERIFY2(m_window->statusBar()->currentMessage().contains(QStringLiteral("it does not match mul")),
             qPrintable(m_window->statusBar()->currentMessage()));
    picture(QStringLiteral("20-breakpoint"));
    patterns->setFocus();
    QTest::keyClick(patterns, Qt::Key_F9);
    m_window->graphView()->setFocus();
    key(Qt::Key_F5, Qt::ShiftModifier);
    key(Qt::Key_F5); // to the end again
    QCOMPARE(document().currentStep(), 0);
}

void TstWindow::nodeBreakpointHaltsTheRun() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    const int last = static_cast<int>(document().stepCount()) - 1;
    const NodeId root = document().trace()->steps[2].match.root;
    key(Qt::Key_F5, Qt::ShiftModifier);
    document().select(root);
    QAction* halt = (*m_window->actions())["patterns.halt"];
    QVERIFY2(halt->text().contains(document().inspector().nameOf(root)), qPrintable(halt->text()));
    key(Qt::Key_F9); // as_written has no patterns to halt at, nodes it has
    QVERIFY(halt->isChecked() && document().inspector().hasBreakpoint(root));
    document().select(document().trace()->base->ids()[0]);
    QVERIFY(!halt->isChecked());
    key(Qt::Key_F5);
    QCOMPARE(document().currentStep(), 2);
    QVERIFY2(m_window->statusBar()->currentMessage().startsWith(QStringLiteral("Step 3, breakpoint: ")),
             qPrintable(m_window->statusBar()->currentMessage()));
    picture(QStringLiteral("24-node-breakpoint"));
    key(Qt::Key_F5); // no other: to the end
    QVERIFY(m_window->statusBar()->currentMessage().isEmpty());
    QCOMPARE(document().currentStep(), last);
    key(Qt::Key_F9, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!document().inspector().hasBreakpoints());
    key(Qt::Key_F5, Qt::ShiftModifier);
    document().select(root);
    key(Qt::Key_F10, Qt::ControlModifier); // runs to the selected node
    QCOMPARE(document().currentStep(), 2);
}

void TstWindow::badgesCarrySigns() {
    QVERIFY(openGate());
    document().select(node("mul"));
    QVERIFY(atRest());
    NodeMarks marks;
    markAnswer(marks, *document().inspector().answer(), -1);
    marks.badges[node("mul")] = QStringLiteral("1/2");
    signBadges(marks, node("mul"), {node("mul"), node("x")});
    QCOMPARE(marks.badges.at(node("sigmoid")), QStringLiteral("✗"));
    QCOMPARE(marks.badges.at(node("mul")), QStringLiteral("● 1/2")); // no sign: the score says more
    QCOMPARE(marks.badges.at(node("x")), QStringLiteral("●"));
}

void TstWindow::emptyPanelsLeaveTheirRoom() {
    QVERIFY(openSample(QStringLiteral("gather")));
    QTRY_VERIFY(child<QTreeView>("passesView")->isVisible());
    const auto isShown = [&](const char* title) {
        return m_window->findChild<QDockWidget*>(QStringLiteral("dock:") + QString::fromUtf8(title))->isVisible();
    };
    for (const char* title : {"Values", "Timings", "Pattern Source", "Log"})
        QVERIFY2(!isShown(title), title);
    const int room = m_window->graphView()->height();
    auto* button = child<QAbstractButton>("panel:Log");
    QVERIFY(button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(isShown("Log") && button->isChecked() && !isShown("Values"));
    QTRY_VERIFY(m_window->graphView()->height() < room - 100);
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(!isShown("Log") && !button->isChecked());
    QTRY_COMPARE(m_window->graphView()->height(), room);
    QVERIFY(compareAndWait());
    QVERIFY(isShown("Values"));
}

void TstWindow::statusNamesTheForm() {
    QVERIFY(openSample(QStringLiteral("gather")));
    const auto labels = m_window->statusBar()->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().startsWith(QStringLiteral("readable Python"));
    }));
    QCOMPARE(formText("pt2"), QStringLiteral("torch.export archive"));
    QCOMPARE(formText("text"), QStringLiteral("printed graph"));
}

void TstWindow::whyOffersTheNearest() {
    QVERIFY(chooseSet(QStringLiteral("pytorch-2.11")));
    QVERIFY(openSample(QStringLiteral("gather"))); // nothing matches, so nothing is selected
    QVERIFY(atRest());
    auto* words = child<QTextBrowser>("whyText");
    const QString why = words->toPlainText();
    QVERIFY2(why.contains(QStringLiteral("gather_2.11 0 of 3 match; the nearest is index, 1 of 2 nodes fit")) &&
                 why.contains(QStringLiteral("add_sliced The graph has no aten.index_put.default")),
             qPrintable(why));
    emit words->anchorClicked(QUrl(QStringLiteral("candidate:%1:gather_2.11").arg(node("index").index)));
    QVERIFY(atRest());
    QCOMPARE(document().selected(), node("index"));
    QVERIFY2(words->toPlainText().startsWith(QStringLiteral("gather_2.11 at index")), qPrintable(words->toPlainText()));
    QVERIFY(words->toPlainText().contains(QStringLiteral("Tracing lost 1 call of this pattern")));
}

void TstWindow::earlierErrorsLeadToTheLog() {
    const QString bad = m_folder.filePath(QStringLiteral("all_bad"));
    writeFile(bad + QStringLiteral("/a.py"), kRefusedPattern);
    writeFile(bad + QStringLiteral("/b.py"), kRefusedPattern);
    drop(bad);
    QTRY_VERIFY(m_window->errorBar()->text().contains(QStringLiteral("1 earlier error")));
    emit m_window->errorBar()->findChild<QLabel*>(QStringLiteral("errorText"))->linkActivated(QStringLiteral("log"));
    QVERIFY(m_window->findChild<QDockWidget*>(QStringLiteral("dock:Log"))->isVisible());
}

void TstWindow::droppedPatternFileIsUsed() {
    QVERIFY(openSample(QStringLiteral("gather")));
    const QString file = gateFolder(m_folder.path()) + QStringLiteral("/gate.py");
    drop(file);
    QTRY_COMPARE(child<QComboBox>("setChooser")->currentText(), QStringLiteral("gate.py"));
    QVERIFY(!m_window->errorBar()->isVisible());
    QCOMPARE(document().files().size(), size_t{1}); // it is not one more graph
}

void TstWindow::droppedPatternsAreUsed() {
    QVERIFY(openSample(QStringLiteral("gather")));
    drop(gateFolder(m_folder.path()));
    QTRY_COMPARE(child<QComboBox>("setChooser")->currentText(), QStringLiteral("gates"));
    QVERIFY(m_window->errorBar()->isVisible()); // one of the two files was refused
    QVERIFY2(m_window->errorBar()->text().contains(QStringLiteral("refused.py:8")),
             qPrintable(m_window->errorBar()->text()));
    QVERIFY(atRest());
    QCOMPARE(document().trace()->passes[0].pass, std::string("pattern_set"));
    picture(QStringLiteral("21-dropped-patterns"));
}

void TstWindow::unsoundStepCarriesItsCaveats() {
    const char* const text = R"py(class GraphModule(torch.nn.Module):
    def forward(self, s0: "Sym(s0)", x: "f32[s0, 8]", y: "f32[4, 8]"):
        randperm: "i64[16]" = torch.ops.aten.randperm.default(16, device = device(type='cpu'), pin_memory = False)
        slice_1: "i64[4]" = torch.ops.aten.slice.Tensor(randperm, 0, 0, 4);  randperm = None
        index_put: "f32[s0, 8]" = torch.ops.aten.index_put.default(x, [slice_1], y, True);  x = slice_1 = y = None
        return (index_put,)
)py";
    QVERIFY(chooseSet(QStringLiteral("pytorch-2.11")));
    m_window->open(writeFile(m_folder.filePath(QStringLiteral("unproven.py")), text));
    QTRY_COMPARE(document().stepCount(), size_t{1});
    QVERIFY(atRest());
    const QString why = child<QTextBrowser>("whyText")->toPlainText();
    QVERIFY2(why.contains(QStringLiteral("Not sound here (n_not_proven)")), qPrintable(why));
    QCOMPARE(why.count(QStringLiteral("n_not_proven")), 1);
    auto* passes = child<QTreeView>("passesView");
    const QModelIndex row = passes->currentIndex().siblingAtColumn(PassesModel::NodeColumn);
    QCOMPARE(row.data().toString(), QStringLiteral("index_put  ⚠"));
    QVERIFY(row.data(Qt::ToolTipRole).toString().contains(QStringLiteral("n_not_proven")));
    picture(QStringLiteral("23-unsound"));
}

void TstWindow::asWrittenSaysItHasNoTree() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    QVERIFY(!child<QTreeView>("whyTree")->isVisible());
    QVERIFY(child<QTextBrowser>("whyText")->toPlainText().contains(QStringLiteral("no tree to compare")));
    showTab(QStringLiteral("Patterns"));
    QVERIFY(!child<QTreeView>("patternsView")->isVisible());
    picture(QStringLiteral("22-as-written"));
}

/// Two layers, told by the names of their parameters.
/// What a screen reader would stop at says what it is.
void TstWindow::everyControlHasAName() {
    QVERIFY(openSample(QStringLiteral("add_into")));
    QStringList nameless;
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        const bool partOfAnother = widget->inherits("QComboBoxListView") || qobject_cast<const QLabel*>(widget);
        const auto* tabs = qobject_cast<const QTabBar*>(widget); // says the name of its current tab
        const bool unused = tabs && tabs->count() == 0;
        if (widget->focusPolicy() == Qt::NoFocus || partOfAnother || unused ||
            widget->objectName().startsWith(QStringLiteral("qt_")))
            continue;
        QAccessibleInterface* reader = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        if (!reader || !reader->text(QAccessible::Name).isEmpty())
            continue;
        nameless << QString::fromUtf8(widget->metaObject()->className()) + u' ' + widget->objectName() + u' ' +
                        (widget->parentWidget() ? widget->parentWidget()->objectName() : QString());
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral("; "))));
}

/// Alt and a letter means one thing in each menu.
void TstWindow::mnemonicsDiffer() {
    std::map<std::string, std::map<QChar, QString>> known;
    for (const ActionSpec& spec : actionTable()) {
        const QString text = QString::fromUtf8(spec.text);
        const qsizetype at = text.indexOf(u'&');
        if (!*spec.menu || at < 0)
            continue;
        const auto [first, fresh] = known[spec.menu].emplace(text[at + 1].toLower(), text);
        QVERIFY2(fresh, qPrintable(first->second + u' ' + text));
    }
}

void TstWindow::closingGoesBackToWelcome() {
    QVERIFY(openSample(QStringLiteral("gather")));
    key(Qt::Key_W, Qt::ControlModifier);
    QVERIFY(!document().entry());
    QVERIFY(!m_window->graphView()->isVisible());
    QCOMPARE(m_window->windowTitle(), QStringLiteral("fxscope"));
    QVERIFY(!(*m_window->actions())["run.compare"]->isEnabled());
}

QTEST_MAIN(TstWindow)
#include "tst_window.moc"
