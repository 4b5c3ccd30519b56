// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_scene.h"

#include <QAbstractScrollArea>
#include <QColor>
#include <QPointer>

#include <map>
#include <memory>
#include <set>
#include <vector>

class QIODevice;
class QPainter;

namespace fxscope {

/// Colours of the picture; light and dark. Differences are never told by colour alone (shape, line style and a sign
/// too).
struct CanvasTheme {
    QColor background, text, faint, edge, box, placeholder, output, attribute, group, border, selected, added, removed,
        changed, error;
    QColor heat;                  ///< of the hottest node; cooler ones lie between it and the box's own colour
    double frameShade = 0.05;     ///< how much darker (in light themes) each frame is than the one around it
    std::vector<QColor> captures; ///< for pattern variables, in order; colour-blind safe
    static CanvasTheme light();
    static CanvasTheme dark();
    static CanvasTheme highContrastLight();
    static CanvasTheme highContrastDark();
};

/// Nodes and groups; as quick to copy and to ask with a hundred thousand members as with one.
class NodeSet {
public:
    void insert(NodeId node) {
        if (isGroup(node)) {
            m_groups.insert(node);
            return;
        }
        if (m_bits.size() <= node.index / 64)
            m_bits.resize(node.index / 64 + 1);
        m_bits[node.index / 64] |= uint64_t(1) << node.index % 64;
        m_any = true;
    }
    template <class Iterator> void insert(Iterator begin, Iterator end) {
        for (; begin != end; ++begin)
            insert(*begin);
    }
    bool contains(NodeId node) const {
        if (isGroup(node))
            return m_groups.contains(node);
        return node.index / 64 < m_bits.size() && m_bits[node.index / 64] >> node.index % 64 & 1;
    }
    bool empty() const { return !m_any && m_groups.empty(); }
    template <class Visit> void forEachNode(const Visit& visit) const {
        for (uint32_t index = 0; index < m_bits.size() * 64; ++index)
            if (m_bits[index / 64] >> index % 64 & 1)
                visit(NodeId{index});
    }

private:
    std::vector<uint64_t> m_bits; ///< by node index
    std::set<NodeId> m_groups;
    bool m_any = false;
};

/// What is said about nodes on top of the graph itself.
struct NodeMarks {
    enum class Change : uint8_t { Added, Removed, Changed };
    using Changes = std::map<NodeId, Change>;
    struct Heat {
        double share = 0; ///< 0..1 of the scale
        QString text;     ///< what it is: "1.2 ms"; never told by colour alone
    };
    /// One quantity of many nodes. Copies share it.
    class Heats {
    public:
        using Map = std::map<NodeId, Heat>;
        Heats() : m_map(none()) {}
        Heats(Map map, QString name, QString least, QString most)
            : name(std::move(name)), least(std::move(least)), most(std::move(most)),
              m_map(std::make_shared<const Map>(std::move(map))) {}
        const Map& map() const { return *m_map; }
        bool empty() const { return m_map->empty(); }
        const Heat* of(NodeId node) const {
            const auto found = m_map->find(node);
            return found == m_map->end() ? nullptr : &found->second;
        }
        QString name;        ///< for the legend: "time"
        QString least, most; ///< ends of the scale

    private:
        static const std::shared_ptr<const Map>& none();
        std::shared_ptr<const Map> m_map;
    };
    Changes changes;
    std::map<NodeId, int> captures;    ///< index into CanvasTheme::captures
    std::map<NodeId, QString> badges;  ///< short text at the box's corner
    std::vector<QString> captureNames; ///< for the legend, by the same index
    NodeSet found;                     ///< hits of the find bar
    bool foundOnly = false;            ///< everything else fades
    Heats heat;
    NodeSet selection;               ///< selected besides the current node
    std::map<NodeId, bool> compared; ///< with a part of a pattern: whether it fits
};

/// The marks and what they say of groups that nodes are folded into: a group changed if one of its nodes did.
NodeMarks liftedMarks(const GraphScene& scene, NodeMarks marks);

/// Boxes on their way from one scene to the next.
struct Glide {
    std::shared_ptr<const GraphScene> from;
    double share = 1; ///< of the way; 1: there
    QPointF shift;    ///< of the old scene's coordinates, so that the anchor stands still
};

/// The one paint path: screen, PNG, SVG and PDF. Paints what touches `area` (scene coordinates); the painter is already
/// transformed so that one unit is one scene unit times `zoom`. `version` says which items and links exist; a node that
/// is marked as removed is painted also where the version no longer has it, so that one picture can show both.
void paintScene(QPainter& painter, const GraphScene& scene, const Graph& version, const NodeMarks& marks,
                const CanvasTheme& theme, const QRectF& area, double zoom, NodeId selected, NodeId hovered,
                const Glide& glide = {}, const Cancel& cancel = {});

class Legend;

/// The whole of a scene as a picture, with its legend: one version, or several side by side. Holds what it paints: any
/// thread may write it. What is written of a cancelled one is worth nothing.
struct CanvasPicture {
    struct Pane {
        std::shared_ptr<const Graph> graph;
        NodeMarks marks;
        QString title; ///< shown if there are several
    };
    std::shared_ptr<const GraphScene> scene;
    std::vector<Pane> panes; ///< at least one
    CanvasTheme theme;
    int dpi = 96; ///< of the screen that the boxes were measured for

