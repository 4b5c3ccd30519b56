// SPDX-License-Identifier: BSD-3-Clause
// Reads what write_json.cpp writes.
#include "core/io/body.h"
#include "core/io/formats.h"
#include "core/io/limits.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <simdjson.h>

namespace fxscope::io {
namespace {

using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

/// Reads one graph. Errors name the node at hand and what was expected.
class JsonGraphReader {
public:
    JsonGraphReader(std::string where, int depth) : m_where(std::move(where)), m_depth(depth) {}
    Result<Graph> read(Json json);

private:
    Diagnostic wrong(std::string_view expected) const {
        return {"expected " + std::string(expected),
                m_node.empty() ? m_where : m_where + ", node " + displayText(m_node),
                "write the file again with fxscope export"};
    }
    static std::string text(Json json, const char* key) {
        std::string_view found;
        return json[key].get(found) ? std::string{} : std::string(found);
    }
    static std::string textAt(JsonArray array, size_t index) {
        std::string_view found;
        return array.at(index).get(found) ? std::string{} : std::string(found);
    }

    Result<Argument> argument(Json json, int depth);
    Result<Argument> tagged(std::string_view tag, Json value, int depth);
    Result<Argument> named(std::string_view tag, std::string_view text);
    Result<Argument> numbers(std::string_view tag, JsonArray values);
    Result<ArgumentList> arguments(Json json, int depth);
    Result<Kwargs> pairs(Json json, int depth);
    Result<SymInt> size(Json json);
    Result<SymSizes> sizes(Json json);
    Result<TensorMeta> tensor(Json json);
    Result<ValueMeta> meta(Json json, int depth);
    Result<NodeBody> node(Json json);
    std::vector<Provenance> provenance(Json json, int depth);
    Result<Done> origins(Json json);
    Result<Done> specs(Json json, Graph& graph);
    Result<Done> symbols(Json json, Graph& graph);
    Result<Done> children(Json json, Graph& graph);

