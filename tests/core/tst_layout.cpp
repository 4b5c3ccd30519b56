// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"
#include "core/layout/layout.h"

#include <QtTest>

#include <random>

using namespace fxscope;

namespace {

struct Case {
    std::vector<Box> boxes;
    std::vector<Edge> edges;
};

Case boxesOf(size_t count) { return {std::vector<Box>(count, Box{100, 44}), {}}; }

Case chain(uint32_t count) {
    Case c = boxesOf(count);
    for (uint32_t i = 1; i < count; ++i)
        c.edges.push_back({i - 1, i});
    return c;
}
Case star(uint32_t users) {
    Case c = boxesOf(users + 1);
    for (uint32_t i = 1; i <= users; ++i)
        c.edges.push_back({0, i});
    return c;
}
Case twoParts() {
    Case c = chain(10);
    c.boxes.resize(20, Box{60, 30});
    for (uint32_t i = 11; i < 20; ++i)
        c.edges.push_back({i - 1, i});
    return c;
}
Case cycle(uint32_t count) {
    Case c = chain(count);
    c.edges.push_back({count - 1, 0});
    return c;
}
Case selfEdge() {
    Case c = chain(3);
    c.edges.push_back({1, 1});
    return c;
}
Case twice() {
    Case c = chain(3);
    c.edges.push_back({0, 1});
    return c;
}
/// A chain with a weight at every second box, residual edges, dead ends and one value that everybody uses.
Case network(uint32_t blocks, unsigned seed = 1) {
    std::mt19937 random(seed);
    Case c = boxesOf(1);
    c.boxes[0].source = true;
    uint32_t last = 0, residual = 0;
    const auto add = [&](std::vector<uint32_t> inputs) {
        const auto box = static_cast<uint32_t>(c.boxes.size());
        c.boxes.push_back({60.0 + static_cast<double>(random() % 120), 30.0 + static_cast<double>(random() % 30)});
        c.boxes.back().source = inputs.empty();
        for (const uint32_t input : inputs)
            c.edges.push_back({input, box});
        return box;
    };
    const uint32_t mask = add({});
    for (uint32_t i = 0; i < blocks; ++i) {
        const uint32_t weight = add({}), transposed = add({weight});
        last = add({last, transposed});
        add({last});
        last = add({last, mask});
        if (i % 3 == 2)
            residual = last = add({last, residual});
    }
    std::vector<uint32_t> all{last};
    for (uint32_t i = 0; i < c.boxes.size(); i += 7)
        all.push_back(i);
    c.boxes[add(all)].sink = true;
    return c;
}
Case randomEdges(uint32_t count, unsigned seed) {
    std::mt19937 random(seed);
    Case c = boxesOf(count);
    for (uint32_t i = 0; i < 2 * count; ++i)
        c.edges.push_back({static_cast<uint32_t>(random() % count), static_cast<uint32_t>(random() % count)});
    return c;
}

Placement placed(const Case& c, const LayoutOptions& options = {}) {
    auto result = layeredLayout().place(c.boxes, c.edges, options, Cancel());
    return result.ok() ? std::move(result).value() : Placement{};
}

/// Boxes of one layer in order of x must not touch; layers must not either. Empty: all is well.
QString overlap(const Case& c, const Placement& p) {
    std::vector<size_t> order(c.boxes.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return std::pair(p.layers[a], p.boxes[a].x) < std::pair(p.layers[b], p.boxes[b].x);
    });
    double bottom = -1, layerBottom = -1;
    for (size_t k = 0; k < order.size(); ++k) {
        const size_t i = order[k];
        const bool newLayer = k == 0 || p.layers[i] != p.layers[order[k - 1]];
        if (newLayer)
            bottom = layerBottom;
        else if (p.boxes[order[k - 1]].x + c.boxes[order[k - 1]].width > p.boxes[i].x - 1)
            return QString("boxes %1 and %2 overlap").arg(order[k - 1]).arg(i);
        if (p.boxes[i].y < bottom + 1 && p.layers[i] > 0)
            return QString("box %1 reaches into the layer above").arg(i);
        layerBottom = std::max(layerBottom, p.boxes[i].y + c.boxes[i].height);
        if (p.boxes[i].x < 0 || p.boxes[i].y < 0 || p.boxes[i].x + c.boxes[i].width > p.width + 1e-6 ||
            p.boxes[i].y + c.boxes[i].height > p.height + 1e-6)
            return QString("box %1 is outside").arg(i);
    }
    return {};
}

