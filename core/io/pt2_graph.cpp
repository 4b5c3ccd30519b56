// SPDX-License-Identifier: BSD-3-Clause
// A graph of torch.export's JSON. Saving removed the getitem nodes of multi-output operators; they are put back right
// behind their producer, which reproduces the order of the graph that was saved. See formats.md, 4.5.
#include "core/io/pt2_parts.h"

#include "core/io/call_schema.h"
#include "core/io/limits.h"
#include "core/support/text.h"

#include <deque>

namespace fxscope::io::pt2 {
namespace {

constexpr size_t kReleased = 256; ///< nodes, between which the memory of what was read is given back

using ValueTable = std::unordered_map<std::string_view, Json>;

/// One node to come: a JSON node, an item taken from it, or the fetching of a child graph.
struct Plan {
    enum class Kind : uint8_t { Input, Child, Call, Item } kind = Kind::Call;
    std::string_view name;
    Json json;             ///< Input: the argument; Child: {name, graph}; Call: the node
    uint32_t producer = 0; ///< Item: index of the plan it is taken from
    int index = 0;
    Json user; ///< Child: the node that takes the graph
};

/// How many nodes something is the matter with, and the first of them.
struct Culprits {
    int64_t count = 0;
    std::string_view first;
    void add(std::string_view name) {
        if (count++ == 0)
            first = name;
    }
};

class Pt2GraphReader {
public:
    Pt2GraphReader(Json json, GraphContext& context, const std::vector<std::string_view>& inputNames)
        : m_json(json), m_context(context), m_inputNames(inputNames) {}

    Result<Graph> read() {
        FX_CHECK(collectValues());
        FX_CHECK(planInputs());
        FX_CHECK(planNodes());
        m_nodes.reserve(m_plans.size() + 1);
        for (const Plan& plan : m_plans) {
            if (m_context.source.cancel.requested())
                return cancelled(m_context.source);
            FX_CHECK(build(plan));
            if (m_nodes.size() % kReleased == 0 && m_context.source.file)
                m_context.source.file->release(m_context.text);
        }
        FX_CHECK(buildOutput());
        addWarnings();
        FX_TRY(Graph graph, finishGraph(std::move(m_nodes), m_context.where));
        graph.children = std::move(m_children);
        graph.symHints = m_context.symbols.hints();
        return graph;
    }

private:
    std::string at(std::string_view node) const { return m_context.where + ", node " + displayText(node); }
    Diagnostic wrong(std::string_view expected, std::string_view node = {}) const {
        return {"expected " + std::string(expected), node.empty() ? m_context.where : at(node), "the file is damaged"};
    }
    std::string_view own(std::string text) { return m_texts.emplace_back(std::move(text)); }

    Result<Done> collectValues();
    Result<Done> planInputs();
    Result<Done> planNodes();
    Result<Done> planNode(Json node);
    Result<Done> planChildren(Json node);
    Result<Done> planItems(JsonArray outputs, std::string_view nodeName, uint32_t producer);
    Result<Done> addPlan(Plan plan);
    Result<Done> build(const Plan& plan);
    Result<Done> buildCall(const Plan& plan, NodeBody& body);
    Result<Done> addArgument(Json input, Argument value, NodeBody& body);
    void addWarnings();
    Result<Done> buildChild(const Plan& plan, NodeBody& body);
    Result<Done> buildOutput();
    Result<ValueMeta> metaOf(std::string_view name);
    Result<ValueMeta> metaOfOutputs(Json node, std::string_view name);

