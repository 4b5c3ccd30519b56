// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/stages_model.h"

#include "app/models/format.h"

#include <map>

namespace fxscope {

void StagesModel::setCapture(const Capture* capture) {
    clear();
    m_stages.clear();
    setHorizontalHeaderLabels({tr("Stage"), tr("Nodes")});
    if (!capture)
        return;
    std::map<std::string, QStandardItem*> compiles;
    for (size_t i = 0; i < capture->graphs.size(); ++i) {
        const GraphEntry& entry = capture->graphs[i];
        QStandardItem* parent = invisibleRootItem();
        if (!entry.compileId.empty()) {
            QStandardItem*& compile = compiles[entry.compileId];
            if (!compile) {
                compile = new QStandardItem(tr("compile %1").arg(qs(entry.compileId)));
                compile->setData(-1, EntryRole);
                compile->setEditable(false);
                auto* nodes = new QStandardItem;
                nodes->setEditable(false);
                parent->appendRow({compile, nodes});
            }
            parent = compile;
        }
        addStage(parent, entry, static_cast<int>(i));
    }
    refresh(*capture);
}

void StagesModel::addStage(QStandardItem* parent, const GraphEntry& entry, int index) {
    const std::string& name = entry.stage.empty() ? entry.id : entry.stage;
    auto* stage = new QStandardItem(entry.restarted ? tr("%1 (restarted)").arg(qs(name)) : qs(name));
    stage->setData(index, EntryRole);
    stage->setEditable(false);
    stage->setToolTip(entry.previous < 0 ? qs(entry.id)
                                         : tr("%1\nShows what made it of the stage before").arg(qs(entry.id)));
    auto* nodes = new QStandardItem;
    nodes->setData(index, EntryRole);
    nodes->setEditable(false);
    nodes->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    parent->appendRow({stage, nodes});
    m_stages.push_back(stage);
}

void StagesModel::refresh(const Capture& capture) {
    for (size_t i = 0; i < std::min(m_stages.size(), capture.graphs.size()); ++i) {
        if (!capture.graphs[i].graph)
            continue;
        QStandardItem* parent = m_stages[i]->parent() ? m_stages[i]->parent() : invisibleRootItem();
        parent->child(m_stages[i]->row(), NodesColumn)->setText(QString::number(capture.graphs[i].graph->size()));
    }
}

QModelIndex StagesModel::indexOf(int entry) const {
    return entry >= 0 && entry < static_cast<int>(m_stages.size()) ? m_stages[static_cast<size_t>(entry)]->index()
                                                                   : QModelIndex();
}

} // namespace fxscope
