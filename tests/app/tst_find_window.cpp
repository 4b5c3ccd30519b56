// SPDX-License-Identifier: BSD-3-Clause
// The find bar and the locator in the real window, with keys and mouse as a user has them. Pictures stay in the build
// folder under pictures/.
#include "app/models/hits_model.h"
#include "app/shell/locator.h"
#include "tests/app/main_window_fixture.h"

#include <QAbstractButton>
#include <QIdentityProxyModel>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTreeView>

#include <set>

using namespace fxscope;

namespace {

/// Which rows a view asks for.
class AskedRows : public QIdentityProxyModel {
public:
    QVariant data(const QModelIndex& index, int role) const override {
        rows.insert(index.row());
        return QIdentityProxyModel::data(index, role);
    }
    mutable std::set<int> rows;
};

} // namespace

class TstFindWindow : public QObject, MainWindowFixture {
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(prepare()); }
    void init() { QVERIFY(openWindow() && openSample(QStringLiteral("stochastic")) && atRest()); }
    void cleanup() { m_window.reset(); }

    void emptyLineOffersForms();
    void hitsOpenWhileTyping();
    void listWalksAndSelects();
    void rowsFollowTheSelection();
    void typingGoesOnInTheLine();
    void nothingFoundOffersWords();
    void badQueryIsSaid();
    void onlyHitsIsAToggle();
    void escapeLeavesFromTheList();
    void viewAsksForRowsInSight();
    void locatorGoesToANode();
    void locatorRunsACommand();
    void locatorShowsAPass();
    void locatorChoosesAPattern();
    void locatorOpensFromTheFindLine();
    void locatorLeaves();
    void controlsHaveNames();

private:
    bool openFind(const QString& text);
    bool complete() {
        return QTest::qWaitFor(
            [&] { return document().jobs().isIdle() && document().found() && document().found()->complete; }, 10000);
    }
    bool locate(const QString& text);
    QString located() { return child<QTreeView>("locatorList")->currentIndex().siblingAtColumn(0).data().toString(); }
};

