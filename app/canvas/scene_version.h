// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"

namespace fxscope {

/// What of a scene one version shows; painting, hit testing and walking ask the same questions here.
class SceneVersion {
public:
    SceneVersion(const GraphScene& scene, const Graph& graph, const NodeMarks& marks)
        : m_scene(scene), m_graph(graph), m_marks(marks) {}

    bool shows(const GraphScene::Item& item) const;
    bool shows(const GraphScene::Link& link) const;
    bool shows(const GraphScene::Edge& edge) const { return mentions(edge.to, edge.from); }
    bool shows(NodeId node) const; ///< or group: if any of its nodes
    QRectF bounds() const;         ///< of the items it shows

    // Of the box of a node, as boxes: those of folded groups are ids of groups.
    std::vector<NodeId> inputs(NodeId node) const; ///< shown ones, in the order of the arguments; also of a frame
    std::vector<NodeId> users(NodeId node) const;

    /// The named end of stubs at a box: "↑ weight" above its left half, "↓ 12 users" below its right half.
    struct Tag {
        QRectF rect;
        QString text;
        std::vector<NodeId> others; ///< what it leads to: boxes, or folded sources
        bool below = false;
        bool sources = false; ///< what it names has no box of its own
    };
    /// Tags of an item, none or up to two.
    std::vector<Tag> tags(int item) const;
    /// "f32[4, 8], 2 users": one line about the value of a node.
    QString describe(NodeId node) const;
    QString nameOf(NodeId node) const; ///< of a node or group

private:
    bool ghost(NodeId node) const; ///< marked as removed and no longer in the version
    bool mentions(NodeId user, NodeId input) const;
    std::vector<NodeId> frameInputs(NodeId frame) const;
    static bool isTag(const GraphScene::Item& box, NodeId node);
    QString describeGroup(NodeId id) const;
    Tag makeTag(const GraphScene::Item& item, std::vector<NodeId> others, bool below, bool sources) const;

    const GraphScene& m_scene;
    const Graph& m_graph;
    const NodeMarks& m_marks;
};

} // namespace fxscope