    std::string m_where, m_node;
    int m_depth;
    NameTable m_names;
    std::vector<std::shared_ptr<const Origin>> m_origins;
};

std::optional<double> wordFloat(std::string_view word) {
    const auto value = numberValue(word);
    return value && value->kind() == Argument::Kind::Float ? std::optional(value->asFloat()) : std::nullopt;
}

Result<Argument> JsonGraphReader::argument(Json json, int depth) {
    if (depth > limits().nesting)
        return wrong("arguments nested less deep");
    switch (json.type()) {
    case simdjson::dom::element_type::NULL_VALUE: return Argument::none();
    case simdjson::dom::element_type::BOOL: return Argument::boolean(bool(json));
    case simdjson::dom::element_type::INT64: return Argument::integer(int64_t(json));
    case simdjson::dom::element_type::DOUBLE: return Argument::floating(double(json));
    case simdjson::dom::element_type::STRING: return Argument::string(std::string(std::string_view(json)));
    case simdjson::dom::element_type::ARRAY: {
        FX_TRY(ArgumentList items, arguments(json, depth));
        return Argument::list(std::move(items));
    }
    case simdjson::dom::element_type::OBJECT: {
        const JsonObject object = json;
        const auto first = object.begin();
        if (first == object.end())
            return wrong("an argument");
        return tagged(first.key(), first.value(), depth);
    }
    default: return wrong("a number of 64 bits");
    }
}

Result<ArgumentList> JsonGraphReader::arguments(Json json, int depth) {
    JsonArray array;
    if (json.get(array))
        return wrong("a list of arguments");
    ArgumentList items;
    items.reserve(array.size());
    for (const Json item : array) {
        FX_TRY(Argument value, argument(item, depth + 1));
        items.push_back(std::move(value));
    }
    return items;
}

Result<Kwargs> JsonGraphReader::pairs(Json json, int depth) {
    JsonArray array;
    if (json.get(array))
        return wrong("a list of [name, value]");
    Kwargs items;
    for (const Json item : array) {
        JsonArray pair;
        std::string_view key;
        if (item.get(pair) || pair.size() != 2 || pair.at(0).get(key))
            return wrong("[name, value]");
        FX_TRY(Argument value, argument(pair.at(1).value_unsafe(), depth + 1));
        items.emplace_back(std::string(key), std::move(value));
    }
    return items;
}

Result<Argument> JsonGraphReader::tagged(std::string_view tag, Json value, int depth) {
    std::string_view word;
    if (!value.get(word))
        return named(tag, word);
    if (tag == "tuple") {
        FX_TRY(ArgumentList items, arguments(value, depth));
        return Argument::tuple(std::move(items));
    }
    if (tag == "slice") {
        FX_TRY(ArgumentList items, arguments(value, depth));
        if (items.size() != 3)
            return wrong("three members of a slice");
        return Argument::slice(std::move(items[0]), std::move(items[1]), std::move(items[2]));
    }
    if (tag == "dict") {
        FX_TRY(Kwargs items, pairs(value, depth));
        return Argument::dict(std::move(items));
    }
    if (tag == "ellipsis")
        return Argument::ellipsis();
    JsonArray values;
    if (!value.get(values))
        return numbers(tag, values);
    return wrong("a known kind of argument, found " + displayText(tag));
}

Result<Argument> JsonGraphReader::numbers(std::string_view tag, JsonArray values) {
    if (tag == "range" && values.size() == 3) {
        int64_t start = 0, stop = 0, step = 0;
        if (!values.at(0).get(start) && !values.at(1).get(stop) && !values.at(2).get(step))
            return Argument::range(start, stop, step);
    }
    if (tag == "complex" && values.size() == 2) {
        double parts[2] = {0, 0};
        for (size_t i = 0; i < 2; ++i) {
            FX_TRY(const Argument part, argument(values.at(i).value_unsafe(), 0));
            if (part.kind() != Argument::Kind::Float)
                return wrong("two floats");
            parts[i] = part.asFloat();
        }
        return Argument::complex({parts[0], parts[1]});
    }
    return wrong("a known kind of argument, found " + displayText(tag));
}

Result<Argument> JsonGraphReader::named(std::string_view tag, std::string_view text) {
    if (tag == "node") {
        const auto found = m_names.find(text);
        if (!found)
            return m_names.undefined(text, m_where + ", node " + displayText(m_node));
        return Argument::node(NodeId{*found});
    }
    if (tag == "sym")
        return Argument::sym(SymInt::parse(text));
    if (tag == "operator")
        return Argument::op(std::string(text));
    if (tag == "opaque")
        return Argument::opaque(std::string(text));
    if (tag == "float")
        if (const auto value = wordFloat(text))
            return Argument::floating(*value);
    if (tag == "dtype")
        if (const auto value = dtypeFromTorch(text))
            return Argument::dtype(*value);
    if (tag == "device")
        if (const auto value = Device::parse(text))
            return Argument::device(*value);
    if (tag == "layout")
        if (const auto value = layoutFromName(text))
            return Argument::layout(*value);
    if (tag == "memory_format")
        if (const auto value = memoryFormatFromName(text))
            return Argument::memoryFormat(*value);
    return wrong("a known kind of argument, found " + displayText(tag) + " " + displayText(text));
}

Result<SymInt> JsonGraphReader::size(Json json) {
    int64_t number = 0;
    std::string_view expression;
    if (!json.get(number))
        return SymInt(number);
    if (!json.get(expression))
        return SymInt::parse(expression);
    return wrong("a size: a number or an expression");
}

Result<SymSizes> JsonGraphReader::sizes(Json json) {
    JsonArray array;
    if (json.get(array))
        return wrong("a list of sizes");
    SymSizes result;
    for (const Json item : array) {
        FX_TRY(SymInt value, size(item));
        result.push_back(std::move(value));
    }
    return result;
}

Result<TensorMeta> JsonGraphReader::tensor(Json json) {
    TensorMeta meta;
    Json field;
    const auto dtype = dtypeFromTorch(text(json, "dtype"));
    if (!dtype || json["sizes"].get(field))
        return wrong("dtype and sizes of a tensor");
    meta.dtype = *dtype;
    FX_TRY(meta.sizes, sizes(field));
    if (!json["strides"].get(field)) {
        FX_TRY(meta.strides, sizes(field));
    }
    if (!json["device"].get(field)) {
        meta.device = Device::parse(text(json, "device"));
        if (!meta.device)
            return wrong("a device");
    }
    if (!json["offset"].get(field)) {
        FX_TRY(meta.storageOffset, size(field));
    }
    if (json["requires_grad"].get(meta.requiresGrad))
        meta.requiresGrad = false;
    if (!json["layout"].get(field)) {
        const auto layout = layoutFromName(text(json, "layout"));
        if (!layout)
            return wrong("a layout");
        meta.layout = *layout;
    }
    return meta;
}

Result<ValueMeta> JsonGraphReader::meta(Json json, int depth) {
    if (json.is_null())
        return ValueMeta();
    Json field;
    std::string_view expression;
    if (!json["tensor"].get(field)) {
        FX_TRY(TensorMeta value, tensor(field));
        return ValueMeta::tensor(std::move(value));
    }
    if (!json["sym_int"].get(expression))
        return ValueMeta::symInt(SymInt::parse(expression));
    if (!json["sym_float"].get(expression))
        return ValueMeta::symFloat(std::string(expression));
    if (!json["sym_bool"].get(expression))
        return ValueMeta::symBool(std::string(expression));
    JsonArray array;
    if (!json["list"].get(array) && depth < limits().nesting) {
        std::vector<ValueMeta> items;
        for (const Json item : array) {
            FX_TRY(items.emplace_back(), meta(item, depth + 1));
        }
        return ValueMeta::list(std::move(items));
    }
    return json["none"].get(field) ? Result<ValueMeta>(wrong("what the node yields")) : ValueMeta::none();
}

std::vector<Provenance> JsonGraphReader::provenance(Json json, int depth) {
    std::vector<Provenance> found;
    JsonArray array, actions;
    if (json.get(array) || depth > limits().nesting)
        return found;
    for (const Json item : array) {
        Provenance entry{text(item, "name"), text(item, "target"), text(item, "pass"), 0, {}, {}};
        if (item["graph"].get(entry.graphId))
            entry.graphId = 0;
        if (!item["actions"].get(actions))
            for (size_t i = 0; i < actions.size(); ++i)
                entry.actions.push_back(textAt(actions, i));
        Json from;
        if (!item["from"].get(from))
            entry.from = provenance(from, depth + 1);
        found.push_back(std::move(entry));
    }
    return found;
}

Result<Done> JsonGraphReader::origins(Json json) {
    JsonArray array;
    if (json["origins"].get(array))
        return Done{};
    for (const Json item : array) {
        Origin origin;
        JsonArray stack, modules, notes;
        if (item["stack"].get(stack) || item["modules"].get(modules) || item["meta"].get(notes))
            return wrong("stack, modules and meta of an origin");
        for (const Json line : stack) {
            JsonArray fields;
            int64_t number = 0;
            if (line.get(fields) || fields.size() != 4 || fields.at(1).get(number))
                return wrong("[file, line, function, code]");
            origin.stack.push_back({textAt(fields, 0), static_cast<int>(number), textAt(fields, 2), textAt(fields, 3)});
        }
        for (const Json frame : modules) {
            JsonArray fields;
            if (frame.get(fields) || fields.size() != 3)
                return wrong("[key, path, type] of a module");
            origin.modules.push_back({textAt(fields, 0), textAt(fields, 1), textAt(fields, 2)});
        }
        for (const Json note : notes) {
            JsonArray fields;
            if (note.get(fields) || fields.size() != 2)
                return wrong("[key, text]");
            origin.meta[textAt(fields, 0)] = textAt(fields, 1);
        }
        Json from;
        if (!item["provenance"].get(from))
            origin.provenance = SharedList(provenance(from, 0));
        m_origins.push_back(std::make_shared<const Origin>(std::move(origin)));
    }
    return Done{};
}

Result<NodeBody> JsonGraphReader::node(Json json) {
    NodeBody body;
    body.name = m_node = text(json, "name");
    body.target = Target(text(json, "target"));
    body.declaredType = text(json, "type");
    const std::string op = text(json, "op");
    bool known = false;
    for (const Op candidate :
         {Op::Placeholder, Op::GetAttr, Op::CallFunction, Op::CallMethod, Op::CallModule, Op::Output})
        if (name(candidate) == op) {
            body.op = candidate;
            known = true;
        }
    Json field;
    if (!known || json["args"].get(field))
        return wrong("op, target, args and kwargs of a node");
    FX_TRY(body.args, arguments(field, 0));
    if (!json["kwargs"].get(field)) {
        FX_TRY(body.kwargs, pairs(field, 0));
    }
    if (!json["meta"].get(field)) {
        FX_TRY(body.meta, meta(field, 0));
    }
    int64_t origin = 0;
    if (!json["origin"].get(origin)) {
        if (origin < 0 || static_cast<size_t>(origin) >= m_origins.size())
            return wrong("the number of an origin");
        body.origin = m_origins[static_cast<size_t>(origin)];
    }
    return body;
}

Result<Done> JsonGraphReader::specs(Json json, Graph& graph) {
    JsonArray array;
    int64_t kind = 0;
    if (!json["inputs"].get(array))
        for (const Json item : array) {
            InputSpec spec;
            if (item["kind"].get(kind) || kind < 0 || kind > static_cast<int64_t>(InputSpec::Kind::Token))
                return wrong("the kind of an input");
            spec.kind = static_cast<InputSpec::Kind>(kind);
            spec.target = text(item, "target");
            if (item["persistent"].get(spec.persistent))
                spec.persistent = true;
            Json constant;
            if (!item["constant"].get(constant)) {
                FX_TRY(spec.constant, argument(constant, 0));
            }
            graph.inputSpecs.push_back(std::move(spec));
        }
    if (!json["outputs"].get(array))
        for (const Json item : array) {
            if (item["kind"].get(kind) || kind < 0 || kind > static_cast<int64_t>(OutputSpec::Kind::Token))
                return wrong("the kind of an output");
            graph.outputSpecs.push_back({static_cast<OutputSpec::Kind>(kind), text(item, "target")});
        }
    return Done{};
}

Result<Done> JsonGraphReader::symbols(Json json, Graph& graph) {
    JsonArray array;
    if (!json["hints"].get(array))
        for (const Json item : array) {
            JsonArray fields;
            int64_t value = 0;
            if (item.get(fields) || fields.size() != 2 || fields.at(1).get(value))
                return wrong("[symbol, value]");
            graph.symHints[textAt(fields, 0)] = value;
        }
    if (!json["ranges"].get(array))
        for (const Json item : array) {
            JsonArray fields;
            SymRange range;
            if (item.get(fields) || fields.size() != 3 || fields.at(1).get(range.low) || fields.at(2).get(range.high))
                return wrong("[symbol, lowest, highest]");
            graph.symRanges[textAt(fields, 0)] = range;
        }
    return Done{};
}

Result<Done> JsonGraphReader::children(Json json, Graph& graph) {
    JsonArray array;
    if (json["children"].get(array))
        return Done{};
    for (const Json item : array) {
        JsonArray pair;
        if (item.get(pair) || pair.size() != 2 || m_depth > 32)
            return wrong("[name, graph] of a child, at most 32 deep");
        const std::string attribute = textAt(pair, 0);
        FX_TRY(Graph child, JsonGraphReader(m_where + ", graph " + displayText(attribute), m_depth + 1)
                                .read(pair.at(1).value_unsafe()));
        graph.children[attribute] = std::make_shared<const Graph>(std::move(child));
    }
    return Done{};
}

Result<Graph> JsonGraphReader::read(Json json) {
    JsonArray list;
    if (json["nodes"].get(list))
        return wrong("a list 'nodes'");
    FX_CHECK(origins(json));
    uint32_t index = 0;
    for (const Json item : list) {
        std::string_view nodeName;
        if (item["name"].get(nodeName))
            return wrong("a name for every node");
        m_names.bind(nodeName, index++);
    }
    std::vector<NodeBody> bodies;
    bodies.reserve(index);
    for (const Json item : list) {
        FX_TRY(NodeBody body, node(item));
        bodies.push_back(std::move(body));
    }
    m_node.clear();
    FX_TRY(Graph graph, finishGraph(std::move(bodies), m_where));
    graph.name = text(json, "name");
    graph.partial = !graph.output().valid();
    FX_CHECK(specs(json, graph));
    FX_CHECK(symbols(json, graph));
    FX_CHECK(children(json, graph));
    return graph;
}

} // namespace

namespace json {

bool recognise(const Source& source) {
    const std::string_view head = trim(source.content.substr(0, 256));
    return head.starts_with('{') && head.find("\"fxscope_graph\"") != std::string_view::npos;
}

Result<Capture> open(const Source& source) {
    simdjson::dom::parser parser;
    Json root, graphJson;
    if (const auto error = parser.parse(source.content.data(), source.content.size()).get(root))
        return Diagnostic{std::string("broken JSON: ") + simdjson::error_message(error), source.where,
                          "the file may be cut off; write it again"};
    int64_t version = 0;
    if (!root["fxscope_graph"].get(version) && version == 1 && root["graph"].get(graphJson))
        return Diagnostic{"there is no \"graph\" beside \"fxscope_graph\"", source.where,
                          "write the file again with fxscope export"};
    if (root["fxscope_graph"].get(version) || version != 1)
        return Diagnostic{"version " + std::to_string(version) + " of this form, expected 1", source.where,
                          "the file is of a newer fxscope"};
    FX_TRY(Graph graph, JsonGraphReader(source.where, 0).read(graphJson));
    Capture capture;
    capture.graphs.push_back({"0", "", "", std::make_shared<const Graph>(std::move(graph))});
    return capture;
}

} // namespace json
} // namespace fxscope::io
