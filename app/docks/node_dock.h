// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTextBrowser>

namespace fxscope {

class Document;
class Graph;
struct GraphEntry;
struct Group;
struct NodeId;
struct OpenFile;

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
    QString nodeHtml();
    QString groupHtml(const Group& group) const;
    QString stateOfNode() const;
    QString kernelsOfNode(const Graph& graph, NodeId node);
    void findKernels(const OpenFile& file, const GraphEntry& entry, const QString& name);
    Document* m_document;
    QString m_kernelsOf, m_kernels; ///< of the node that was asked for last
};

} // namespace fxscope