QString wrongEdge(const Case& c, const Placement& p, bool acyclic) {
    for (size_t i = 0; i < c.edges.size(); ++i) {
        const auto [from, to] = c.edges[i];
        const EdgePath& path = p.edges[i];
        if (path.stub != path.points.empty())
            return QString("edge %1 is neither a stub nor a path").arg(i);
        if (acyclic && p.layers[from] >= p.layers[to])
            return QString("edge %1 does not go down").arg(i);
        if (path.stub)
            continue;
        const bool down = p.layers[from] < p.layers[to];
        const Point first = path.points.front(), last = path.points.back();
        const double fromEnd = p.boxes[from].y + (down ? c.boxes[from].height : 0);
        const double toEnd = p.boxes[to].y + (down ? 0 : c.boxes[to].height);
        if (std::abs(first.y - fromEnd) > 1e-6 || std::abs(last.y - toEnd) > 1e-6)
            return QString("edge %1 does not begin or end at its boxes").arg(i);
        if (first.x < p.boxes[from].x || first.x > p.boxes[from].x + c.boxes[from].width || last.x < p.boxes[to].x ||
            last.x > p.boxes[to].x + c.boxes[to].width)
            return QString("edge %1 begins or ends beside its boxes").arg(i);
        for (size_t k = 1; k < path.points.size(); ++k)
            if ((path.points[k].y - path.points[k - 1].y) * (down ? 1 : -1) < 0)
                return QString("edge %1 turns back").arg(i);
    }
    return {};
}

/// Whether a straight or slanted piece of a path runs through a box that is not at its ends.
QString crossedBox(const Case& c, const Placement& p) {
    for (size_t i = 0; i < c.edges.size(); ++i)
        for (size_t k = 1; k < p.edges[i].points.size(); ++k) {
            const Point a = p.edges[i].points[k - 1], b = p.edges[i].points[k];
            for (size_t box = 0; box < c.boxes.size(); ++box) {
                if (box == c.edges[i].from || box == c.edges[i].to)
                    continue;
                const QRectF rect(p.boxes[box].x, p.boxes[box].y, c.boxes[box].width, c.boxes[box].height);
                const double top = std::max(rect.top(), a.y), bottom = std::min(rect.bottom(), b.y);
                if (top >= bottom)
                    continue;
                const double slope = (b.x - a.x) / (b.y - a.y);
                const double x1 = a.x + (top - a.y) * slope, x2 = a.x + (bottom - a.y) * slope;
                if (std::max(x1, x2) > rect.left() && std::min(x1, x2) < rect.right())
                    return QString("edge %1 crosses box %2").arg(i).arg(box);
            }
        }
    return {};
}

} // namespace

class TestLayout : public QObject {
    Q_OBJECT
private slots:
    void invariants_data() {
        QTest::addColumn<Case>("c");
        QTest::addColumn<bool>("acyclic");
        QTest::newRow("nothing") << boxesOf(0) << true;
        QTest::newRow("one box") << boxesOf(1) << true;
        QTest::newRow("two boxes") << boxesOf(2) << true;
        QTest::newRow("one edge") << chain(2) << true;
        QTest::newRow("chain of 1000") << chain(1000) << true;
        QTest::newRow("star of 500") << star(500) << true;
        QTest::newRow("100 loose boxes") << boxesOf(100) << true;
        QTest::newRow("two parts") << twoParts() << true;
        QTest::newRow("edge twice") << twice() << true;
        QTest::newRow("cycle") << cycle(5) << false;
        QTest::newRow("self edge") << selfEdge() << false;
        QTest::newRow("network") << network(100) << true;
        QTest::newRow("other network") << network(333, 7) << true;
        QTest::newRow("random with cycles") << randomEdges(200, 3) << false;
    }
    void invariants() {
        QFETCH(Case, c);
        QFETCH(bool, acyclic);
        for (const Direction direction : {Direction::TopDown, Direction::LeftRight}) {
            LayoutOptions options;
            options.direction = direction;
            Placement p = placed(c, options);
            QCOMPARE(p.boxes.size(), c.boxes.size());
            QCOMPARE(p.edges.size(), c.edges.size());
            if (direction == Direction::LeftRight)
                transpose(p, c); // now everything must hold as for top-down
            QCOMPARE(overlap(c, p), QString());
            QCOMPARE(wrongEdge(c, p, acyclic), QString());
            QCOMPARE(crossedBox(c, p), QString());
        }
    }

    void equalInputGivesEqualOutput() {
        const Case c = network(200);
        const Placement a = placed(c), b = placed(c);
        for (size_t i = 0; i < c.boxes.size(); ++i)
            QVERIFY(a.boxes[i].x == b.boxes[i].x && a.boxes[i].y == b.boxes[i].y);
        for (size_t i = 0; i < c.edges.size(); ++i)
            QCOMPARE(a.edges[i].points.size(), b.edges[i].points.size());
    }

    void aChainIsStraight() {
        const Placement p = placed(chain(50));
        for (const EdgePath& path : p.edges)
            QCOMPARE(path.points.size(), size_t(2));
        QCOMPARE(p.width, 100.0);
    }

    void weightsStandAboveTheirFirstUser() {
        Case c = chain(20);
        c.boxes.resize(22, Box{80, 44, true});
        c.edges.push_back({20, 21}); // weight -> its permute -> box 15
        c.edges.push_back({21, 15});
        const Placement p = placed(c);
        QCOMPARE(p.layers[21], p.layers[15] - 1);
        QCOMPARE(p.layers[20], p.layers[15] - 2);
    }