    QSizeF size() const;                                         ///< in pixels, at zoom 1
    double imageScale() const;                                   ///< of image(); less than 1: it would be too large
    QImage image(const Cancel& cancel = {}) const;               ///< null: no memory for it
    QImage image(QSize pixels, const Cancel& cancel = {}) const; ///< fitted
    void writeSvg(QIODevice& device, const Cancel& cancel = {}) const;
    void writePdf(QIODevice& device, const Cancel& cancel = {}) const;

private:
    QRectF area(const Pane& pane) const;
    Legend legend() const;
    void paint(QPainter& painter, const QRectF& target, bool vector, const Cancel& cancel) const;
};

/// A view of one version of a scene: pan, zoom, select, hover. GUI thread only. Several canvases may share a scene and
/// follow each other's view (linkViewWith). Keyboard: arrows walk to neighbours, Space fits, + and - zoom.
class GraphCanvas : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit GraphCanvas(QWidget* parent = nullptr);
    ~GraphCanvas() override;

    /// The old picture stays until this is called; zoom and the selected node's place on screen are kept.
    void setScene(std::shared_ptr<const GraphScene> scene, std::shared_ptr<const Graph> version);
    void setVersion(std::shared_ptr<const Graph> version); ///< another version of the same scene
    void setMarks(NodeMarks marks);
    void setTheme(const CanvasTheme& theme);
    void setTitle(const QString& title); ///< small text in the corner: "before", "after"
    void setLegendShown(bool shown);
    void setMinimapShown(bool shown);             ///< where the picture is larger than the view; off at first
    void setPlaceholderText(const QString& text); ///< shown while there is no scene
    void setWheelZooms(bool zooms);               ///< without Ctrl; off at first
    void setGliding(bool glides);                 ///< boxes move to their new places instead of jumping; on at first

    void select(NodeId node, bool reveal = true); ///< a node or group; does not emit nodeSelected
    NodeId selected() const;
    std::vector<NodeId> inputs(NodeId node) const; ///< of a node or group, as boxes of the version on show
    void keepInPlace(NodeId group); ///< what stands still when the next scene comes, before anything else
    void fitAll();
    /// Also nodes that another version of the scene has. If they cannot be read all at once: the surroundings of
    /// `anchor`, which is one of them.
    void fitNodes(const std::vector<NodeId>& nodes, NodeId anchor);
    void setZoom(double zoom); ///< about the centre
    double zoom() const;
    QRectF visibleArea() const;            ///< in scene coordinates
    void linkViewWith(GraphCanvas* other); ///< pan, zoom and hover follow both ways
    CanvasPicture picture() const;

signals:
    void pictureWanted(); ///< Space, Enter or a click where there is no picture
    // Nodes, or groups (see hierarchy.h).
    void nodeSelected(fxscope::NodeId node);                                  ///< by the user; invalid: nothing
    void nodeActivated(fxscope::NodeId node);                                 ///< double click or Enter
    void nodesPicked(const std::vector<fxscope::NodeId>& nodes, bool toggle); ///< to the selection, or in and out of it
    void nodeHovered(fxscope::NodeId node);
    void contextMenuWanted(fxscope::NodeId node, QPoint globalPosition);
    void firstPicture(); ///< after the first paint of a newly set scene

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void leaveEvent(QEvent*) override;
    void focusInEvent(QFocusEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    bool viewportEvent(QEvent*) override;
    void changeEvent(QEvent*) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace fxscope
Q_DECLARE_METATYPE(fxscope::NodeId)
