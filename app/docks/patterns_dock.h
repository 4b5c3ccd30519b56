// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/models/candidates_model.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QTreeView;

namespace fxscope {

class Document;

/// Left: the patterns of the set in use and every node each of them could start from, the nearest first; switches that
/// answer as if a reason did not exist; breakpoints.
class PatternsDock : public QWidget {
    Q_OBJECT
public:
    explicit PatternsDock(Document* document, QWidget* parent = nullptr);

private:
    QWidget* makeSwitches();
    void showSet();
    void showCandidates();
    void followSubject();
    void showRow(const QModelIndex& row);
    void showMenu(const QPoint& position);
    void applySwitches();

    Document* m_document;
    CandidatesModel m_model;
    QLabel *m_note, *m_sum;
    QTreeView* m_view;
    QWidget* m_switches;
    QCheckBox *m_users, *m_dtypes, *m_mutation, *m_recheck;
    bool m_following = false;
};

} // namespace fxscope