    void theOutputIsLastAndDeadEndsStayWithTheirInput() {
        Case c = chain(20);
        c.boxes.resize(22, Box{80, 44});
        c.boxes[20].sink = true;
        c.edges.push_back({3, 20}); // output of an early value
        c.edges.push_back({3, 21}); // dead end
        const Placement p = placed(c);
        QCOMPARE(p.layers[20], p.layerCount - 1);
        QCOMPARE(p.layers[21], p.layers[3] + 1);
    }

    void longEdgesAreStubs() {
        Case c = chain(60);
        c.edges.push_back({0, 32});
        c.edges.push_back({0, 33});
        LayoutOptions options;
        options.longestEdge = 32;
        const Placement p = placed(c, options);
        QVERIFY(!p.edges[59].stub);
        QVERIFY(p.edges[60].stub);
        QVERIFY(p.edges[60].points.empty());
    }

    void aDeepChainNeedsNoStack() {
        const Case c = chain(100'000);
        const Placement p = placed(c);
        QCOMPARE(p.layerCount, 100'000);
    }

    void crossingsAreRemoved() {
        Case c = boxesOf(6); // drawn in the given order, every pair of the three edges would cross
        c.edges = {{0, 5}, {1, 4}, {2, 3}, {0, 4}, {1, 3}};
        const auto layering = layered::assignLayers(c.boxes, c.edges, 32);
        auto network = layered::buildNetwork(c.boxes, layering, {});
        QVERIFY(layered::orderLayers(network, 4, Cancel()));
        QCOMPARE(layered::crossings(network), uint64_t(0));
    }

    void cancelStopsTheLayout() {
        const Case c = network(2000);
        Cancel cancel;
        cancel.request();
        const auto result = layeredLayout().place(c.boxes, c.edges, {}, cancel);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().what, std::string("the layout was cancelled"));
    }

    void separateIsExact_data() {
        QTest::addColumn<std::vector<double>>("desired");
        QTest::addColumn<std::vector<double>>("expected");
        QTest::newRow("far enough") << std::vector<double>{0, 20, 50} << std::vector<double>{0, 20, 50};
        QTest::newRow("two at one place") << std::vector<double>{0, 0} << std::vector<double>{-5, 5};
        QTest::newRow("three reversed") << std::vector<double>{20, 10, 0} << std::vector<double>{0, 10, 20};
        QTest::newRow("a push moves the first")
            << std::vector<double>{0, 5, 100} << std::vector<double>{-2.5, 7.5, 100};
    }
    void separateIsExact() {
        QFETCH(std::vector<double>, desired);
        QFETCH(std::vector<double>, expected);
        const std::vector<double> weight(desired.size(), 1), gap(desired.size() - 1, 10);
        std::vector<double> position(desired.size());
        layered::separate(desired, weight, gap, position);
        for (size_t i = 0; i < desired.size(); ++i)
            QCOMPARE(position[i], expected[i]);
    }

    void graphvizPlacesTheSameBoxes() {
        const LayoutEngine* dot = graphvizLayout();
        if (!dot)
            QSKIP("dot is not installed");
        for (const Case& c : {boxesOf(0), boxesOf(1), twice(), twoParts(), network(6)}) {
            const auto result = dot->place(c.boxes, c.edges, {}, Cancel());
            QVERIFY2(result.ok(), result.ok() ? "" : result.error().str().c_str());
            QCOMPARE(overlap(c, *result), QString());
            for (size_t i = 0; i < c.edges.size(); ++i) {
                QVERIFY(result->edges[i].points.size() >= 2 && result->edges[i].curve);
                const Box& box = c.boxes[c.edges[i].from];
                const Point& corner = result->boxes[c.edges[i].from];
                QVERIFY(std::abs(result->edges[i].points[0].x - corner.x - box.width / 2) < 2);
                QVERIFY(std::abs(result->edges[i].points[0].y - corner.y - box.height) < 2);
            }
        }
    }

    void graphvizIsKilledOnCancel() {
        const LayoutEngine* dot = graphvizLayout();
        if (!dot)
            QSKIP("dot is not installed");
        Cancel cancel;
        cancel.request();
        const Case c = network(400);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!dot->place(c.boxes, c.edges, {}, cancel).ok());
        QVERIFY(timer.elapsed() < 2000);
    }

private:
    static void transpose(Placement& p, Case& c) {
        for (Point& point : p.boxes)
            std::swap(point.x, point.y);
        for (EdgePath& path : p.edges)
            for (Point& point : path.points)
                std::swap(point.x, point.y);
        for (Box& box : c.boxes)
            std::swap(box.width, box.height);
        std::swap(p.width, p.height);
    }
};

QTEST_GUILESS_MAIN(TestLayout)
#include "tst_layout.moc"
