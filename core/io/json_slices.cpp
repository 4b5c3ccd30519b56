// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/json_slices.h"

#include "core/io/json_scanner.h"
#include "core/io/limits.h"

#include <algorithm>

namespace fxscope::io {
namespace {

/// The items of the list that `scanner` stands before.
bool listItems(JsonScanner& scanner, std::vector<std::string_view>& into) {
    return scanner.items([&] {
        const size_t from = scanner.position();
        const bool ended = scanner.value();
        if (into.size() <= limits().nodes)
            into.push_back(scanner.since(from));
        return ended;
    });
}

/// See Note [A program in pieces].
class Cutter {
public:
    explicit Cutter(std::string_view json) : m_json(json), m_scanner(json) {}

    std::optional<ProgramSlices> program() {
        const bool read = m_scanner.members([this](std::string_view key) {
            if (key == "graph_module" && m_scanner.peek() == '{')
                return module();
            return key == "schema_version" || key == "range_constraints" ? m_scanner.value() : leaveOut();
        });
        if (!read || !m_hasGraph)
            return std::nullopt;
        finish();
        return std::move(m_program);
    }
    std::optional<GraphSlices> nested() {
        if (!graph())
            return std::nullopt;
        finish();
        return std::move(m_program.graph);
    }

private:
    bool module() {
        return m_scanner.members([this](std::string_view key) {
            if (m_scanner.peek() == '{' && (key == "graph" || key == "signature"))
                return key == "graph" ? graph() : signature();
            return leaveOut();
        });
    }
    bool signature() {
        return m_scanner.members([this](std::string_view key) {
            if (key == "input_specs" || key == "output_specs")
                return list(key == "input_specs" ? m_program.inputSpecs : m_program.outputSpecs);
            return leaveOut();
        });
    }
    bool graph() {
        m_hasGraph = true;
        return m_scanner.members([this](std::string_view key) {
            if (key == "nodes" && m_scanner.peek() == '[')
                return nodes();
            if (key == "inputs" || key == "outputs")
                return list(key == "inputs" ? m_graph.inputs : m_graph.outputs);
            if (auto* into = valuesOf(key); into && m_scanner.peek() == '{')
                return values(*into);
            return key == "is_single_tensor_return" ? m_scanner.value() : leaveOut();
        });
    }
    bool nodes() {
        const size_t from = m_scanner.position();
        if (!m_graph.nodes)
            m_graph.nodes.emplace();
        return m_scanner.items([this] { return node(); }) && leaveOut(from);
    }
    bool node() {
        NodeSlice slice;
        const size_t from = m_scanner.position();
        const auto member = [&](std::string_view key) {
            return key == "metadata" && m_scanner.peek() == '{' ? metadata(slice.metadata) : m_scanner.value();
        };
        const bool read = m_scanner.peek() == '{' ? m_scanner.members(member) : m_scanner.value();
        slice.text = m_scanner.since(from);
        if (m_graph.nodes->size() <= limits().nodes)
            m_graph.nodes->push_back(slice);
        return read;
    }
    /// Neighbours share it as often as not, and comparing is faster than looking for the end.
    bool metadata(std::string_view& found) {
        const size_t from = m_scanner.position();
        if (!m_lastMetadata.empty() && m_scanner.rest().starts_with(m_lastMetadata))
            m_scanner.skip(m_lastMetadata.size());
        else if (!m_scanner.value())
            return false;
        m_lastMetadata = found = m_scanner.since(from);
        return true;
    }
    std::vector<JsonMember>* valuesOf(std::string_view key) {
        return key == "tensor_values"      ? &m_graph.tensors
               : key == "sym_int_values"   ? &m_graph.symInts
               : key == "sym_bool_values"  ? &m_graph.symBools
               : key == "sym_float_values" ? &m_graph.symFloats
                                           : nullptr;
    }
    bool values(std::vector<JsonMember>& into) {
        const size_t from = m_scanner.position();
        const bool read = m_scanner.members([&](std::string_view key) {
            const size_t begin = m_scanner.position();
            if (!m_scanner.value())
                return false;
            if (into.size() <= limits().nodes)
                into.emplace_back(key, m_scanner.since(begin));
            return true;
        });
        return read && leaveOut(from);
    }
    bool list(JsonItems& into) {
        if (m_scanner.peek() != '[')
            return leaveOut(); // not what it should be: who wants the list says so
        const size_t from = m_scanner.position();
        if (!into)
            into.emplace();
        return listItems(m_scanner, *into) && leaveOut(from);
    }
    bool leaveOut() {
        const size_t from = m_scanner.position();
        return m_scanner.value() && leaveOut(from);
    }
    /// What stands between `from` and here.
    bool leaveOut(size_t from) {
        m_graph.rest += m_json.substr(m_copied, from - m_copied);
        m_graph.rest += '0';
        m_copied = m_scanner.position();
        return true;
    }
    void finish() {
        m_graph.rest += m_json.substr(m_copied);
        m_program.graph = std::move(m_graph);
    }

    std::string_view m_json;
    JsonScanner m_scanner;
    GraphSlices m_graph;
    ProgramSlices m_program;
    bool m_hasGraph = false;
    std::string_view m_lastMetadata;
    size_t m_copied = 0; ///< up to where m_graph.rest has it
};

} // namespace

std::optional<ProgramSlices> cutProgram(std::string_view json) { return Cutter(json).program(); }
std::optional<GraphSlices> cutGraph(std::string_view json) { return Cutter(json).nested(); }

std::vector<NestedGraph> nestedGraphs(std::string_view node) {
    std::vector<NestedGraph> graphs;
    const JsonItems inputs = jsonItems(jsonMember(node, "inputs"));
    for (const std::string_view input : inputs.value_or(std::vector<std::string_view>{}))
        if (const std::string_view graph = jsonMember(jsonMember(input, "arg"), "as_graph"); !graph.empty())
            graphs.push_back({jsonMember(graph, "name"), jsonMember(graph, "graph")});
    return graphs;
}

void appendCall(const NodeSlice& node, std::string& to) {
    constexpr size_t kSmall = 4096; // a call of which nested graphs are no large part
    std::vector<std::string_view> parts;
    if (!node.metadata.empty())
        parts.push_back(node.metadata);
    if (node.text.size() - node.metadata.size() > kSmall)
        for (const NestedGraph& graph : nestedGraphs(node.text))
            if (!graph.text.empty())
                parts.push_back(graph.text);
    std::sort(parts.begin(), parts.end(), [](auto a, auto b) { return a.data() < b.data(); });
    const char* from = node.text.data();
    for (const std::string_view part : parts) {
        to.append(from, part.data());
        to += '0';
        from = part.data() + part.size();
    }
    to.append(from, node.text.data() + node.text.size());
}

bool jsonMembers(std::string_view object, std::vector<JsonMember>& members) {
    JsonScanner scanner(object);
    const bool read = scanner.members([&](std::string_view key) {
        const size_t from = scanner.position();
        if (!scanner.value())
            return false;
        members.emplace_back(key, scanner.since(from));
        return true;
    });
    return read && scanner.atEnd();
}

std::string_view jsonMember(std::string_view object, std::string_view key) {
    JsonScanner scanner(object);
    if (!scanner.member(key))
        return {};
    scanner.peek();
    const size_t from = scanner.position();
    return scanner.value() ? scanner.since(from) : std::string_view{};
}

JsonItems jsonItems(std::string_view list) {
    std::vector<std::string_view> found;
    JsonScanner scanner(list);
    return listItems(scanner, found) ? JsonItems(std::move(found)) : std::nullopt;
}

} // namespace fxscope::io
