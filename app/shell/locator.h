// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/models/hits_model.h"

#include <QAbstractTableModel>
#include <QFrame>
#include <QPointer>

#include <functional>

class QLineEdit;
class QTreeView;

namespace fxscope {

class Actions;
class Document;

/// One thing that the locator leads to, other than a node.
struct LocatorEntry {
    QString text, detail; ///< "Fit Everything", "command  Ctrl+Space"
    std::function<void()> go;
};

/// A text that was typed stands for this entry or, if the entry is -1, for this node.
struct Located {
    int score = 0, entry = -1;
    NodeId node;
};
/// The best `limit` ones, best first, entries before nodes of the same score. `graph` may be null; without a text there
/// are the entries as they stand and no nodes.
std::vector<Located> locate(const std::vector<LocatorEntry>& entries, const Graph* graph, const QString& text,
                            size_t limit, const Cancel& cancel);

/// What was located, as rows: the text with the letters that were typed, and what it is.
class LocatorModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { TextColumn, DetailColumn, NumColumns };
    enum Roles { HighlightRole = Qt::UserRole };
    using QAbstractTableModel::QAbstractTableModel;
    struct Row {
        QString text, detail;
        Highlights highlights;
        std::function<void()> go;
    };
    void setRows(std::vector<Row> rows);
    const Row& row(int index) const { return m_rows[static_cast<size_t>(index)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : NumColumns; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<Row> m_rows;
};

/// Ctrl+K: a line over the window that leads to any node, pass, pattern, open graph, recent file or command; some
/// letters of the name are enough. Enter goes there, Esc or a click elsewhere leaves.
class Locator : public QFrame {
    Q_OBJECT
public:
    Locator(Document* document, Actions* actions, QWidget* window);
    void open();
    void leave();

signals:
    void panelWanted(const QString& title); ///< to see what was gone to

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    using Entries = std::vector<LocatorEntry>;
    void collect();
    void addFiles(Entries& entries);
    void addPasses(Entries& entries);
    void addCommands(Entries& entries);
    void place();
    void search();
    void takeLocated(const std::vector<Located>& list, const QString& text);
    void goTo(const QModelIndex& row);
    bool takeKey(int key);

    Document* m_document;
    Actions* m_actions;
    LocatorModel* m_model;
    QLineEdit* m_text;
    QTreeView* m_list;
    std::shared_ptr<const Entries> m_entries;
    QPointer<QWidget> m_focus; ///< who had it before
    bool m_goSoon = false;     ///< Enter was pressed while it was being looked for
};

} // namespace fxscope
