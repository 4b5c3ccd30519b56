// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/docks/node_table.h"
#include "app/models/timings_model.h"

namespace fxscope {

class Document;

/// Bottom: how long each node and the whole graph took before and after.
class TimingsDock : public QWidget {
    Q_OBJECT
public:
    explicit TimingsDock(Document* document, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {600, 200}; }

private:
    void showComparison();
    QString summary() const;
    Document* m_document;
    TimingsModel m_model;
    NodeTable* m_table;
};

} // namespace fxscope
