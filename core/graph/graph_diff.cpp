// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/graph_diff.h"

#include "core/graph/graph_diff_p.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace fxscope {
namespace {

/// Sets of numbers that are joined two at a time.
class UnionFind {
public:
    explicit UnionFind(size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), size_t{0}); }
    size_t find(size_t a) {
        while (m_parent[a] != a)
            a = m_parent[a] = m_parent[m_parent[a]];
        return a;
    }
    void join(size_t a, size_t b) { m_parent[find(a)] = find(b); }

private:
    std::vector<size_t> m_parent;
};

/// Nodes without counterpart that hang together: by an edge on one side, or because one stands where the other stood
/// in a node that both graphs have.
class RegionFinder {
public:
    RegionFinder(const Graph& before, const Graph& after, const Pairing& pairing)
        : m_before(before), m_after(after), m_pairing(pairing), m_sets(before.slotCount() + after.slotCount()) {}

    std::vector<DiffRegion> find(const GraphDiff& diff) {
        for (const NodeId id : diff.removed)
            forEachInput(m_before[id], [&](NodeId input) {
                if (isRemoved(input))
                    m_sets.join(id.index, input.index);
            });
        for (const NodeId id : diff.added)
            forEachInput(m_after[id], [&](NodeId input) {
                if (isAdded(input))
                    m_sets.join(keyOf(id), keyOf(input));
            });
        for (const NodeChange& change : diff.changed)
            joinReplaced(m_before[change.before], m_after[change.after]);
        std::map<size_t, size_t> places; // set -> region
        std::vector<DiffRegion> regions;
        const auto regionOf = [&](size_t key) -> DiffRegion& {
            const auto [place, fresh] = places.emplace(m_sets.find(key), regions.size());
            if (fresh)
                regions.emplace_back();
            return regions[place->second];
        };
        for (const NodeId id : diff.removed)
            regionOf(id.index).removed.push_back(id);
        for (const NodeId id : diff.added)
            regionOf(keyOf(id)).added.push_back(id);
        return regions;
    }

private:
    bool isRemoved(NodeId id) const { return !m_pairing.toAfter[id.index].valid(); }
    bool isAdded(NodeId id) const { return !m_pairing.toBefore[id.index].valid(); }
    size_t keyOf(NodeId added) const { return m_before.slotCount() + added.index; }

    void joinReplaced(const Node& a, const Node& b) {
        std::vector<NodeId> was, now;
        forEachInput(a, [&](NodeId input) { was.push_back(input); });
        forEachInput(b, [&](NodeId input) { now.push_back(input); });
        if (was.size() != now.size())
            return;
        for (size_t i = 0; i < was.size(); ++i)
            if (isRemoved(was[i]) && isAdded(now[i]))
                m_sets.join(was[i].index, keyOf(now[i]));
    }

    const Graph &m_before, &m_after;
    const Pairing& m_pairing;
    UnionFind m_sets;
};

/// The pairs outside a longest run that both graphs have in one order.
std::vector<NodePair> movedPairs(const Graph& after, const std::vector<NodePair>& pairs) {
    std::vector<int64_t> place(after.slotCount(), 0);
    int64_t next = 0;
    for (const NodeId id : after.order())
        place[id.index] = next++;
    std::vector<size_t> ends, previous(pairs.size(), SIZE_MAX); // ends[k]: last of the best run of k + 1 pairs
    for (size_t i = 0; i < pairs.size(); ++i) {
        const int64_t wanted = place[pairs[i].after.index];
        const auto at = std::lower_bound(ends.begin(), ends.end(), wanted, [&](size_t end, int64_t value) {
            return place[pairs[end].after.index] < value;
        });
        if (at != ends.begin())
            previous[i] = *(at - 1);
        if (at == ends.end())
            ends.push_back(i);
        else
            *at = i;
    }
    std::vector<bool> kept(pairs.size(), false);
    for (size_t i = ends.empty() ? SIZE_MAX : ends.back(); i != SIZE_MAX; i = previous[i])
        kept[i] = true;
    std::vector<NodePair> moved;
    for (size_t i = 0; i < pairs.size(); ++i)
        if (!kept[i])
            moved.push_back(pairs[i]);
    return moved;
}

std::vector<std::string> differentChildren(const Graph& before, const Graph& after) {
    std::set<std::string> names;
    for (const auto& [name, child] : before.children)
        if (const auto other = after.children.find(name);
            other == after.children.end() || !sameGraph(*child, *other->second, {.meta = false}))
            names.insert(name);
    for (const auto& [name, child] : after.children)
        if (!before.children.contains(name))
            names.insert(name);
    return {names.begin(), names.end()};
}

void addName(const Graph& after, const std::string& name, std::vector<NodeId>& into) {
    const auto found = after.find(name);
    if (found && std::find(into.begin(), into.end(), *found) == into.end())
        into.push_back(*found);
}

void addNames(const Provenance& from, std::set<std::string>& names) {
    std::vector<const Provenance*> open{&from};
    while (!open.empty()) {
        const Provenance* one = open.back();
        open.pop_back();
        names.insert(one->name);
        for (const Provenance& earlier : one->from)
            open.push_back(&earlier);
    }
}

/// What the records say of each node before: logged links by name, then the origins that nodes carry with them.
std::map<NodeId, std::vector<NodeId>> followed(const Graph& before, const Graph& after,
                                               const std::map<std::string, std::vector<std::string>>& links) {
    std::map<NodeId, std::vector<NodeId>> became;
    for (const auto& [name, names] : links)
        if (const auto from = before.find(name))
            for (const std::string& to : names)
                addName(after, to, became[*from]);
    for (const NodeId id : after.order()) {
        if (!after[id].origin)
            continue;
        std::set<std::string> names;
        for (const Provenance& from : after[id].origin->provenance)
            addNames(from, names);
        for (const std::string& name : names)
            if (const auto from = before.find(name))
                addName(after, after[id].name, became[*from]);
    }
    std::erase_if(became, [](const auto& entry) { return entry.second.empty(); });
    return became;
}

} // namespace

std::vector<NodeId> GraphDiff::after(NodeId before) const {
    if (const auto known = became.find(before); known != became.end())
        return known->second;
    const auto pair = std::find_if(pairs.begin(), pairs.end(), [&](const NodePair& p) { return p.before == before; });
    return pair == pairs.end() ? std::vector<NodeId>{} : std::vector<NodeId>{pair->after};
}

GraphDiff diffGraphs(const Graph& before, const Graph& after,
                     const std::map<std::string, std::vector<std::string>>& links) {
    const Pairing pairing = pairNodes(before, after);
    GraphDiff diff;
    for (const NodeId id : before.order()) {
        const NodeId other = pairing.toAfter[id.index];
        if (!other.valid()) {
            diff.removed.push_back(id);
            continue;
        }
        diff.pairs.push_back({id, other});
        if (before[id].name != after[other].name)
            diff.renamed.push_back({id, other});
        if (auto what = nodeChanges(before, after, pairing, {id, other}); !what.empty())
            diff.changed.push_back({id, other, std::move(what)});
    }
    for (const NodeId id : after.order())
        if (!pairing.toBefore[id.index].valid())
            diff.added.push_back(id);
    diff.regions = RegionFinder(before, after, pairing).find(diff);
    diff.moved = movedPairs(after, diff.pairs);
    diff.children = differentChildren(before, after);
    diff.became = followed(before, after, links);
    return diff;
}

} // namespace fxscope
