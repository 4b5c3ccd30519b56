// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/node.h"

#include <QWidget>

#include <functional>

class QKeyEvent;
class QLabel;
class QLineEdit;
class QModelIndex;
class QStackedWidget;
class QTableView;

namespace fxscope {

class Document;
class HitsModel;

/// Ctrl+F: a line to search with, and below it what was found while one types, or what one may type. Arrows, Enter and
/// Shift+Enter walk, Esc leaves; the graph stays usable.
class FindBar : public QWidget {
    Q_OBJECT
public:
    explicit FindBar(Document* document, QWidget* parent = nullptr);
    /// Which nodes the picture has; the number of hits says when the current one is hidden.
    void setShown(std::function<bool(NodeId)> shown) { m_shown = std::move(shown); }
    void showCount();
    void open();
    void leave();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeLine();
    void makeForms();
    void makeHits();
    void makeMessage();
    bool takeKey(QObject* watched, QKeyEvent* key);
    void useForm(const QModelIndex& form);
    void showFound();
    void showSelected();
    void chooseRow(const QModelIndex& row);
    QString messageText() const;

    Document* m_document;
    std::function<bool(NodeId)> m_shown;
    HitsModel* m_model;
    QLineEdit* m_text;
    QLabel *m_count, *m_message;
    QStackedWidget* m_below;
    QTableView *m_hits, *m_forms;
    bool m_following = false;
    int m_columnsFor = 0; ///< the width that the columns were made for
};

} // namespace fxscope
