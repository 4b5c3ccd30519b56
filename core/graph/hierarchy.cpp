// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/hierarchy.h"

#include "core/graph/hash.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>

namespace fxscope {
namespace hierarchy {

/// One level of where a node is from.
struct Level {
    std::string key; ///< equal: the same call of the same module
    std::string path, type;
    bool operator==(const Level& other) const { return key == other.key; }
};
using Levels = std::vector<Level>;

static std::string lastPart(const std::string& dotted) { return dotted.substr(dotted.rfind('.') + 1); }

static Levels levelsOf(const Origin& origin) {
    Levels levels;
    for (const ModuleFrame& frame : origin.modules)
        if (!frame.path.empty()) {
            const size_t call = frame.key.rfind('@'); // "layers.0@1": the second call
            levels.push_back({frame.key, frame.path + (call == std::string::npos ? "" : frame.key.substr(call)),
                              lastPart(frame.type)});
        }
    return levels;
}

/// "p_layers_3_attn_2_weight": layers_3, layers_3_attn_2. Only numbered parts are levels: where the words of other
/// parts end cannot be told from underscores.
static Levels levelsOfName(std::string_view name) {
    Levels levels;
    size_t start = name.find('_') + 1; // p_, b_ and c_ say which kind it is
    for (size_t at = start; at < name.size();) {
        const size_t end = std::min(name.find('_', at), name.size());
        const auto part = name.substr(at, end - at);
        const bool number =
            !part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
        if (number && at > start && end < name.size()) {
            const std::string path(name.substr(start, end - start));
            levels.push_back({path, path, {}});
        }
        at = end + 1;
    }
    return levels;
}

static bool isParameterName(std::string_view name) {
    return name.starts_with("p_") || name.starts_with("b_") || name.starts_with("c_");
}

static void keepCommon(Levels& levels, const Levels& other) {
    const auto end = std::mismatch(levels.begin(), levels.end(), other.begin(), other.end()).first;
    levels.erase(end, levels.end());
}

} // namespace hierarchy

using namespace hierarchy;

/// See Note [Groups of a graph].
class HierarchyBuilder {
public:
    HierarchyBuilder(std::span<const HierarchyNode> nodes, std::span<const InputSpec> specs)
        : m_nodes(nodes), m_specs(specs) {
        uint32_t slots = 0;
        for (const HierarchyNode& node : nodes)
            slots = std::max(slots, node.id.index + 1);
        m_place.assign(slots, kNone);
        for (uint32_t i = 0; i < nodes.size(); ++i)
            m_place[nodes[i].id.index] = i;
        m_group.assign(nodes.size(), -1);
        m_light.assign(nodes.size(), false);
        m_result.m_groups.resize(1);
    }

    Hierarchy build() {
        m_hasModules = std::any_of(m_nodes.begin(), m_nodes.end(), [](const HierarchyNode& node) {
            return node.body->origin && !levelsOf(*node.body->origin).empty();
        });
        findLight();
        m_hasModules ? walkModules() : walkNames();
        if (m_result.m_groups.size() > 1) {
            dissolveSmall();
            placeLight();
            mergeChains();
        }
        fill();
        findRepeats();
        return std::move(m_result);
    }

private:
    static constexpr uint32_t kNone = UINT32_MAX;
    auto& groups() { return m_result.m_groups; }
    Group& group(int index) { return m_result.m_groups[static_cast<size_t>(index)]; }
    uint32_t placeOf(NodeId id) const { return id.index < m_place.size() ? m_place[id.index] : kNone; }
    bool hasModule(const NodeBody& body) const { return body.origin && !body.origin->modules.empty(); }

    // --- which nodes follow their users

    void findLight() {
        size_t placeholder = 0;
        for (size_t i = 0; i < m_nodes.size(); ++i) {
            const NodeBody& body = *m_nodes[i].body;
            if (body.op == Op::Placeholder)
                m_light[i] = isWeight(body, placeholder++);
            else if (body.op == Op::GetAttr)
                m_light[i] = true;
            else if (body.op != Op::Output && !(m_hasModules && hasModule(body)))
                m_light[i] = hasOneLightInput(body);
        }
    }
    bool isWeight(const NodeBody& body, size_t placeholder) const {
        return placeholder < m_specs.size() ? m_specs[placeholder].kind != InputSpec::Kind::UserInput
                                            : isParameterName(body.name);
    }
    bool hasOneLightInput(const NodeBody& body) const {
        NodeId only;
        bool light = true;
        forEachInput(body, [&](NodeId input) {
            const uint32_t place = placeOf(input);
            light = light && place != kNone && m_light[place] && (!only.valid() || only == input);
            only = input;
        });
        return light && only.valid();
    }
    bool follows(size_t i) const { return m_light[i] || m_nodes[i].body->op == Op::Placeholder; }

