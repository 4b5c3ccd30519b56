// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTextBrowser>

namespace fxscope {

class Document;

/// Right: why the rule of the current step matched, and why rules did not apply at the selected node.
class WhyDock : public QTextBrowser {
    Q_OBJECT
public:
    explicit WhyDock(Document* document, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {320, 300}; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    QString stepHtml() const;
    QString missesHtml() const;
    Document* m_document;
};

} // namespace fxscope
