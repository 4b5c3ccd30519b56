// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/models/explain_model.h"

#include <QWidget>

class QLabel;
class QSplitter;
class QTextBrowser;
class QTreeView;
class QUrl;

namespace fxscope {

class Document;

/// Right: why the pattern of the current step matched, and why patterns do not apply at the selected node. Above, the
/// answer, the cause behind it and the least that would change it; below, the comparison part by part. Sets that are
/// not made of traced patterns have no tree: the misses of their passes are listed instead.
class WhyDock : public QWidget {
    Q_OBJECT
public:
    explicit WhyDock(Document* document, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {320, 400}; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void showReached();
    void follow(const QUrl& link);
    void balance();

    Document* m_document;
    ExplainModel m_model;
    QSplitter* m_splitter;
    QTextBrowser* m_text;
    QTreeView* m_tree;
    QLabel* m_place; ///< where the matcher stands
};

} // namespace fxscope