    // --- groups by intervals of the list

    void enter(size_t i, const Levels& levels) {
        const auto common = static_cast<size_t>(
            std::mismatch(levels.begin(), levels.end(), m_open.begin(), m_open.end()).first - levels.begin());
        m_open.resize(common);
        m_openGroups.resize(common);
        while (m_open.size() < levels.size()) {
            const Level& level = levels[m_open.size()];
            const int parent = m_open.empty() ? 0 : m_openGroups.back();
            m_openGroups.push_back(static_cast<int>(groups().size()));
            m_open.push_back(level);
            groups().push_back({parent, group(parent).depth + 1, level.path, {}, level.type, {}, {}, {}, -1, 1, 0});
        }
        m_group[i] = m_open.empty() ? 0 : m_openGroups.back();
    }

    void walkModules() {
        const Origin* last = nullptr;
        bool added = false; // by a later version: behind the output
        for (size_t i = 0; i < m_nodes.size(); ++i) {
            const NodeBody& body = *m_nodes[i].body;
            added = added || body.op == Op::Output;
            if (follows(i) || body.op == Op::Output || !hasModule(body))
                continue;
            if (added && joinCall(i))
                continue;
            if (body.origin.get() == last)
                m_group[i] = m_open.empty() ? 0 : m_openGroups.back();
            else
                enter(i, levelsOf(*body.origin));
            last = body.origin.get();
        }
        joinNeighbours();
    }

    /// An added node joins the call it says it is from, where its inputs are or else the last one; false: there is no
    /// such call.
    bool joinCall(size_t i) {
        const Levels levels = levelsOf(*m_nodes[i].body->origin);
        if (levels.empty())
            return false;
        if (m_lastCall.empty())
            for (size_t g = 1; g < groups().size(); ++g)
                m_lastCall[groups()[g].path] = static_cast<int>(g);
        const std::string& path = levels.back().path;
        int found = -1;
        forEachInput(*m_nodes[i].body, [&](NodeId input) {
            const uint32_t place = placeOf(input);
            for (int g = place == kNone ? -1 : m_group[place]; g > 0 && found < 0; g = group(g).parent)
                if (group(g).path == path)
                    found = g;
        });
        if (found < 0)
            if (const auto last = m_lastCall.find(path); last != m_lastCall.end())
                found = last->second;
        if (found >= 0)
            m_group[i] = found;
        return found >= 0;
    }

    /// A node that does not say where it is from belongs to the innermost group around the nodes before and after it;
    /// one that a later version added stands behind the output and joins its first input.
    void joinNeighbours() {
        std::vector<int> after(m_nodes.size() + 1, 0);
        size_t end = 0;
        while (end < m_nodes.size() && m_nodes[end].body->op != Op::Output)
            ++end;
        for (size_t i = end; i-- > 0;)
            after[i] = m_group[i] >= 0 ? m_group[i] : after[i + 1];
        int before = 0;
        for (size_t i = 0; i < m_nodes.size(); ++i) {
            if (m_group[i] < 0 && !follows(i) && m_nodes[i].body->op != Op::Output)
                m_group[i] = i < end ? common(before, after[i]) : groupOfFirstInput(i);
            if (m_group[i] >= 0)
                before = m_group[i];
        }
    }

    int groupOfFirstInput(size_t i) const {
        int found = -1;
        forEachInput(*m_nodes[i].body, [&](NodeId input) {
            if (const uint32_t place = placeOf(input); found < 0 && place != kNone)
                found = m_group[place];
        });
        return std::max(0, found);
    }

    void walkNames() {
        std::vector<Levels> named(m_nodes.size());
        std::vector<char> known(m_nodes.size());
        for (size_t i = 0; i < m_nodes.size(); ++i)
            named[i] = levelsByName(i, named, known);
        Levels between;
        std::vector<size_t> open; // nodes since the last named one
        const Levels* last = nullptr;
        for (size_t i = 0; i < m_nodes.size(); ++i) {
            if (follows(i) || m_nodes[i].body->op == Op::Output)
                continue;
            open.push_back(i);
            if (!known[i])
                continue;
            between = last ? *last : Levels{};
            keepCommon(between, named[i]);
            for (const size_t k : open)
                enter(k, k == i ? named[i] : between);
            open.clear();
            last = &named[i];
        }
        for (const size_t k : open)
            enter(k, {});
    }

