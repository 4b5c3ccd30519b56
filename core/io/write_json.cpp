// SPDX-License-Identifier: BSD-3-Clause
// fxscope's own form: everything a graph holds. import_json.cpp reads it.
//   {"fxscope_graph": 1, "graph": GRAPH}
//   GRAPH: name, partial, origins, nodes, inputs, outputs, hints, ranges, children
//   argument: null, true, 3, 0.5, "text", [list], or an object with one key that says what it is: {"node": "x"}
#include "core/io/capture.h"
#include "core/io/json_text.h"
#include "core/support/text.h"

#include <cmath>
#include <unordered_map>

namespace fxscope::io {
namespace {

/// Appends JSON; the calls mirror the text.
class Writer {
public:
    explicit Writer(std::string& out) : m_out(out) {}

    void string(std::string_view text) { appendJsonString(m_out, text); }
    void number(int64_t value) { m_out += std::to_string(value); }
    void real(double value) {
        if (std::isfinite(value))
            m_out += reprFloat(value);
        else
            m_out += "{\"float\": \"" + reprFloat(value) + "\"}";
    }
    void key(std::string_view name) { ((m_out += '"') += name) += "\": "; }
    void raw(std::string_view text) { m_out += text; }
    template <class Items, class Each> void list(const Items& items, Each each, std::string_view separator = ", ") {
        m_out += '[';
        bool first = true;
        for (const auto& item : items) {
            m_out += first ? "" : separator;
            first = false;
            each(item);
        }
        m_out += ']';
    }
    void field(std::string_view name, std::string_view text) {
        key(name);
        string(text);
    }
    void tagged(std::string_view tag, std::string_view text) {
        m_out += '{';
        field(tag, text);
        m_out += '}';
    }

private:
    std::string& m_out;
};

class GraphWriter {
public:
    GraphWriter(const Graph& graph, std::string& out) : m_graph(graph), m_json(out) {}
    void write();

private:
    void argument(const Argument& argument);
    void dict(const Kwargs& items);
    void size(const SymInt& value) {
        value.isConstant() ? m_json.number(value.constant()) : m_json.string(value.str());
    }
    void sizes(const SymSizes& values) {
        m_json.list(values, [this](const SymInt& value) { size(value); });
    }
    void tensor(const TensorMeta& meta);
    void meta(const ValueMeta& meta);
    void origin(const Origin& origin);
    void provenance(const std::vector<Provenance>& items);
    void node(const Node& node);
    void origins();
    void specs();
    void symbols();

