// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/nested.h"

#include <QtTest>

#include <random>

using namespace fxscope;

namespace {

struct Rect {
    double left, top, right, bottom;
    bool holds(const Rect& o) const { return o.left >= left && o.top >= top && o.right <= right && o.bottom <= bottom; }
    bool meets(const Rect& o) const { return left < o.right && o.left < right && top < o.bottom && o.top < bottom; }
};
Rect rectOf(Point corner, const Box& size) {
    return {corner.x, corner.y, corner.x + size.width, corner.y + size.height};
}

struct Problem {
    std::vector<Box> boxes;
    std::vector<int> groupOf;
    std::vector<GroupBox> groups;
    std::vector<Edge> edges;
};

/// Groups within groups that boxes fill one after another, as a program's modules do.
Problem blocks(unsigned seed, int count) {
    std::mt19937 random(seed);
    Problem p;
    std::vector<int> open;
    for (int i = 0; i < count; ++i) {
        if (random() % 4 == 0 && open.size() < 4) {
            p.groups.push_back({open.empty() ? -1 : open.back(), 24, 80});
            open.push_back(static_cast<int>(p.groups.size() - 1));
        } else if (random() % 4 == 0 && !open.empty()) {
            open.pop_back();
        }
        const auto box = static_cast<uint32_t>(p.boxes.size());
        p.boxes.push_back({40.0 + static_cast<double>(random() % 90), 30});
        p.groupOf.push_back(open.empty() ? -1 : open.back());
        for (int k = 0; k < 2 && box > 0; ++k)
            p.edges.push_back({box - 1 - static_cast<uint32_t>(random() % std::min(box, 9u)), box});
    }
    return p;
}

NestedPlacement place(const Problem& p, Direction direction = Direction::TopDown) {
    LayoutOptions options;
    options.direction = direction;
    return placeNested(layeredLayout(), p.boxes, p.groupOf, p.groups, p.edges, options, Cancel()).value();
}

} // namespace

class TstNested : public QObject {
    Q_OBJECT
private slots:
    void groupsHoldTheirBoxes_data();
    void groupsHoldTheirBoxes();
    void edgesLeadFromBoxToBox_data() { groupsHoldTheirBoxes_data(); }
    void edgesLeadFromBoxToBox();
    void equalInputGivesEqualOutput();
    void withoutGroupsItIsTheLayoutItself();
    void cancelIsAnError();
    void largePartsStandBesideEachOther();
};

void TstNested::groupsHoldTheirBoxes_data() {
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<bool>("down");
    for (unsigned seed = 1; seed <= 12; ++seed)
        for (const bool down : {true, false})
            QTest::addRow("%u %s", seed, down ? "down" : "right") << seed << down;
}

void TstNested::groupsHoldTheirBoxes() {
    QFETCH(unsigned, seed);
    QFETCH(bool, down);
    const Problem p = blocks(seed, 120);
    const NestedPlacement nested = place(p, down ? Direction::TopDown : Direction::LeftRight);
    std::vector<Rect> groups, boxes;
    for (size_t g = 0; g < p.groups.size(); ++g)
        groups.push_back(rectOf(nested.corners[g], nested.sizes[g]));
    for (size_t i = 0; i < p.boxes.size(); ++i)
        boxes.push_back(rectOf(nested.placement.boxes[i], p.boxes[i]));
    for (size_t g = 0; g < groups.size(); ++g) {
        if (p.groups[g].parent >= 0)
            QVERIFY(groups[static_cast<size_t>(p.groups[g].parent)].holds(groups[g]));
        for (size_t o = 0; o < g; ++o)
            if (p.groups[o].parent == p.groups[g].parent)
                QVERIFY(!groups[o].meets(groups[g]));
        QVERIFY(nested.sizes[g].width >= p.groups[g].leastWidth);
    }
    const auto inside = [&](size_t box, size_t group) {
        int g = p.groupOf[box];
        while (g >= 0 && g != static_cast<int>(group))
            g = p.groups[static_cast<size_t>(g)].parent;
        return g >= 0;
    };
    for (size_t i = 0; i < boxes.size(); ++i) {
        for (size_t g = 0; g < groups.size(); ++g)
            QCOMPARE(groups[g].meets(boxes[i]), inside(i, g));
        for (size_t o = 0; o < i; ++o)
            QVERIFY(!boxes[o].meets(boxes[i]));
        if (p.groupOf[i] >= 0) { // below the title
            const Rect& group = groups[static_cast<size_t>(p.groupOf[i])];
            QVERIFY(boxes[i].top >= group.top + p.groups[static_cast<size_t>(p.groupOf[i])].header);
        }
    }
}