    /// Of a weight: its own name's; of what uses weights: what all their names share.
    Levels levelsByName(size_t i, const std::vector<Levels>& named, std::vector<char>& known) const {
        const NodeBody& body = *m_nodes[i].body;
        if (body.op == Op::Placeholder || body.op == Op::GetAttr) {
            known[i] = m_light[i];
            return m_light[i] ? levelsOfName(body.op == Op::GetAttr ? "p_" + body.name : body.name) : Levels{};
        }
        Levels levels;
        bool first = true;
        forEachInput(body, [&](NodeId input) {
            const uint32_t place = placeOf(input);
            if (place == kNone || !m_light[place] || !known[place])
                return;
            if (first)
                levels = named[place];
            else
                keepCommon(levels, named[place]);
            first = false;
        });
        known[i] = !first;
        return levels;
    }

    // --- tidying

    /// Groups with at most one operator are dissolved, the innermost first.
    void dissolveSmall() {
        std::vector<int> count(groups().size());
        for (size_t i = 0; i < m_nodes.size(); ++i)
            if (m_group[i] > 0)
                ++count[static_cast<size_t>(m_group[i])];
        for (size_t g = groups().size(); g-- > 1;)
            count[static_cast<size_t>(groups()[g].parent)] += count[g];
        std::vector<int> kept(groups().size());
        for (size_t g = 1; g < groups().size(); ++g)
            kept[g] = count[g] > 1 ? static_cast<int>(g) : kept[static_cast<size_t>(groups()[g].parent)];
        rename(kept);
    }

    /// A group that holds one group and nothing else is that group.
    void mergeChains() {
        std::vector<int> nodes(groups().size()), children(groups().size()), only(groups().size(), -1);
        for (const int of : m_group)
            if (of >= 0)
                ++nodes[static_cast<size_t>(of)];
        for (size_t g = 1; g < groups().size(); ++g) {
            ++children[static_cast<size_t>(groups()[g].parent)];
            only[static_cast<size_t>(groups()[g].parent)] = static_cast<int>(g);
        }
        std::vector<int> kept(groups().size());
        for (size_t g = groups().size(); g-- > 1;)
            kept[g] = nodes[g] == 0 && children[g] == 1 ? kept[static_cast<size_t>(only[g])] : static_cast<int>(g);
        for (size_t g = 1; g < groups().size(); ++g) // the survivor takes the outermost one's place
            if (kept[g] != static_cast<int>(g) && group(kept[g]).parent != groups()[g].parent) {
                int top = static_cast<int>(g);
                while (group(top).parent > 0 && kept[static_cast<size_t>(group(top).parent)] == kept[g])
                    top = group(top).parent;
                group(kept[g]).parent = group(top).parent;
            }
        rename(kept);
    }

    /// Group g becomes kept[g], which is kept itself (or 0); numbers are closed up.
    void rename(std::vector<int>& kept) {
        std::vector<int> number(groups().size(), -1);
        std::vector<Group> left;
        for (size_t g = 0; g < groups().size(); ++g)
            if (kept[g] == static_cast<int>(g)) {
                number[g] = static_cast<int>(left.size());
                left.push_back(std::move(groups()[g]));
            }
        for (Group& one : left)
            if (one.parent >= 0) {
                one.parent = number[static_cast<size_t>(kept[static_cast<size_t>(one.parent)])];
                one.depth = left[static_cast<size_t>(one.parent)].depth + 1;
            }
        for (int& of : m_group)
            if (of >= 0)
                of = number[static_cast<size_t>(kept[static_cast<size_t>(of)])];
        groups() = std::move(left);
    }

    int common(int a, int b) {
        while (a != b)
            group(a).depth >= group(b).depth ? a = group(a).parent : b = group(b).parent;
        return a;
    }

    /// Backwards, so that a weight follows its permute.
    void placeLight() {
        std::vector<int> wanted(m_nodes.size(), -1);
        for (size_t i = m_nodes.size(); i-- > 0;) {
            if (m_group[i] < 0)
                m_group[i] = m_light[i] && wanted[i] >= 0 ? wanted[i] : 0;
            if (m_nodes[i].body->op == Op::Output)
                continue;
            forEachInput(*m_nodes[i].body, [&](NodeId input) {
                if (const uint32_t place = placeOf(input); place != kNone && m_light[place])
                    wanted[place] = wanted[place] < 0 ? m_group[i] : common(wanted[place], m_group[i]);
            });
        }
    }

    // --- what it says