    Json m_json;
    GraphContext& m_context;
    const std::vector<std::string_view>& m_inputNames;
    ValueTable m_tensors, m_symInts, m_symBools, m_symFloats;
    NameTable m_names;
    std::vector<Plan> m_plans;
    std::vector<NodeBody> m_nodes;
    std::map<std::string, std::shared_ptr<const Graph>> m_children;
    std::deque<std::string> m_texts;
    Culprits m_early, m_undescribed; ///< nodes that use later ones; values without metadata
};

/// The name that an output or input argument gives to a value; empty for literals.
std::string_view valueName(std::string_view tag, Json value) {
    std::string_view name;
    if (tag == "as_tensor" || tag == "as_custom_obj" || tag == "as_graph")
        return value["name"].get(name) ? std::string_view{} : name;
    if (tag == "as_sym_int" || tag == "as_sym_float" || tag == "as_sym_bool")
        return value["as_name"].get(name) ? std::string_view{} : name;
    if (tag == "as_optional_tensor") {
        Json inner;
        if (!value["as_tensor"].get(inner) && !inner["name"].get(name))
            return name;
    }
    return {};
}

bool isNamed(Json argument, std::string_view name) {
    JsonObject object;
    if (argument.get(object) || object.begin() == object.end())
        return false;
    const auto field = object.begin();
    return valueName(field.key(), field.value()) == name;
}

Result<Done> Pt2GraphReader::collectValues() {
    const auto fill = [&](const char* key, ValueTable& table) -> Result<Done> {
        JsonObject object;
        if (m_json[key].get(object))
            return Done{};
        table.reserve(object.size());
        for (const auto field : object)
            if (!table.emplace(field.key, field.value).second)
                return Diagnostic{"two entries describe this value", at(field.key), "the file is damaged"};
        return Done{};
    };
    FX_CHECK(fill("tensor_values", m_tensors));
    FX_CHECK(fill("sym_int_values", m_symInts));
    FX_CHECK(fill("sym_bool_values", m_symBools));
    return fill("sym_float_values", m_symFloats);
}

Result<Done> Pt2GraphReader::addPlan(Plan plan) {
    if (plan.name.empty())
        return wrong("a name for every node");
    if (m_plans.size() >= limits().nodes)
        return Diagnostic{"more than " + std::to_string(limits().nodes) + " nodes", m_context.where, ""};
    if (!m_names.bind(plan.name, static_cast<uint32_t>(m_plans.size())))
        return Diagnostic{"two nodes have the name " + displayText(plan.name), m_context.where, "the file is damaged"};
    m_plans.push_back(plan);
    return Done{};
}

Result<Done> Pt2GraphReader::planInputs() {
    JsonArray inputs;
    if (m_json["inputs"].get(inputs))
        return wrong("a list 'inputs'");
    size_t index = 0;
    for (const Json input : inputs) {
        FX_TRY(const Union argument, unionOf(input, m_context.where));
        std::string_view name = valueName(argument.tag, argument.value);
        if (name.empty() && index < m_inputNames.size())
            name = m_inputNames[index];
        if (name.empty())
            name = own("arg" + std::to_string(index));
        FX_CHECK(addPlan({Plan::Kind::Input, name, input, 0, 0, {}}));
        ++index;
    }
    return Done{};
}

Result<Done> Pt2GraphReader::planNodes() {
    JsonArray nodes;
    if (m_json["nodes"].get(nodes))
        return wrong("a list 'nodes'");
    for (const Json node : nodes) {
        FX_CHECK(expectDistinctKeys(node, m_context.where + ", node " + std::to_string(m_plans.size())));
        FX_CHECK(planNode(node));
    }
    return Done{};
}

/// Graphs among the arguments get a node each that fetches them.
Result<Done> Pt2GraphReader::planChildren(Json node) {
    JsonArray inputs;
    if (node["inputs"].get(inputs))
        return Done{};
    for (const Json input : inputs) {
        Json graph;
        if (input["arg"]["as_graph"].get(graph))
            continue;
        std::string_view name;
        if (graph["name"].get(name))
            return wrong("a name for a child graph");
        if (!m_names.find(name))
            FX_CHECK(addPlan({Plan::Kind::Child, name, graph, 0, 0, node}));
    }
    return Done{};
}

Result<Done> Pt2GraphReader::planNode(Json node) {
    std::string_view target, name;
    JsonArray outputs;
    if (node["target"].get(target) || node["outputs"].get(outputs))
        return wrong("target, inputs and outputs of a node");
    if (node["name"].get(name))
        name = {};
    if (target.starts_with("torch.ops.higher_order"))
        FX_CHECK(planChildren(node));
    bool single = outputs.size() == 1, listed = false, tuple = false;
    if (single) {
        FX_TRY(const Union output, unionOf(outputs.at(0).value_unsafe(), m_context.where));
        const std::string_view value = valueName(output.tag, output.value);
        listed = output.tag == "as_tensors" || output.tag == "as_optional_tensors";
        bool bare = true;
        tuple = !node["is_hop_single_tensor_return"].get(bare) && !bare;
        if (!listed && !tuple && !value.empty())
            name = value;
    }
    if (name.empty())
        name = own(nameCandidate(target) + "_" + std::to_string(m_plans.size()));
    const auto producer = static_cast<uint32_t>(m_plans.size());
    FX_CHECK(addPlan({Plan::Kind::Call, name, node, 0, 0, {}}));
    if (single && !listed && !tuple)
        return Done{};
    return planItems(outputs, name, producer);
}

Result<Done> Pt2GraphReader::planItems(JsonArray outputs, std::string_view nodeName, uint32_t producer) {
    const std::string unused = std::string(nodeName) + "_unused_";
    const auto add = [&](std::string_view name, uint32_t from, int index) -> Result<Done> {
        if (name.empty() || name.starts_with(unused))
            return Done{};
        return addPlan({Plan::Kind::Item, name, {}, from, index, {}});
    };
    int index = 0;
    for (const Json output : outputs) {
        FX_TRY(const Union value, unionOf(output, m_context.where));
        JsonArray list;
        if ((value.tag == "as_tensors" || value.tag == "as_optional_tensors") && !value.value.get(list)) {
            uint32_t from = producer;
            if (outputs.size() > 1) { // a list within a tuple: one more step
                from = static_cast<uint32_t>(m_plans.size());
                FX_CHECK(add(own(std::string(nodeName) + "_list_" + std::to_string(index)), producer, index));
            }
            int inner = 0;
            for (const Json item : list) {
                std::string_view name;
                Json tensor = item;
                if (item["as_tensor"].get(tensor))
                    tensor = item;
                if (tensor["name"].get(name))
                    name = {};
                FX_CHECK(add(name, from, inner++));
            }
        } else {
            FX_CHECK(add(valueName(value.tag, value.value), producer, index));
        }
        ++index;
    }
    return Done{};
}

Result<ValueMeta> Pt2GraphReader::metaOf(std::string_view name) {
    if (const auto found = m_tensors.find(name); found != m_tensors.end())
        return m_context.symbols.tensorValue(found->second, at(name));
    if (const auto found = m_symInts.find(name); found != m_symInts.end()) {
        FX_TRY(SymInt size, m_context.symbols.size(found->second, at(name)));
        return ValueMeta::symInt(std::move(size));
    }
    for (const ValueTable* table : {&m_symFloats, &m_symBools}) {
        const auto found = table->find(name);
        if (found == table->end())
            continue;
        std::string_view text;
        std::string expression(name);
        if (!found->second["as_expr"]["expr_str"].get(text))
            expression = SymInt::parse(text).str();
        return table == &m_symFloats ? ValueMeta::symFloat(expression) : ValueMeta::symBool(expression);
    }
    if (!name.empty())
        m_undescribed.add(name);
    return ValueMeta();
}

/// What a node with several results yields, as far as it is written.
Result<ValueMeta> Pt2GraphReader::metaOfOutputs(Json node, std::string_view name) {
    if (m_tensors.contains(name) || m_symInts.contains(name) || m_symFloats.contains(name) || m_symBools.contains(name))
        return metaOf(name);
    JsonArray outputs;
    if (node["outputs"].get(outputs) || outputs.size() == 0)
        return ValueMeta();
    if (outputs.size() == 1 && isNamed(outputs.at(0).value_unsafe(), name))
        return metaOf(name); // says that it is missing
    std::vector<ValueMeta> items;
    for (const Json output : outputs) {
        FX_TRY(const Union value, unionOf(output, m_context.where));
        JsonArray list;
        if (value.tag == "as_tensors" && !value.value.get(list)) {
            std::vector<ValueMeta> inner;
            for (const Json item : list) {
                std::string_view itemName;
                if (item["name"].get(itemName))
                    return wrong("a name for every result", name);
                FX_TRY(inner.emplace_back(), metaOf(itemName));
            }
            if (outputs.size() == 1)
                return ValueMeta::list(std::move(inner));
            items.push_back(ValueMeta::list(std::move(inner)));
        } else if (value.tag == "as_none") {
            items.push_back(ValueMeta::none());
        } else {
            FX_TRY(items.emplace_back(), metaOf(valueName(value.tag, value.value)));
        }
    }
    return ValueMeta::list(std::move(items));
}

Result<Done> Pt2GraphReader::build(const Plan& plan) {
    NodeBody body;
    body.name = plan.name;
    switch (plan.kind) {
    case Plan::Kind::Input: {
        body.op = Op::Placeholder;
        body.target = Target(plan.name);
        if (Json object; plan.json["as_custom_obj"].get(object) && isNamed(plan.json, plan.name)) {
            FX_TRY(body.meta, metaOf(plan.name)); // literals and objects have none
        }
        break;
    }
    case Plan::Kind::Child: FX_CHECK(buildChild(plan, body)); break;
    case Plan::Kind::Call: FX_CHECK(buildCall(plan, body)); break;
    case Plan::Kind::Item:
        body.target = Target("operator.getitem");
        body.args = {Argument::node(NodeId{plan.producer}), Argument::integer(plan.index)};
        body.origin = m_nodes[plan.producer].origin;
        FX_TRY(body.meta, metaOf(plan.name));
        break;
    }
    bool early = false;
    forEachInput(body, [&](NodeId input) { early = early || input.index >= m_nodes.size(); });
    if (early)
        m_early.add(plan.name);
    m_nodes.push_back(std::move(body));
    return Done{};
}

void Pt2GraphReader::addWarnings() {
    const auto warn = [&](const Culprits& culprits, const char* one, const char* many, const char* next) {
        if (culprits.count > 0)
            m_context.notes.push_back(
                {counted(culprits.count, one, many), at(culprits.first), next, Severity::Warning});
    };
    warn(m_early, "node uses a value that is computed below it", "nodes use values that are computed below them",
         "the order of the file is kept; export the program again");
    warn(m_undescribed, "value has no dtype and shape in the file", "values have no dtype and shape in the file",
         "they are inferred where that is possible");
}

Result<Done> Pt2GraphReader::buildChild(const Plan& plan, NodeBody& body) {
    body.op = Op::GetAttr;
    body.target = Target(plan.name);
    Json json;
    if (plan.json["graph"].get(json))
        return wrong("a graph", plan.name);
    if (m_context.depth >= 32)
        return Diagnostic{"graphs within graphs, more than 32 deep", at(plan.name), ""};
    GraphContext inner = m_context;
    ++inner.depth;
    inner.where += ", graph " + displayText(plan.name);
    FX_TRY(Graph child, readGraph(json, inner));
    child.name = plan.name;
    Json metadata;
    if (!plan.user["metadata"].get(metadata)) { // fetched on the line that uses it
        FX_TRY(body.origin, m_context.origins.read(metadata, at(plan.name), m_context.notes));
    }
    m_children[std::string(plan.name)] = std::make_shared<const Graph>(std::move(child));
    return Done{};
}

Result<Done> Pt2GraphReader::buildCall(const Plan& plan, NodeBody& body) {
    std::string_view target;
    JsonArray inputs;
    if (plan.json["target"].get(target) || plan.json["inputs"].get(inputs))
        return wrong("target and inputs", plan.name);
    if (target.starts_with("_operator."))
        target.remove_prefix(1);
    body.target = Target(target);
    const ArgumentContext context{m_names, at(plan.name)};
    for (const Json input : inputs) {
        Json argument;
        if (input["arg"].get(argument))
            return wrong("an argument under 'arg'", plan.name);
        FX_TRY(Argument value, readArgument(argument, context));
        FX_CHECK(addArgument(input, std::move(value), body));
    }
    FX_TRY(body.meta, metaOfOutputs(plan.json, plan.name));
    Json metadata;
    if (!plan.json["metadata"].get(metadata)) {
        FX_TRY(body.origin, m_context.origins.read(metadata, context.where, m_context.notes));
    }
    return Done{};
}

/// PyTorch 2.7 and older did not say how an argument was given: it loads those with a default and those that can only
/// be given by keyword as keyword arguments.
Result<Done> Pt2GraphReader::addArgument(Json input, Argument value, NodeBody& body) {
    int64_t kind = 0;
    std::string_view name;
    const bool named = !input["name"].get(name) && !name.empty();
    if (input["kind"].get(kind) && named) {
        for (const CallParameter& parameter : callParameters(body.target))
            if (parameter.name == name && (parameter.keywordOnly || parameter.hasDefault))
                kind = 2;
    }
    if (kind != 2)
        body.args.push_back(std::move(value));
    else if (named)
        body.kwargs.emplace_back(std::string(name), std::move(value));
    else
        return wrong("a name for a keyword argument", body.name);
    return Done{};
}

Result<Done> Pt2GraphReader::buildOutput() {
    JsonArray outputs;
    if (m_json["outputs"].get(outputs))
        return wrong("a list 'outputs'");
    const ArgumentContext context{m_names, m_context.where + ", outputs"};
    ArgumentList values;
    for (const Json output : outputs) {
        FX_TRY(Argument value, readArgument(output, context));
        values.push_back(std::move(value));
    }
    bool bare = false;
    if (m_json["is_single_tensor_return"].get(bare))
        bare = false;
    addOutput(m_nodes, bare && values.size() == 1 ? values[0] : Argument::tuple(std::move(values)), m_names);
    return Done{};
}

} // namespace

Result<Graph> readGraph(Json json, GraphContext& context, const std::vector<std::string_view>& inputNames) {
    return Pt2GraphReader(json, context, inputNames).read();
}

} // namespace fxscope::io::pt2