bool TstFindWindow::openFind(const QString& text) {
    QTest::keyClick(m_window->graphView()->afterCanvas(), Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(child<QLineEdit>("findText"), text);
    return text.isEmpty() || complete();
}

bool TstFindWindow::locate(const QString& text) {
    QTest::keyClick(m_window->graphView()->afterCanvas(), Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(child<QLineEdit>("locatorText"), text);
    return QTest::qWaitFor([&] { return document().jobs().isIdle(); }, 10000);
}

void TstFindWindow::emptyLineOffersForms() {
    QVERIFY(openFind({}));
    auto* forms = child<QTableView>("findForms");
    QVERIFY(forms->isVisible() && !child<QTableView>("findHits")->isVisible());
    picture(QStringLiteral("find-1-forms"));
    QTest::keyClick(child<QLineEdit>("findText"), Qt::Key_Down);
    QVERIFY(forms->hasFocus());
    forms->setCurrentIndex(forms->model()->index(1, 0));
    QTest::keyClick(forms, Qt::Key_Return);
    QCOMPARE(child<QLineEdit>("findText")->text(), QStringLiteral("op:"));
    QVERIFY(child<QLineEdit>("findText")->hasFocus());
    QTRY_VERIFY(child<QTableView>("findHits")->isVisible()); // op: is in every target
}

void TstFindWindow::hitsOpenWhileTyping() {
    QVERIFY(openFind(QStringLiteral("index shape:24")));
    auto* hits = child<QTableView>("findHits");
    QVERIFY(hits->isVisible());
    QCOMPARE(static_cast<size_t>(hits->model()->rowCount()), document().hits().size());
    QVERIFY(hits->model()->rowCount() > 0);
    int sum = 0;
    for (int column = 0; column < HitsModel::NumColumns; ++column) {
        QVERIFY2(hits->columnWidth(column) >= 80, qPrintable(QString::number(column)));
        sum += hits->columnWidth(column);
    }
    QVERIFY(sum <= hits->width());
    QVERIFY(m_window->graphView()->afterCanvas()->height() > 200); // the graph keeps most of the room
    picture(QStringLiteral("find-2-hits"));
    QTest::mouseClick(m_window->graphView()->afterCanvas()->viewport(), Qt::LeftButton, {}, {5, 5});
    QVERIFY(child<QTableView>("findHits")->isVisible()); // it is not modal
}

void TstFindWindow::listWalksAndSelects() {
    QVERIFY(openFind(QStringLiteral("op:index")));
    auto* text = child<QLineEdit>("findText");
    auto* hits = child<QTableView>("findHits");
    const std::vector<NodeId> nodes = document().hits();
    QVERIFY(nodes.size() >= 3);
    document().select(nodes[0]);
    QTest::keyClick(text, Qt::Key_Down);
    QCOMPARE(document().selected(), nodes[1]);
    QTest::keyClick(text, Qt::Key_Up);
    QCOMPARE(document().selected(), nodes[0]);
    QVERIFY(text->hasFocus());
    QTest::mouseClick(hits->viewport(), Qt::LeftButton, {}, hits->visualRect(hits->model()->index(2, 1)).center());
    QCOMPARE(document().selected(), nodes[2]);
    QTest::keyClick(hits, Qt::Key_Up);
    QCOMPARE(document().selected(), nodes[1]);
    QTest::keyClick(hits, Qt::Key_Return);
    QCOMPARE(document().selected(), nodes[2]);
    QTest::keyClick(hits, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(document().selected(), nodes[1]);
}

void TstFindWindow::rowsFollowTheSelection() {
    QVERIFY(openFind(QStringLiteral("op:index")));
    auto* hits = child<QTableView>("findHits");
    document().select(document().hits()[1]); // as a click in the graph does
    QCOMPARE(hits->currentIndex().row(), 1);
    document().select({});
    QVERIFY(!hits->currentIndex().isValid());
}

void TstFindWindow::typingGoesOnInTheLine() {
    QVERIFY(openFind(QStringLiteral("op:inde")));
    auto* hits = child<QTableView>("findHits");
    hits->setFocus();
    QTest::keyClick(hits, Qt::Key_X);
    QCOMPARE(child<QLineEdit>("findText")->text(), QStringLiteral("op:index"));
    QVERIFY(child<QLineEdit>("findText")->hasFocus());
}

void TstFindWindow::nothingFoundOffersWords() {
    QVERIFY(openFind(QStringLiteral("op:indx")));
    auto* message = child<QLabel>("findMessage");
    QVERIFY(message->isVisible());
    QVERIFY2(message->text().contains(QStringLiteral("No node matches op:indx.")), qPrintable(message->text()));
    QVERIFY2(message->text().contains(QStringLiteral("<a href=\"op:index\">")), qPrintable(message->text()));
    QCOMPARE(child<QLabel>("findCount")->text(), QStringLiteral("no node"));
    picture(QStringLiteral("find-3-nothing"));
    emit message->linkActivated(QStringLiteral("op:index"));
    QCOMPARE(child<QLineEdit>("findText")->text(), QStringLiteral("op:index"));
    QTRY_VERIFY(child<QTableView>("findHits")->isVisible());
}

void TstFindWindow::badQueryIsSaid() {
    QTest::keyClick(m_window->graphView()->afterCanvas(), Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(child<QLineEdit>("findText"), QStringLiteral("is:blue"));
    QVERIFY(child<QLabel>("findMessage")->isVisible());
    QVERIFY(child<QLabel>("findMessage")->text().contains(QStringLiteral("a node cannot be blue")));
}

void TstFindWindow::onlyHitsIsAToggle() {
    QVERIFY(openFind(QStringLiteral("op:index")));
    auto* only = child<QAbstractButton>("hitsOnly");
    QVERIFY(!document().hitsOnly());
    QTest::mouseClick(only, Qt::LeftButton);
    QVERIFY(document().hitsOnly());
    QTest::keyClick(child<QLineEdit>("findText"), Qt::Key_Escape);
    QVERIFY(!document().hitsOnly());
}

void TstFindWindow::escapeLeavesFromTheList() {
    QVERIFY(openFind(QStringLiteral("op:index")));
    auto* hits = child<QTableView>("findHits");
    hits->setFocus();
    QTest::keyClick(hits, Qt::Key_Escape);
    QVERIFY(!hits->isVisible() && document().hits().empty());
    QVERIFY(m_window->graphView()->afterCanvas()->hasFocus());
}

void TstFindWindow::viewAsksForRowsInSight() {
    std::vector<NodeBody> bodies(100'000);
    for (size_t i = 0; i < bodies.size(); ++i)
        bodies[i].name = "relu_" + std::to_string(i);
    auto built = Graph::fromBodies(std::move(bodies));
    QVERIFY(built.ok());
    const auto graph = std::make_shared<const Graph>(std::move(built).value());
    const auto query = FindQuery::parse(QStringLiteral("relu"));
    HitsModel model;
    AskedRows asked;
    asked.setSourceModel(&model);
    auto* hits = child<QTableView>("findHits");
    QVERIFY(openFind(QStringLiteral("op:index")));
    QAbstractItemModel* own = hits->model();
    hits->setModel(&asked);
    model.setFound(std::make_shared<Found>(Found{*query, {graph, graph, {}, {}}, query->in(graph, {}), true, {}, {}}));
    hits->viewport()->repaint();
    QCOMPARE(asked.rowCount(), 100'000);
    QVERIFY(!asked.rows.empty());
    QVERIFY2(asked.rows.size() < 50, qPrintable(QString::number(asked.rows.size())));
    hits->scrollToBottom();
    hits->viewport()->repaint();
    QVERIFY(asked.rows.contains(99'999));
    QVERIFY2(asked.rows.size() < 100, qPrintable(QString::number(asked.rows.size())));
    hits->setModel(own);
}

// --- the locator

void TstFindWindow::locatorGoesToANode() {
    const std::string name = (*document().after())[document().after()->ids()[20]].name;
    QVERIFY(locate(QString::fromStdString(name)));
    QVERIFY(child<Locator>("locator")->isVisible());
    picture(QStringLiteral("find-4-locator"));
    QCOMPARE(located(), QString::fromStdString(name));
    QTest::keyClick(child<QLineEdit>("locatorText"), Qt::Key_Return);
    QTRY_COMPARE(document().selected(), document().after()->ids()[20]);
    QVERIFY(!child<Locator>("locator")->isVisible());
    QVERIFY(m_window->graphView()->afterCanvas()->hasFocus());
}

void TstFindWindow::locatorRunsACommand() {
    const size_t end = document().stepCount();
    QVERIFY(document().shownTo() < end);
    QVERIFY(locate(QStringLiteral("runend")));
    QCOMPARE(located(), QStringLiteral("Run to the End"));
    QTest::keyClick(child<QLineEdit>("locatorText"), Qt::Key_Return);
    QCOMPARE(document().shownTo(), end);
    QVERIFY(locate(QStringLiteral("run to the end"))); // is at the end: the command is not offered
    QVERIFY(located() != QStringLiteral("Run to the Selected Node"));
}

void TstFindWindow::locatorShowsAPass() {
    const auto& passes = document().trace()->passes;
    const auto changing = std::find_if(passes.begin(), passes.end(), [](const auto& p) { return p.stepCount > 0; });
    QVERIFY(changing != passes.end());
    QVERIFY(locate(QString::fromStdString(changing->pass)));
    QTest::keyClick(child<QLineEdit>("locatorText"), Qt::Key_Return);
    QCOMPARE(document().currentPass(), static_cast<int>(changing - passes.begin()));
    QCOMPARE(document().shownTo(), changing->firstStep + changing->stepCount);
}

void TstFindWindow::locatorChoosesAPattern() {
    document().setPatterns(QStringLiteral("pytorch-2.11"));
    QTRY_VERIFY(document().inspector().set() && document().jobs().isIdle());
    const QString name = QString::fromStdString(document().inspector().set()->entries.back()->name());
    QVERIFY(locate(name));
    QTest::keyClick(child<QLineEdit>("locatorText"), Qt::Key_Return);
    QCOMPARE(document().inspector().pattern(), name);
}

void TstFindWindow::locatorOpensFromTheFindLine() {
    QVERIFY(openFind(QStringLiteral("op:index")));
    QTest::keyClick(child<QLineEdit>("findText"), Qt::Key_K, Qt::ControlModifier);
    QVERIFY(child<Locator>("locator")->isVisible());
    QCOMPARE(child<QLineEdit>("findText")->text(), QStringLiteral("op:index"));
    QTest::keyClick(child<QLineEdit>("locatorText"), Qt::Key_Escape);
    QVERIFY(child<QLineEdit>("findText")->hasFocus());
}

void TstFindWindow::locatorLeaves() {
    QVERIFY(locate(QStringLiteral("zzqq")));
    QCOMPARE(located(), QStringLiteral("Nothing is called so"));
    const NodeId selected = document().selected();
    QTest::keyClick(child<QLineEdit>("locatorText"), Qt::Key_Return); // leads nowhere
    QVERIFY(child<Locator>("locator")->isVisible());
    QCOMPARE(document().selected(), selected);
    m_window->graphView()->afterCanvas()->setFocus(); // as a click elsewhere does
    QVERIFY(!child<Locator>("locator")->isVisible());
    QVERIFY(m_window->graphView()->afterCanvas()->hasFocus());
}

void TstFindWindow::controlsHaveNames() {
    QVERIFY(openFind(QStringLiteral("op:index")));
    for (const char* name :
         {"findText", "findHits", "findForms", "hitsOnly", "locatorText", "locatorList", "locator"}) {
        auto* widget = child<QWidget>(name);
        QVERIFY2(widget && !widget->accessibleName().isEmpty(), name);
    }
    for (const auto* button : child<QLineEdit>("findText")->parentWidget()->findChildren<QAbstractButton*>())
        if (button->parent() != child<QLineEdit>("findText")) // Qt's own button that clears
            QVERIFY2(!button->accessibleName().isEmpty(), qPrintable(button->text()));
}

QTEST_MAIN(TstFindWindow)
#include "tst_find_window.moc"
