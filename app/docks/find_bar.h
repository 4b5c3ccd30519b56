// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace fxscope {

class Document;

/// Ctrl+F: a line to search with, the hits counted while one types. Enter and Shift+Enter walk, Esc leaves.
class FindBar : public QWidget {
    Q_OBJECT
public:
    explicit FindBar(Document* document, QWidget* parent = nullptr);
    void open();
    void leave();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showHits();
    Document* m_document;
    QLineEdit* m_text;
    QLabel* m_count;
};

} // namespace fxscope
