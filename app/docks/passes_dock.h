// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/models/passes_model.h"
#include "app/models/stages_model.h"

#include <QWidget>

class QLineEdit;
class QSortFilterProxyModel;
class QToolButton;
class QTreeView;

namespace fxscope {

class Document;

/// Left: what the passes did. Choosing a row shows that pass, step or near miss.
class PassesDock : public QWidget {
    Q_OBJECT
public:
    explicit PassesDock(Document* document, QWidget* parent = nullptr);
    QTreeView* view() const { return m_view; }
    const PassesModel& model() const { return m_model; }
    QSize sizeHint() const override { return {330, 500}; }

private:
    void showTrace();
    void followStep(QObject* from);
    void showRow(const QModelIndex& row);
    QTreeView* makeStages();
    void showStages();
    void setDefaultColumns();

    Document* m_document;
    PassesModel m_model;
    StagesModel m_stages;
    QTreeView* m_timeline;
    QString m_stagesOf; ///< the file they are of
    QSortFilterProxyModel* m_filter;
    QLineEdit* m_text;
    QToolButton* m_hide;
    QTreeView* m_view;
    bool m_following = false; ///< the current row changes because the step did
};

} // namespace fxscope
