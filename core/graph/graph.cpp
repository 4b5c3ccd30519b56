// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/graph.h"

#include "core/support/text.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>

namespace fxscope {
namespace {

constexpr int64_t kPlaceGap = int64_t{1} << 32; // room between neighbours: 2^30 nodes before places run out
constexpr int64_t kLeastGap = int64_t{1} << 20;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Splits "slice_12" into "slice" and 12; no number if there is none.
std::pair<std::string_view, std::optional<int64_t>> splitNumber(std::string_view name) {
    size_t digits = name.size();
    while (digits > 0 && isDigit(name[digits - 1]))
        --digits;
    if (digits == name.size() || digits < 2 || name[digits - 1] != '_')
        return {name, std::nullopt};
    const auto number = parseInt(name.substr(digits));
    return number ? std::pair{name.substr(0, digits - 1), number} : std::pair{name, number};
}

/// Names FX never gives without a number: Python keywords and builtins, and what its printed code needs.
bool isReserved(std::string_view name) {
    static const std::unordered_set<std::string_view> kReserved{
        "False",   "None",       "True",      "and",      "as",           "assert",     "async",
        "await",   "break",      "class",     "continue", "def",          "del",        "elif",
        "else",    "except",     "finally",   "for",      "from",         "global",     "if",
        "import",  "in",         "is",        "lambda",   "nonlocal",     "not",        "or",
        "pass",    "raise",      "return",    "try",      "while",        "with",       "yield",
        "abs",     "aiter",      "all",       "any",      "anext",        "ascii",      "bin",
        "bool",    "breakpoint", "bytearray", "bytes",    "callable",     "chr",        "classmethod",
        "compile", "complex",    "copyright", "credits",  "delattr",      "dict",       "dir",
        "divmod",  "enumerate",  "eval",      "exec",     "exit",         "filter",     "float",
        "format",  "frozenset",  "getattr",   "globals",  "hasattr",      "hash",       "help",
        "hex",     "id",         "input",     "int",      "isinstance",   "issubclass", "iter",
        "len",     "license",    "list",      "locals",   "map",          "max",        "memoryview",
        "min",     "next",       "object",    "oct",      "open",         "ord",        "pow",
        "print",   "property",   "quit",      "range",    "repr",         "reversed",   "round",
        "set",     "setattr",    "slice",     "sorted",   "staticmethod", "str",        "sum",
        "super",   "tuple",      "type",      "vars",     "zip",          "__import__", "__build_class__",
        "inf",     "nan",        "NoneType",  "torch",    "device",       "fx_pytree",  "pytree"};
    return kReserved.contains(name);
}

} // namespace

std::string_view name(Op op) {
    static constexpr std::string_view kNames[] = {"placeholder", "get_attr",    "call_function",
                                                  "call_method", "call_module", "output"};
    return kNames[static_cast<size_t>(op)];
}

Target::Target(std::string_view text) {
    static std::mutex mutex;
    // Never destroyed: targets live in static objects too.
    static auto& pool = *new std::unordered_map<std::string_view, std::unique_ptr<const std::string>>;
    const std::lock_guard lock(mutex);
    auto found = pool.find(text);
    if (found == pool.end()) {
        auto owned = std::make_unique<const std::string>(text);
        const std::string_view key = *owned;
        found = pool.emplace(key, std::move(owned)).first;
    }
    m_text = found->second.get();
}

std::string_view Target::shortName() const {
    const std::string_view text = *m_text;
    return text.starts_with("torch.ops.") ? text.substr(10) : text;
}

const Argument* NodeBody::kwarg(std::string_view key) const {
    for (const Kwarg& entry : kwargs)
        if (entry.first == key)
            return &entry.second;
    return nullptr;
}

Result<Graph> Graph::fromBodies(std::vector<NodeBody> bodies) {
    Graph graph;
    graph.m_names.reserve(bodies.size());
    for (size_t i = 0; i < bodies.size(); ++i) {
        const NodeId id{static_cast<uint32_t>(i)};
        if (!graph.m_names.emplace(bodies[i].name, id).second)
            return Diagnostic{"two nodes have the name " + displayText(bodies[i].name), "node " + std::to_string(i + 1),
                              "rename one of them"};
        Slot& slot = graph.m_slots.emplace_back();
        static_cast<NodeBody&>(slot.node) = std::move(bodies[i]);
        slot.node.id = id;
        if (const auto [base, number] = splitNumber(slot.node.name); number) {
            int64_t& counter = graph.m_nameCounter[std::string(base)];
            counter = std::max(counter, *number);
        }
    }
    for (size_t i = 0; i < graph.m_slots.size(); ++i) {
        const NodeId id{static_cast<uint32_t>(i)};
        bool inside = true;
        forEachInput(graph.node(id), [&](NodeId input) { inside = inside && input.index < graph.m_slots.size(); });
        if (!inside)
            return Diagnostic{"an argument refers to no node", graph.node(id).name, ""};
        graph.link(id, {});
        graph.m_slots[i].alive = true;
    }
    graph.m_alive = graph.m_slots.size();
    for (const NodeId id : graph.order())
        graph.addUses(id);
    return graph;
}

std::optional<NodeId> Graph::find(std::string_view nodeName) const {
    const auto found = m_names.find(std::string(nodeName));
    if (found == m_names.end() || !alive(found->second) || node(found->second).name != nodeName)
        return std::nullopt;
    return found->second;
}

NodeId Graph::output() const {
    for (NodeId id = m_last; id.valid(); id = prev(id))
        if (node(id).op == Op::Output)
            return id;
    return {};
}

std::vector<NodeId> Graph::placeholders() const {
    std::vector<NodeId> result;
    for (const NodeId id : order())
        if (node(id).op == Op::Placeholder)
            result.push_back(id);
    return result;
}

bool Graph::isBefore(NodeId a, NodeId b) const { return m_slots[a.index].place < m_slots[b.index].place; }

std::vector<NodeId> Graph::inputs(NodeId id) const {
    std::vector<NodeId> result;
    std::unordered_set<uint32_t> seen;
    forEachInput(node(id), [&](NodeId input) {
        if (seen.insert(input.index).second)
            result.push_back(input);
    });
    return result;
}

std::vector<NodeId> Graph::ids() const {
    std::vector<NodeId> result;
    result.reserve(m_alive);
    for (const NodeId id : order())
        result.push_back(id);
    return result;
}

NodeId Graph::insert(NodeBody body, NodeId next) {
    const NodeId id{static_cast<uint32_t>(m_slots.size())};
    m_slots.emplace_back().node.id = id;
    setState(id, std::make_shared<const NodeState>(NodeState{std::move(body), next}));
    return id;
}

void Graph::setBody(NodeId id, NodeBody body) {
    setState(id, std::make_shared<const NodeState>(NodeState{std::move(body), next(id)}));
}

std::shared_ptr<const NodeState> Graph::snapshot(NodeId id) {
    if (!alive(id))
        return nullptr;
    Slot& slot = m_slots[id.index];
    if (!slot.snapshot || slot.snapshot->next != slot.next)
        slot.snapshot = std::make_shared<const NodeState>(state(id));
    return slot.snapshot;
}

void Graph::move(NodeId id, NodeId next) {
    unlink(id);
    link(id, next);
}

void Graph::erase(NodeId id) {
    assert(node(id).users.empty());
    setState(id, nullptr);
}

void Graph::setState(NodeId id, std::shared_ptr<const NodeState> state) {
    while (m_slots.size() <= id.index) {
        const NodeId fresh{static_cast<uint32_t>(m_slots.size())};
        m_slots.emplace_back().node.id = fresh;
    }
    Slot& slot = m_slots[id.index];
    const bool linked = slot.alive && state && slot.next == state->next;
    if (slot.alive) {
        removeUses(id);
        if (!linked)
            unlink(id); // which leaves no `next`, as at the end of the list
        --m_alive;
    }
    slot.alive = false;
    slot.snapshot = nullptr;
    if (!state)
        return;
    static_cast<NodeBody&>(slot.node) = state->body;
    m_names[slot.node.name] = id;
    if (!linked)
        link(id, state->next);
    slot.alive = true;
    ++m_alive;
    addUses(id);
    slot.snapshot = std::move(state);
}

void Graph::link(NodeId id, NodeId next) {
    Slot& slot = m_slots[id.index];
    slot.next = next;
    slot.prev = next.valid() ? m_slots[next.index].prev : m_last;
    (slot.prev.valid() ? m_slots[slot.prev.index].next : m_first) = id;
    (next.valid() ? m_slots[next.index].prev : m_last) = id;

    const int64_t low = slot.prev.valid() ? m_slots[slot.prev.index].place : 0;
    if (!next.valid())
        slot.place = low + kPlaceGap;
    else if (const int64_t high = m_slots[next.index].place; high - low >= 2)
        slot.place = low + (high - low) / 2;
    else
        makeRoom(id);
}

void Graph::unlink(NodeId id) {
    Slot& slot = m_slots[id.index];
    (slot.prev.valid() ? m_slots[slot.prev.index].next : m_first) = slot.next;
    (slot.next.valid() ? m_slots[slot.next.index].prev : m_last) = slot.prev;
    slot.prev = slot.next = {};
}

/// Spreads places evenly over the smallest neighbourhood of `id` that has room: inserting again and again at one place
/// stays cheap however long the list is.
void Graph::makeRoom(NodeId id) {
    NodeId left = id, right = id;
    int64_t count = 1;
    for (int64_t reach = 32;; reach *= 2) {
        for (int64_t i = 0; i < reach && prev(left).valid(); ++i, ++count)
            left = prev(left);
        for (int64_t i = 0; i < reach && next(right).valid(); ++i, ++count)
            right = next(right);
        const int64_t low = prev(left).valid() ? m_slots[prev(left).index].place : 0;
        const bool open = !next(right).valid(); // nothing limits the places behind the last node
        const int64_t gap = open ? kPlaceGap : (m_slots[next(right).index].place - low) / (count + 1);
        if (gap < kLeastGap)
            continue;
        int64_t place = low;
        for (NodeId at = left;; at = next(at)) {
            m_slots[at.index].place = place += gap;
            if (at == right)
                return;
        }
    }
}

void Graph::addUses(NodeId user) {
    forEachInput(node(user), [&](NodeId input) {
        auto& users = m_slots[input.index].node.users;
        // A node mentioned twice in a row is the common repetition; the full search is for the rest.
        if (users.empty() || (users.back() != user && std::find(users.begin(), users.end(), user) == users.end()))
            users.push_back(user);
    });
}

void Graph::removeUses(NodeId user) {
    forEachInput(node(user), [&](NodeId input) { std::erase(m_slots[input.index].node.users, user); });
}

// Note [Names]
// FX keeps every name for ever and a counter per base. A candidate that ends in _<digits> keeps its number if free;
// otherwise the number starts at the candidate's counter and is raised until the name is free. A graph read from a file
// has lost FX's counters, so a base starts at the largest suffix seen in it. Reserved words always get a number.
std::string Graph::freshName(std::string_view candidate) const {
    const auto [base, suffix] = splitNumber(candidate);
    std::string result(candidate);
    int64_t number = suffix.value_or(0);
    if (!suffix || nameTaken(result)) {
        const auto counter = m_nameCounter.find(result);
        number = counter == m_nameCounter.end() ? 0 : counter->second;
        if (isReserved(result))
            result = std::string(base) + "_" + std::to_string(++number);
    }
    while (nameTaken(result))
        result = std::string(base) + "_" + std::to_string(++number);
    m_nameCounter[std::string(base)] = number;
    return result;
}

std::string nameCandidate(std::string_view operatorName) {
    // "aten._unsafe_index.Tensor": namespace away, ".default" stays as FX has it: index_put_default.
    if (operatorName.starts_with("torch.ops."))
        operatorName.remove_prefix(10);
    if (const size_t dot = operatorName.find('.'); dot != std::string_view::npos)
        operatorName.remove_prefix(dot + 1);
    std::string result;
    for (size_t i = 0; i < operatorName.size(); ++i) {
        const char c = operatorName[i];
        const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
        if (upper && i && operatorName[i - 1] >= 'a' && operatorName[i - 1] <= 'z')
            result += '_';
        if (upper)
            result += static_cast<char>(c - 'A' + 'a');
        else if (lower || isDigit(c) || c == '_')
            result += c;
        else if (!result.ends_with('_') || (i && operatorName[i - 1] == '_'))
            result += '_';
    }
    if (!result.empty() && isDigit(result[0]))
        result.insert(result.begin(), '_');
    return result;
}

} // namespace fxscope
