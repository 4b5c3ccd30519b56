// SPDX-License-Identifier: BSD-3-Clause
// A recorded program: the printed graph, and beside it what the text does not carry.
#include "app/conform/explain_case.h"
#include "core/io/capture.h"

namespace fxscope::conform {
namespace {

SymInt sizeOf(const Json& value) {
    return value.is_number_integer() ? SymInt(value.get<int64_t>()) : SymInt::parse(value.get<std::string>());
}

SymSizes sizesOf(const Json& values) {
    SymSizes sizes;
    for (const Json& value : values)
        sizes.push_back(sizeOf(value));
    return sizes;
}

ValueMeta metaOf(const Json& record) {
    const std::string kind = record.at("kind").get<std::string>();
    if (kind == "symint")
        return ValueMeta::symInt(sizeOf(record.at("expr")));
    if (kind == "symfloat")
        return ValueMeta::symFloat(record.at("expr").get<std::string>());
    if (kind == "list") {
        std::vector<ValueMeta> items;
        for (const Json& item : record.at("items"))
            items.push_back(metaOf(item));
        return ValueMeta::list(std::move(items));
    }
    if (kind != "tensor")
        return {};
    TensorMeta meta;
    meta.dtype = dtypeFromTorch(record.at("dtype").get<std::string>()).value_or(DType::Float32);
    meta.sizes = sizesOf(record.at("size"));
    meta.strides = sizesOf(record.at("stride"));
    meta.device = Device::parse(record.at("device").get<std::string>());
    return ValueMeta::tensor(std::move(meta));
}

std::string textOf(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void addHiddenMeta(NodeBody& body, const Json& hidden) {
    Origin origin = body.origin ? *body.origin : Origin{};
    for (const auto& [key, value] : hidden.items())
        origin.meta[key] = textOf(value);
    body.origin = std::make_shared<const Origin>(std::move(origin));
}

/// A member that may be missing.
const Json& part(const Json& record, const char* key) {
    static const Json none;
    const auto found = record.find(key);
    return found == record.end() ? none : *found;
}

/// Names that passes before this one had used up: taken, though no node shows them.
void takeNames(Graph& graph, const std::string& base, int64_t last) {
    for (int64_t number = 0; number <= last; ++number) {
        NodeBody body;
        body.op = Op::Placeholder;
        body.name = number ? base + "_" + std::to_string(number) : base;
        if (!graph.nameTaken(body.name))
            graph.erase(graph.insert(std::move(body)));
    }
}

} // namespace

Result<ExplainGraph> readExplainGraph(const Json& record) {
    const std::string where = record.value("name", "");
    FX_TRY(const std::string text, member<std::string>(record, "before", where));
    FX_TRY(const Capture capture, io::openText(text, where));
    FX_TRY(const GraphEntry entry, capture.entry());
    std::vector<NodeBody> bodies;
    for (const NodeId id : entry.graph->order())
        bodies.push_back((*entry.graph)[id]);

    ExplainGraph program;
    try {
        const Json& metas = record.at("meta");
        for (size_t i = 0; i < std::min(metas.size(), bodies.size()); ++i) {
            bodies[i].meta = metaOf(metas[i]);
            if (metas[i].value("fake", true) == false)
                program.real.insert(NodeId{static_cast<uint32_t>(i)});
        }
        for (const Json& hidden : part(record, "unprinted"))
            for (NodeBody& body : bodies)
                if (body.name == hidden.at("node").get<std::string>() && hidden.contains("meta"))
                    addHiddenMeta(body, hidden.at("meta"));
        FX_TRY(program.graph, Graph::fromBodies(std::move(bodies)));
        for (const auto& [symbol, hint] : part(record, "hints").items())
            program.graph.symHints[symbol] = hint.get<int64_t>();
        for (const auto& [symbol, range] : part(record, "ranges").items())
            program.graph.symRanges[symbol] = {range.at(0).get<int64_t>(), range.at(1).get<int64_t>()};
        for (const auto& [base, last] : part(record, "name_counter").items())
            takeNames(program.graph, base, last.get<int64_t>());
        if (record.contains("config"))
            program.disableCppCodegen = record.at("config").value("disable_cpp_codegen", false);
    } catch (const Json::exception& error) {
        return Diagnostic{std::string("the record is malformed: ") + error.what(), where, "record again"};
    }
    return program;
}

} // namespace fxscope::conform