void TstNested::edgesLeadFromBoxToBox() {
    QFETCH(unsigned, seed);
    QFETCH(bool, down);
    const Problem p = blocks(seed, 120);
    const NestedPlacement nested = place(p, down ? Direction::TopDown : Direction::LeftRight);
    size_t drawn = 0;
    for (size_t i = 0; i < p.edges.size(); ++i) {
        const EdgePath& path = nested.placement.edges[i];
        QVERIFY(path.stub == path.points.empty());
        if (path.stub)
            continue;
        ++drawn;
        const Rect from = rectOf(nested.placement.boxes[p.edges[i].from], p.boxes[p.edges[i].from]);
        const Rect to = rectOf(nested.placement.boxes[p.edges[i].to], p.boxes[p.edges[i].to]);
        const Point first = path.points.front(), last = path.points.back();
        if (down) {
            QVERIFY(std::abs(first.y - from.bottom) < 0.01 && first.x >= from.left && first.x <= from.right);
            QVERIFY(std::abs(last.y - to.top) < 0.01 && last.x >= to.left && last.x <= to.right);
        } else {
            QVERIFY(std::abs(first.x - from.right) < 0.01 && first.y >= from.top && first.y <= from.bottom);
            QVERIFY(std::abs(last.x - to.left) < 0.01 && last.y >= to.top && last.y <= to.bottom);
        }
        for (size_t k = 1; k < path.points.size(); ++k) // along the flow, through openings too
            QVERIFY(down ? path.points[k].y >= path.points[k - 1].y - 0.01
                         : path.points[k].x >= path.points[k - 1].x - 0.01);
    }
    QVERIFY(drawn > p.edges.size() / 2);
}

void TstNested::equalInputGivesEqualOutput() {
    const Problem p = blocks(5, 300);
    const NestedPlacement a = place(p), b = place(p);
    for (size_t i = 0; i < p.boxes.size(); ++i)
        QVERIFY(a.placement.boxes[i].x == b.placement.boxes[i].x && a.placement.boxes[i].y == b.placement.boxes[i].y);
    QCOMPARE(a.placement.layerCount, b.placement.layerCount);
}

void TstNested::withoutGroupsItIsTheLayoutItself() {
    Problem p = blocks(7, 200);
    p.groups.clear();
    p.groupOf.assign(p.boxes.size(), -1);
    std::sort(p.edges.begin(), p.edges.end(),
              [](Edge a, Edge b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); });
    p.edges.erase(
        std::unique(p.edges.begin(), p.edges.end(), [](Edge a, Edge b) { return a.from == b.from && a.to == b.to; }),
        p.edges.end());
    const NestedPlacement nested = place(p);
    const Placement flat = layeredLayout().place(p.boxes, p.edges, {}, Cancel()).value();
    QCOMPARE(nested.placement.width, flat.width);
    for (size_t i = 0; i < p.boxes.size(); ++i)
        QVERIFY(nested.placement.boxes[i].x == flat.boxes[i].x && nested.placement.boxes[i].y == flat.boxes[i].y);
}

void TstNested::cancelIsAnError() {
    const Problem p = blocks(1, 50);
    Cancel cancel;
    cancel.request();
    QVERIFY(!placeNested(layeredLayout(), p.boxes, p.groupOf, p.groups, p.edges, {}, cancel).ok());
}

/// Parts that are large enough to be laid out by themselves keep apart from each other.
void TstNested::largePartsStandBesideEachOther() {
    Problem p;
    for (uint32_t part = 0; part < 3; ++part)
        for (uint32_t i = 0; i < 700; ++i) {
            p.boxes.push_back({80, 30});
            if (i > 0)
                p.edges.push_back({part * 700 + i - 1, part * 700 + i});
        }
    const Placement placed = layeredLayout().place(p.boxes, p.edges, {}, Cancel()).value();
    std::vector<std::pair<double, double>> reach;
    for (uint32_t part = 0; part < 3; ++part) {
        double left = INFINITY, right = -INFINITY;
        for (uint32_t i = 0; i < 700; ++i) {
            left = std::min(left, placed.boxes[part * 700 + i].x);
            right = std::max(right, placed.boxes[part * 700 + i].x + 80);
            QCOMPARE(placed.layers[part * 700 + i], static_cast<int>(i));
        }
        reach.push_back({left, right});
    }
    std::sort(reach.begin(), reach.end());
    QVERIFY(reach[0].second < reach[1].first && reach[1].second < reach[2].first);
    QVERIFY(reach[2].second <= placed.width + 0.01);
}

QTEST_GUILESS_MAIN(TstNested)
#include "tst_nested.moc"
