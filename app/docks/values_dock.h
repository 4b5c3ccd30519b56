// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/docks/node_table.h"
#include "app/models/values_model.h"

namespace fxscope {

class Document;

/// Bottom: every value before and after, once both were run.
class ValuesDock : public QWidget {
    Q_OBJECT
public:
    explicit ValuesDock(Document* document, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {600, 200}; }

private:
    void showComparison();
    void showProgress();
    QString summary() const;
    Document* m_document;
    ValuesModel m_model;
    NodeTable* m_table;
};

} // namespace fxscope
