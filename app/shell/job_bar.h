// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace fxscope {

class Document;

/// In the status bar: what is computing, how far it is, and Cancel. Appears after two seconds of work, never before.
class JobBar : public QWidget {
    Q_OBJECT
public:
    explicit JobBar(Document* document, QWidget* parent = nullptr);
    void cancelAll();
    static constexpr int kPatienceMs = 2000;

private:
    void refresh();
    Document* m_document;
    QLabel* m_title;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    QTimer m_timer;
    qint64 m_runSince = 0; ///< ms since epoch; 0: no run
};

} // namespace fxscope
