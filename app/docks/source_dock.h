// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QSplitter>

class QTextBrowser;

namespace fxscope {

class Document;

/// Bottom: the chosen pattern as its file has it, and beside it what tracing made of it, with the calls that tracing
/// lost.
class SourceDock : public QSplitter {
    Q_OBJECT
public:
    explicit SourceDock(Document* document, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    Document* m_document;
    QTextBrowser *m_source, *m_traced;
};

} // namespace fxscope
