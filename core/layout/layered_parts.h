// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/layout/layout.h"

namespace fxscope::layered {

constexpr int kPollEvery = 512; ///< layers between two looks at Cancel

// Note [Layered layout in linear time]
// FX graphs are chains: half as many layers as nodes. What ruins a layered layout of them are the virtual nodes that an
// edge gets in every layer it skips, so there are few of them here: an edge over more than `longestEdge` layers is a
// stub and gets none, all other edges of one source share one chain, and boxes that only feed weights stand directly
// above their first user. The steps, each linear but for sorting within a layer, with fixed numbers of sweeps:
//   layers.cpp       which layer every box stands in
//   network.cpp      items (boxes and virtual nodes) and the segments between neighbouring layers
//   order.cpp        the order within each layer: barycentre sweeps and neighbour exchanges, best result kept
//   coordinates.cpp  x within each layer: isotonic regression; y of the layers
//   straighten.cpp   exact vertical lines where there is room; no slow drift to one side
//   pack.cpp         components beside each other
//   routes.cpp       where edges leave and enter, and their polylines
// Everything is written for top-down; layered.cpp swaps the axes for left-right.

/// Lists of numbers, one per vertex, in one array.
struct Lists {
    std::vector<uint32_t> begin, values; ///< begin has one more entry than there are lists
    std::span<const uint32_t> of(uint32_t list) const {
        return std::span(values).subspan(begin[list], begin[list + 1] - begin[list]);
    }
};
/// values[i] goes to list keys[i]; order is kept.
Lists group(size_t lists, std::span<const uint32_t> keys, std::span<const uint32_t> values);

/// An edge turned so that it points down. A self edge has upper == lower and takes part in nothing.
struct Arc {
    uint32_t upper = 0, lower = 0;
    bool turned = false;
};

struct Layering {
    std::vector<int> layer;      ///< of each box
    std::vector<uint32_t> place; ///< of each box in a depth-first topological order
    std::vector<char> light;     ///< boxes whose edges need not be straight: weights, constants, dead ends
    std::vector<Arc> arcs;       ///< one per edge
    int count = 0;
};
Layering assignLayers(std::span<const Box> boxes, std::span<const Edge> edges, int longestEdge);

inline constexpr uint32_t kNone = UINT32_MAX;

/// A box, or a virtual node where edges pass a layer.
struct Item {
    uint32_t box = kNone; ///< kNone: virtual
    int layer = 0;
    uint32_t component = 0; ///< parts of the picture that no segment connects stand side by side in this order
    uint32_t place = 0;     ///< of the box, or of the source of a virtual node: the first order
    double width = 0, height = 0;
    double x = 0; ///< centre
};
/// How much a segment wants to be vertical: least at weights, and along edges that pass layers the more the longer they
/// are. A residual stream is then the straight backbone that its blocks hang on; were anything in the blocks as strong,
/// every block would push it a bit to the side, and a hundred blocks would make a slanted picture.
inline constexpr float kLight = 0.002f, kPlain = 1, kLonger = 4; ///< kLonger: factor per layer passed

/// A piece of edges between two neighbouring layers.
struct Segment {
    uint32_t upper = 0, lower = 0; ///< items
    float weight = kPlain;
    double upperPort = 0, lowerPort = 0; ///< x of its ends
};
struct Network {
    std::vector<Item> items; ///< boxes first, same indices
    std::vector<Segment> segments;
    Lists up, down;                     ///< segments that end / begin at an item
    std::vector<uint32_t> order, pos;   ///< items by layer, left to right; place of each item within its layer
    std::vector<uint32_t> layerBegin;   ///< into order, one more than there are layers
    std::vector<uint32_t> chain;        ///< first virtual node of each box's chain, kNone without
    std::vector<uint32_t> chainSegment; ///< segment from the box to that node; the chain's other segments follow it
    std::vector<uint32_t> lastSegment;  ///< of each edge; kNone: a stub
    std::vector<double> layerTop, layerBottom;

    int layerCount() const { return static_cast<int>(layerBegin.size()) - 1; }
    std::span<uint32_t> layerOf(int layer) {
        return std::span(order).subspan(layerBegin[layer], layerBegin[layer + 1] - layerBegin[layer]);
    }
    std::span<const uint32_t> layerOf(int layer) const { return const_cast<Network*>(this)->layerOf(layer); }
};
Network buildNetwork(std::span<const Box> boxes, const Layering& layering, const LayoutOptions& options);

/// These two return false if cancelled.
bool orderLayers(Network& network, int sweeps, const Cancel& cancel);
bool assignCoordinates(Network& network, const LayoutOptions& options, const Cancel& cancel);

/// Pairs of segments that cross, straight lines between the layers assumed.
uint64_t crossings(const Network& network);

/// Parts of assignCoordinates, in this order after its passes.
void straighten(Network& network, double boxGap);
void packComponents(Network& network, double boxGap);
/// Least distance of the centres of two neighbours in a layer.
double spacing(const Item& left, const Item& right, double boxGap);

/// The positions nearest to `desired` (weighted squares) with position[i + 1] - position[i] >= gap[i]. Exact and
/// linear.
void separate(std::span<const double> desired, std::span<const double> weight, std::span<const double> gap,
              std::span<double> position);

void assignPorts(Network& network);
EdgePath route(const Network& network, const Arc& arc, uint32_t lastSegment);

} // namespace fxscope::layered
