// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTextBrowser>

namespace fxscope {

class Document;
struct Group;

/// Right: everything about the selected node, as it is after the step (or was before, if it is gone). Names of nodes
/// are links.
class NodeDock : public QTextBrowser {
    Q_OBJECT
public:
    explicit NodeDock(Document* document, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {320, 400}; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    QString nodeHtml() const;
    QString groupHtml(const Group& group) const;
    QString stateOfNode() const;
    Document* m_document;
};

} // namespace fxscope
