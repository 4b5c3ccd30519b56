// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"

#include <QStandardItemModel>

namespace fxscope {

/// The graphs of a capture as a timeline: compile id -> its stages in order. Graphs that say no compile id stand at the
/// top level themselves.
class StagesModel : public QStandardItemModel {
    Q_OBJECT
public:
    enum Columns { StageColumn, NodesColumn, NumColumns };
    enum Roles { EntryRole = Qt::UserRole + 1 }; ///< index of the graph in the capture; -1: a compile id

    explicit StagesModel(QObject* parent = nullptr) : QStandardItemModel(parent) {}
    void setCapture(const Capture* capture); ///< null: empty
    void refresh(const Capture& capture);    ///< the same one, of which more was read
    QModelIndex indexOf(int entry) const;    ///< invalid: not here

private:
    void addStage(QStandardItem* parent, const GraphEntry& entry, int index);
    std::vector<QStandardItem*> m_stages; ///< by entry
};

} // namespace fxscope