    void fill() {
        m_result.m_groupOf.assign(m_place.size(), 0);
        for (size_t i = 0; i < m_nodes.size(); ++i) {
            const int own = std::max(0, m_group[i]);
            m_result.m_groupOf[m_nodes[i].id.index] = own;
            group(own).nodes.push_back(m_nodes[i].id);
            for (int g = own; g >= 0; g = group(g).parent)
                group(g).all.push_back(m_nodes[i].id);
        }
        nameAgain();
        for (size_t g = 1; g < groups().size(); ++g) {
            Group& one = groups()[g];
            const std::string& outer = group(one.parent).path;
            const bool below = !outer.empty() && one.path.size() > outer.size() && one.path.starts_with(outer);
            one.label = below ? one.path.substr(outer.size() + 1) : one.path;
            group(one.parent).groups.push_back(static_cast<int>(g));
        }
    }

    /// A module that is entered again has its number behind its path.
    void nameAgain() {
        std::unordered_map<std::string, int> times;
        for (Group& one : groups())
            if (const int time = ++times[one.path]; time > 1)
                one.path += " (" + std::to_string(time) + ")";
    }

    uint64_t structureOf(const Group& one) {
        ++m_stamp;
        uint32_t inside = 0, outside = 0;
        for (const NodeId id : one.all)
            m_known[id.index] = {m_stamp, inside++};
        const NodeHash hashNode = [&](NodeId id) -> uint64_t {
            auto& known = m_known[id.index];
            if (known.first != m_stamp)
                known = {m_stamp, 0x4000'0000 + outside++};
            return known.second;
        };
        Hash hash;
        for (const NodeId id : one.all) {
            const NodeBody& body = *m_nodes[placeOf(id)].body;
            hash.add(static_cast<uint64_t>(body.op));
            hash.add(body.op == Op::Placeholder || body.op == Op::GetAttr ? std::string_view(body.meta.str())
                                                                          : std::string_view(body.target.str()));
            for (const Argument& argument : body.args)
                hash.add(argument, hashNode);
            for (const Kwarg& argument : body.kwargs)
                hash.add(argument.first), hash.add(argument.second, hashNode);
        }
        return hash.value();
    }

    void findRepeats() {
        m_known.assign(m_place.size(), {0, 0});
        for (size_t g = 0; g < groups().size(); ++g) {
            groups()[g].alike = static_cast<int>(g);
            if (g > 0)
                groups()[g].structure = structureOf(groups()[g]);
        }
        for (const Group& outer : groups()) {
            int first = -1;
            for (const int g : outer.groups) {
                const bool same = first >= 0 && group(first).structure == group(g).structure &&
                                  group(first).all.size() == group(g).all.size();
                if (same) {
                    group(g).alike = first;
                    ++group(first).repeats;
                } else {
                    first = g;
                }
            }
        }
    }

    std::span<const HierarchyNode> m_nodes;
    std::span<const InputSpec> m_specs;
    bool m_hasModules = false;
    std::vector<uint32_t> m_place; ///< in m_nodes, by node index
    std::vector<int> m_group;      ///< by place; -1: not yet known
    std::vector<char> m_light;     ///< by place: belongs to its users
    Levels m_open;
    std::unordered_map<std::string, int> m_lastCall; ///< group of each path, once nodes that were added are met
    std::vector<int> m_openGroups;
    std::vector<std::pair<uint32_t, uint32_t>> m_known; ///< by node index: stamp and number
    uint32_t m_stamp = 0;
    Hierarchy m_result;
};

Hierarchy Hierarchy::of(std::span<const HierarchyNode> nodes, std::span<const InputSpec> inputSpecs) {
    return HierarchyBuilder(nodes, inputSpecs).build();
}

Hierarchy Hierarchy::of(const Graph& graph) {
    std::vector<HierarchyNode> nodes;
    nodes.reserve(graph.size());
    for (const NodeId id : graph.order())
        nodes.push_back({id, &graph[id]});
    return of(nodes, graph.inputSpecs);
}

int Hierarchy::groupOf(NodeId node) const { return node.index < m_groupOf.size() ? m_groupOf[node.index] : 0; }

int Hierarchy::find(const std::string& path) const {
    for (size_t g = 0; g < m_groups.size(); ++g)
        if (m_groups[g].path == path)
            return static_cast<int>(g);
    return -1;
}

bool Hierarchy::holds(int outer, int inner) const {
    while (inner > outer)
        inner = (*this)[inner].parent;
    return inner == outer;
}

NodeId Hierarchy::twin(NodeId node) const {
    for (int g = groupOf(node); g > 0; g = (*this)[g].parent)
        if (const Group& one = (*this)[g]; one.alike != g) {
            const auto at = std::find(one.all.begin(), one.all.end(), node);
            return twin((*this)[one.alike].all[static_cast<size_t>(at - one.all.begin())]);
        }
    return node;
}

} // namespace fxscope