    const Graph& m_graph;
    Writer m_json;
    std::unordered_map<const Origin*, size_t> m_origins;
    std::vector<const Origin*> m_originList;
};

void GraphWriter::dict(const Kwargs& items) {
    m_json.list(items, [this](const Kwarg& item) {
        m_json.raw("[");
        m_json.string(item.first);
        m_json.raw(", ");
        argument(item.second);
        m_json.raw("]");
    });
}

void GraphWriter::argument(const Argument& argument) {
    using Kind = Argument::Kind;
    const auto items = [&] { m_json.list(argument.items(), [this](const Argument& item) { this->argument(item); }); };
    switch (argument.kind()) {
    case Kind::None: m_json.raw("null"); break;
    case Kind::Bool: m_json.raw(argument.asBool() ? "true" : "false"); break;
    case Kind::Int: m_json.number(argument.asInt()); break;
    case Kind::Float: m_json.real(argument.asFloat()); break;
    case Kind::Complex:
        m_json.raw("{\"complex\": [");
        m_json.real(argument.asComplex().real());
        m_json.raw(", ");
        m_json.real(argument.asComplex().imag());
        m_json.raw("]}");
        break;
    case Kind::String: m_json.string(argument.asString()); break;
    case Kind::Node: m_json.tagged("node", m_graph[argument.asNode()].name); break;
    case Kind::Sym: m_json.tagged("sym", argument.asSym().str()); break;
    case Kind::DType: m_json.tagged("dtype", name(argument.asDType())); break;
    case Kind::Device: m_json.tagged("device", argument.asDevice().str()); break;
    case Kind::Layout: m_json.tagged("layout", name(argument.asLayout())); break;
    case Kind::MemoryFormat: m_json.tagged("memory_format", name(argument.asMemoryFormat())); break;
    case Kind::List: items(); break;
    case Kind::Tuple:
    case Kind::Slice:
        m_json.raw(argument.kind() == Kind::Tuple ? "{\"tuple\": " : "{\"slice\": ");
        items();
        m_json.raw("}");
        break;
    case Kind::Dict:
        m_json.raw("{\"dict\": ");
        dict(argument.dict());
        m_json.raw("}");
        break;
    case Kind::Ellipsis: m_json.raw("{\"ellipsis\": true}"); break;
    case Kind::Range: {
        const auto& range = argument.asRange();
        m_json.raw("{\"range\": ");
        m_json.list(std::initializer_list<int64_t>{range.start, range.stop, range.step},
                    [this](int64_t value) { m_json.number(value); });
        m_json.raw("}");
        break;
    }
    case Kind::Operator: m_json.tagged("operator", argument.asOperator()); break;
    case Kind::Opaque: m_json.tagged("opaque", argument.asOpaque()); break;
    }
}

void GraphWriter::tensor(const TensorMeta& meta) {
    m_json.raw("{");
    m_json.field("dtype", name(meta.dtype));
    m_json.raw(", \"sizes\": ");
    sizes(meta.sizes);
    if (meta.strides) {
        m_json.raw(", \"strides\": ");
        sizes(*meta.strides);
    }
    if (meta.device) {
        m_json.raw(", ");
        m_json.field("device", meta.device->str());
    }
    if (!meta.storageOffset.is(0)) {
        m_json.raw(", \"offset\": ");
        size(meta.storageOffset);
    }
    if (meta.requiresGrad)
        m_json.raw(", \"requires_grad\": true");
    if (meta.layout != Layout::Strided) {
        m_json.raw(", ");
        m_json.field("layout", name(meta.layout));
    }
    m_json.raw("}");
}

void GraphWriter::meta(const ValueMeta& value) {
    switch (value.kind()) {
    case ValueMeta::Kind::Unknown: m_json.raw("null"); break;
    case ValueMeta::Kind::None: m_json.raw("{\"none\": true}"); break;
    case ValueMeta::Kind::Tensor:
        m_json.raw("{\"tensor\": ");
        tensor(value.tensor());
        m_json.raw("}");
        break;
    case ValueMeta::Kind::SymInt: m_json.tagged("sym_int", value.symInt().str()); break;
    case ValueMeta::Kind::SymFloat: m_json.tagged("sym_float", value.expression()); break;
    case ValueMeta::Kind::SymBool: m_json.tagged("sym_bool", value.expression()); break;
    case ValueMeta::Kind::List:
        m_json.raw("{\"list\": ");
        m_json.list(value.items(), [this](const ValueMeta& item) { meta(item); });
        m_json.raw("}");
        break;
    }
}

void GraphWriter::provenance(const std::vector<Provenance>& items) {
    m_json.list(items, [this](const Provenance& item) {
        m_json.raw("{");
        m_json.field("name", item.name);
        m_json.raw(", ");
        m_json.field("target", item.target);
        m_json.raw(", ");
        m_json.field("pass", item.pass);
        m_json.raw(", \"graph\": ");
        m_json.number(item.graphId);
        m_json.raw(", \"actions\": ");
        m_json.list(item.actions, [this](const std::string& action) { m_json.string(action); });
        m_json.raw(", \"from\": ");
        provenance(item.from);
        m_json.raw("}");
    });
}

void GraphWriter::origin(const Origin& origin) {
    m_json.raw("{\"stack\": ");
    m_json.list(origin.stack, [this](const SourceLine& line) {
        m_json.raw("[");
        m_json.string(line.file);
        m_json.raw(", ");
        m_json.number(line.line);
        m_json.raw(", ");
        m_json.string(line.function);
        m_json.raw(", ");
        m_json.string(line.code);
        m_json.raw("]");
    });
    m_json.raw(", \"modules\": ");
    m_json.list(origin.modules, [this](const ModuleFrame& frame) {
        m_json.list(std::initializer_list<std::string_view>{frame.key, frame.path, frame.type},
                    [this](std::string_view text) { m_json.string(text); });
    });
    m_json.raw(", \"provenance\": ");
    provenance(origin.provenance.items());
    m_json.raw(", \"meta\": ");
    m_json.list(origin.meta, [this](const auto& entry) {
        m_json.list(std::initializer_list<std::string_view>{entry.first, entry.second},
                    [this](std::string_view text) { m_json.string(text); });
    });
    m_json.raw("}");
}

void GraphWriter::node(const Node& node) {
    m_json.raw("{");
    m_json.field("name", node.name);
    m_json.raw(", ");
    m_json.field("op", name(node.op));
    m_json.raw(", ");
    m_json.field("target", node.target.str());
    m_json.raw(", \"args\": ");
    m_json.list(node.args, [this](const Argument& item) { argument(item); });
    m_json.raw(", \"kwargs\": ");
    dict(node.kwargs);
    if (!node.declaredType.empty()) {
        m_json.raw(", ");
        m_json.field("type", node.declaredType);
    }
    if (node.meta.isKnown()) {
        m_json.raw(", \"meta\": ");
        meta(node.meta);
    }
    if (node.origin) {
        m_json.raw(", \"origin\": ");
        m_json.number(static_cast<int64_t>(m_origins.at(node.origin.get())));
    }
    m_json.raw("}");
}

/// Nodes of one line of source share their origin: it is written once.
void GraphWriter::origins() {
    for (const NodeId id : m_graph.order())
        if (const Origin* origin = m_graph[id].origin.get();
            origin && m_origins.emplace(origin, m_originList.size()).second)
            m_originList.push_back(origin);
    m_json.key("origins");
    m_json.list(
        m_originList, [this](const Origin* item) { origin(*item); }, ",\n");
}

void GraphWriter::specs() {
    m_json.raw(",\n\"inputs\": ");
    m_json.list(m_graph.inputSpecs, [this](const InputSpec& spec) {
        m_json.raw("{\"kind\": ");
        m_json.number(static_cast<int64_t>(spec.kind));
        m_json.raw(", ");
        m_json.field("target", spec.target);
        m_json.raw(spec.persistent ? "" : ", \"persistent\": false");
        if (!spec.constant.isNone()) {
            m_json.raw(", \"constant\": ");
            argument(spec.constant);
        }
        m_json.raw("}");
    });
    m_json.raw(",\n\"outputs\": ");
    m_json.list(m_graph.outputSpecs, [this](const OutputSpec& spec) {
        m_json.raw("{\"kind\": ");
        m_json.number(static_cast<int64_t>(spec.kind));
        m_json.raw(", ");
        m_json.field("target", spec.target);
        m_json.raw("}");
    });
}

void GraphWriter::symbols() {
    m_json.raw(",\n\"hints\": ");
    m_json.list(m_graph.symHints, [this](const auto& hint) {
        m_json.raw("[");
        m_json.string(hint.first);
        m_json.raw(", ");
        m_json.number(hint.second);
        m_json.raw("]");
    });
    m_json.raw(",\n\"ranges\": ");
    m_json.list(m_graph.symRanges, [this](const auto& range) {
        m_json.raw("[");
        m_json.string(range.first);
        m_json.raw(", ");
        m_json.number(range.second.low);
        m_json.raw(", ");
        m_json.number(range.second.high);
        m_json.raw("]");
    });
}

void GraphWriter::write() {
    m_json.raw("{");
    m_json.field("name", m_graph.name);
    m_json.raw(m_graph.partial ? ", \"partial\": true,\n" : ",\n");
    origins();
    m_json.raw(",\n\"nodes\": ");
    m_json.list(
        m_graph.order(), [this](NodeId id) { node(m_graph[id]); }, ",\n");
    specs();
    symbols();
    m_json.raw(",\n\"children\": ");
    m_json.list(m_graph.children, [&](const auto& child) {
        std::string inner;
        GraphWriter(*child.second, inner).write();
        m_json.raw("[");
        m_json.string(child.first);
        m_json.raw(", ");
        m_json.raw(inner);
        m_json.raw("]");
    });
    m_json.raw("}");
}

} // namespace

std::string writeJson(const Graph& graph) {
    std::string out = "{\"fxscope_graph\": 1, \"graph\": ";
    GraphWriter(graph, out).write();
    return out += "}\n";
}

} // namespace fxscope::io
