// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/docks/graph_view.h"
#include "app/shell/main_window.h"
#include "tests/app/window_fixture.h"

#include <QDir>

namespace fxscope {

/// The real window, 1280 x 800 and light, with settings of its own; a fresh one for each test. Pictures stay in the
/// build folder under pictures/.
class MainWindowFixture {
protected:
    bool prepare() {
        useOwnSettings(m_folder);
        m_pictures = qEnvironmentVariable("FXSCOPE_BINARY_DIR", QDir::currentPath()) + QStringLiteral("/pictures");
        return QDir().mkpath(m_pictures);
    }
    bool openWindow() {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->useTheme(Theme::Light);
        m_window->show();
        m_window->activateWindow();
        return QTest::qWaitForWindowActive(m_window.get());
    }

    Document& document() { return *m_window->document(); }
    GraphView& view() { return *m_window->graphView(); }
    template <class T> T* child(const char* name) { return m_window->findChild<T*>(QString::fromUtf8(name)); }
    NodeId node(const char* name) { return document().trace()->base->find(name).value_or(NodeId{}); }
    void trigger(const char* action) { (*m_window->actions())[action]->trigger(); }

    bool openSample(const QString& part) {
        QSignalSpy painted(&view(), &GraphView::firstPicture);
        return openSampleAndWait(document(), sampleNamed(part)) &&
               QTest::qWaitFor([&] { return painted.count() > 0 && !view().isBuilding(); }, 10000);
    }
    /// Writes the text to a file of that name and opens it.
    bool openText(const QString& name, const char* text) {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return false;
        file.write(text);
        file.close();
        m_window->open(path);
        return QTest::qWaitFor([&] { return document().file() && document().file()->path == path; }, 10000) && atRest();
    }
    bool atRest() {
        return QTest::qWaitFor([&] { return document().jobs().isIdle() && !view().isBuilding(); }, 10000);
    }
    bool compareAndWait() {
        QSignalSpy problems(&document(), &Document::problem);
        key(Qt::Key_R);
        if (!QTest::qWaitFor([&] { return document().comparison() || problems.count() > 0; }, 60000))
            return false;
        for (const auto& problem : problems)
            qWarning("%s", problem[0].value<Diagnostic>().str().c_str());
        return document().comparison() != nullptr;
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(view().afterCanvas(), key, modifiers);
    }
    void picture(const QString& name) {
        QTest::qWait(50);
        QVERIFY(m_window->grab().save(m_pictures + u'/' + name + QStringLiteral(".png")));
    }

    QTemporaryDir m_folder;
    QString m_pictures;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace fxscope
