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

using ValueTable = std::unordered_map<std::string_view, std::string_view>; ///< JSON by name

/// One node to come: a JSON node, an item taken from it, or the fetching of a child graph.
struct Plan {
    enum class Kind : uint8_t { Input, Object, Child, Call, Item } kind = Kind::Call; ///< Object: an input that is one
    uint32_t producer = 0; ///< Item: index of the plan it is taken from
    std::string_view name;
    size_t index = 0; ///< Call: of the slice; Child: of the slice that takes the graph; Item: within its producer
    std::string_view graph = {}; ///< Child: its JSON
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
    Pt2GraphReader(const GraphSlices& slices, bool bare, GraphContext& context, const std::vector<InputSpec>& inputs)
        : m_slices(slices), m_bare(bare), m_context(context), m_inputs(inputs) {}

    Result<Graph> read() {
        FX_CHECK(collect(m_slices.tensors, m_tensors));
        FX_CHECK(collect(m_slices.symInts, m_symInts));
        FX_CHECK(collect(m_slices.symBools, m_symBools));
        FX_CHECK(collect(m_slices.symFloats, m_symFloats));
        FX_CHECK(planInputs());
        FX_CHECK(planNodes());
        m_nodes.reserve(m_plans.size() + 1);
        for (const Plan& plan : m_plans) {
            FX_CHECK(pause(m_nodes.size()));
            FX_CHECK(build(plan));
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
    Diagnostic tooMany(const char* what) const {
        return {"more than " + std::to_string(limits().nodes) + " " + what, m_context.where, raiseLimit("nodes")};
    }
    std::string_view own(std::string text) { return m_texts.emplace_back(std::move(text)); }
    std::string_view own(std::string_view text) { return text.empty() ? text : own(std::string(text)); }
    const NodeSlice& slice(const Plan& plan) const { return (*m_slices.nodes)[plan.index]; }

    /// Between nodes.
    Result<Done> pause(size_t node) const {
        if (m_context.source.cancel.requested())
            return cancelled(m_context.source);
        if (node % kReleased == 0 && m_context.source.file)
            m_context.source.file->release(m_context.text);
        return Done{};
    }

    Result<Done> collect(const std::vector<JsonMember>& members, ValueTable& table);
    Result<Done> planInputs();
    Result<Done> planNodes();
    Result<Done> planNode(Json node, size_t index);
    Result<Done> planChildren(size_t index);
    Result<Done> planItems(JsonArray outputs, std::string_view nodeName, uint32_t producer);
    std::string listName(const std::vector<std::string_view>& items) const;
    Result<Done> addPlan(Plan plan);
    Result<Done> build(const Plan& plan);
    Result<Done> buildCall(const Plan& plan, NodeBody& body);
    Result<Done> addArgument(Json input, Argument value, NodeBody& body);
    void addWarnings();
    Result<Done> buildChild(const Plan& plan, NodeBody& body);
    Result<Done> buildOutput();
    Result<ValueMeta> metaOf(std::string_view name);
    Result<ValueMeta> metaOfItem(const Plan& plan);
    Result<ValueMeta> metaOfOutputs(Json node, std::string_view name);

    const GraphSlices& m_slices;
    bool m_bare; ///< is returned in no tuple
    GraphContext& m_context;
    const std::vector<InputSpec>& m_inputs;
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

Result<Done> Pt2GraphReader::collect(const std::vector<JsonMember>& members, ValueTable& table) {
    if (members.size() > limits().nodes)
        return tooMany("values");
    table.reserve(members.size());
    for (const auto& [key, text] : members) {
        std::string_view name = key;
        if (name.find('\\') != std::string_view::npos) { // Python escapes what is not ASCII
            FX_TRY(const Json json, m_context.parsers.outer.parse('"' + std::string(key) + '"', m_context.where));
            name = json.get(name) ? key : own(name);
        }
        if (!table.emplace(name, text).second)
            return Diagnostic{"two entries describe this value", at(name), "the file is damaged"};
    }
    return Done{};
}

Result<Done> Pt2GraphReader::addPlan(Plan plan) {
    if (plan.name.empty())
        return wrong("a name for every node");
    if (m_plans.size() >= limits().nodes)
        return tooMany("nodes");
    if (!m_names.bind(plan.name, static_cast<uint32_t>(m_plans.size())))
        return Diagnostic{"two nodes have the name " + displayText(plan.name), m_context.where, "the file is damaged"};
    m_plans.push_back(plan);
    return Done{};
}

Result<Done> Pt2GraphReader::planInputs() {
    if (!m_slices.inputs)
        return wrong("a list 'inputs'");
    for (const std::string_view text : *m_slices.inputs) {
        const size_t index = m_plans.size();
        FX_TRY(const Json input, m_context.parsers.outer.parse(text, m_context.where));
        FX_TRY(const Union argument, unionOf(input, m_context.where));
        std::string_view name = valueName(argument.tag, argument.value);
        const bool object = name.empty() || argument.tag == "as_custom_obj"; // nothing describes those
        if (name.empty() && index < m_inputs.size() && m_inputs[index].kind == InputSpec::Kind::ConstantInput)
            name = m_inputs[index].target;
        name = name.empty() ? own("arg" + std::to_string(index)) : own(name);
        FX_CHECK(addPlan({object ? Plan::Kind::Object : Plan::Kind::Input, 0, name}));
    }
    return Done{};
}

Result<Done> Pt2GraphReader::planNodes() {
    if (!m_slices.nodes)
        return wrong("a list 'nodes'");
    if (m_slices.nodes->size() > limits().nodes)
        return tooMany("nodes");
    for (size_t i = 0; i < m_slices.nodes->size(); ++i) {
        FX_CHECK(pause(i));
        const std::string where = m_context.where + ", node " + std::to_string(m_plans.size());
        FX_TRY(const Json node, m_context.parsers.outer.parse((*m_slices.nodes)[i], where));
        FX_CHECK(expectDistinctKeys(node, where));
        FX_CHECK(planNode(node, i));
    }
    return Done{};
}

/// Graphs among the arguments get a node each that fetches them.
Result<Done> Pt2GraphReader::planChildren(size_t index) {
    for (const NestedGraph& graph : nestedGraphs((*m_slices.nodes)[index].text)) {
        std::string_view name;
        if (!graph.name.empty()) {
            FX_TRY(const Json json, m_context.parsers.inner.parse(graph.name, m_context.where));
            if (json.get(name))
                name = {};
        }
        if (name.empty())
            return wrong("a name for a child graph");
        if (!m_names.find(name))
            FX_CHECK(addPlan({Plan::Kind::Child, 0, own(name), index, graph.text}));
    }
    return Done{};
}

Result<Done> Pt2GraphReader::planNode(Json node, size_t index) {
    std::string_view target, name;
    JsonArray outputs;
    if (node["target"].get(target) || node["outputs"].get(outputs))
        return wrong("target, inputs and outputs of a node");
    if (target.starts_with("torch.ops.higher_order"))
        FX_CHECK(planChildren(index));
    if (node["name"].get(name))
        name = {};
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
    name = name.empty() ? own(nameCandidate(target) + "_" + std::to_string(m_plans.size())) : own(name);
    const auto producer = static_cast<uint32_t>(m_plans.size());
    FX_CHECK(addPlan({Plan::Kind::Call, 0, name, index}));
    if (single && !listed && !tuple)
        return Done{};
    return planItems(outputs, name, producer);
}

/// Saving names items that nobody takes after the node that they would be taken from.
bool isUnused(std::string_view name, std::string_view of) {
    return name.starts_with(of) && name.substr(of.size()).starts_with("_unused_");
}

/// The name of a list that was an item of a tuple is not saved. Unused items of it hold it; else it is what FX would
/// call it.
std::string Pt2GraphReader::listName(const std::vector<std::string_view>& items) const {
    for (const std::string_view item : items)
        if (const size_t end = item.find("_unused_"); end != std::string_view::npos)
            return std::string(item.substr(0, end));
    std::string name = "getitem";
    for (int i = 1; m_names.find(name) || m_tensors.contains(name); ++i)
        name = "getitem_" + std::to_string(i);
    return name;
}

Result<Done> Pt2GraphReader::planItems(JsonArray outputs, std::string_view nodeName, uint32_t producer) {
    const auto add = [&](std::string_view name, std::string_view of, uint32_t from, size_t index) -> Result<Done> {
        if (name.empty() || isUnused(name, of))
            return Done{};
        return addPlan({Plan::Kind::Item, from, own(name), index});
    };
    size_t index = 0;
    for (const Json output : outputs) {
        FX_TRY(const Union value, unionOf(output, m_context.where));
        JsonArray list;
        if ((value.tag == "as_tensors" || value.tag == "as_optional_tensors") && !value.value.get(list)) {
            std::vector<std::string_view> names;
            for (const Json item : list) {
                Json tensor = item;
                if (item["as_tensor"].get(tensor))
                    tensor = item;
                if (tensor["name"].get(names.emplace_back()))
                    names.back() = {};
            }
            std::string_view of = nodeName;
            uint32_t from = producer;
            if (outputs.size() > 1) { // a list within a tuple: one more step
                of = own(listName(names));
                from = static_cast<uint32_t>(m_plans.size());
                FX_CHECK(add(of, nodeName, producer, index));
            }
            for (size_t inner = 0; inner < names.size(); ++inner)
                FX_CHECK(add(names[inner], of, from, inner));
        } else {
            FX_CHECK(add(valueName(value.tag, value.value), nodeName, producer, index));
        }
        ++index;
    }
    return Done{};
}

Result<ValueMeta> Pt2GraphReader::metaOf(std::string_view name) {
    if (const auto found = m_tensors.find(name); found != m_tensors.end())
        return m_context.symbols.tensorValue(found->second, at(name));
    if (const auto found = m_symInts.find(name); found != m_symInts.end()) {
        FX_TRY(const Json json, m_context.parsers.inner.parse(found->second, at(name)));
        FX_TRY(SymInt size, m_context.symbols.size(json, at(name)));
        return ValueMeta::symInt(std::move(size));
    }
    for (const ValueTable* table : {&m_symFloats, &m_symBools}) {
        const auto found = table->find(name);
        if (found == table->end())
            continue;
        FX_TRY(const Json json, m_context.parsers.inner.parse(found->second, at(name)));
        std::string_view text;
        std::string expression(name);
        if (!json["as_expr"]["expr_str"].get(text))
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

/// A list is described by its items alone.
Result<ValueMeta> Pt2GraphReader::metaOfItem(const Plan& plan) {
    const ValueMeta& whole = m_nodes[plan.producer].meta;
    if (!m_tensors.contains(plan.name) && whole.kind() == ValueMeta::Kind::List && plan.index < whole.items().size() &&
        whole.items()[plan.index].kind() == ValueMeta::Kind::List)
        return whole.items()[plan.index];
    return metaOf(plan.name);
}

Result<Done> Pt2GraphReader::build(const Plan& plan) {
    NodeBody body;
    body.name = plan.name;
    switch (plan.kind) {
    case Plan::Kind::Input:
    case Plan::Kind::Object:
        body.op = Op::Placeholder;
        body.target = Target(plan.name);
        if (plan.kind == Plan::Kind::Input) {
            FX_TRY(body.meta, metaOf(plan.name));
        }
        break;
    case Plan::Kind::Child: FX_CHECK(buildChild(plan, body)); break;
    case Plan::Kind::Call: FX_CHECK(buildCall(plan, body)); break;
    case Plan::Kind::Item:
        body.target = Target("operator.getitem");
        body.args = {Argument::node(NodeId{plan.producer}), Argument::integer(static_cast<int64_t>(plan.index))};
        body.origin = m_nodes[plan.producer].origin;
        FX_TRY(body.meta, metaOfItem(plan));
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
    if (m_context.depth >= 32)
        return Diagnostic{"graphs within graphs, more than 32 deep", at(plan.name), ""};
    GraphContext inner = m_context;
    ++inner.depth;
    inner.where += ", graph " + displayText(plan.name);
    auto slices = cutGraph(plan.graph);
    if (!slices)
        return wrong("a graph", plan.name);
    FX_TRY(const Json rest, m_context.parsers.outer.parse(std::exchange(slices->rest, {}), inner.where));
    FX_TRY(const bool bare, returnsBareValue(rest, inner.where));
    FX_TRY(Graph child, readGraph(*slices, bare, inner));
    child.name = plan.name;
    if (const std::string_view metadata = slice(plan).metadata; !metadata.empty()) { // fetched on the line that uses it
        FX_TRY(body.origin, m_context.origins.read(metadata, at(plan.name), m_context.notes));
    }
    m_children[std::string(plan.name)] = std::make_shared<const Graph>(std::move(child));
    return Done{};
}

Result<Done> Pt2GraphReader::buildCall(const Plan& plan, NodeBody& body) {
    const ArgumentContext context{m_names, at(plan.name)};
    FX_TRY(const Json node, m_context.parsers.outer.parse(slice(plan), context.where));
    std::string_view target;
    JsonArray inputs;
    if (node["target"].get(target) || node["inputs"].get(inputs))
        return wrong("target and inputs", plan.name);
    if (target.starts_with("_operator."))
        target.remove_prefix(1);
    body.target = Target(target);
    for (const Json input : inputs) {
        Json argument;
        if (input["arg"].get(argument))
            return wrong("an argument under 'arg'", plan.name);
        FX_TRY(Argument value, readArgument(argument, context));
        FX_CHECK(addArgument(input, std::move(value), body));
    }
    FX_TRY(body.meta, metaOfOutputs(node, plan.name));
    if (const std::string_view metadata = slice(plan).metadata; !metadata.empty()) {
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
    if (!m_slices.outputs)
        return wrong("a list 'outputs'");
    if (m_slices.outputs->size() > limits().nodes)
        return tooMany("outputs");
    const ArgumentContext context{m_names, m_context.where + ", outputs"};
    ArgumentList values;
    for (const std::string_view text : *m_slices.outputs) {
        FX_TRY(const Json output, m_context.parsers.outer.parse(text, context.where));
        FX_TRY(Argument value, readArgument(output, context));
        values.push_back(std::move(value));
    }
    addOutput(m_nodes, m_bare && values.size() == 1 ? values[0] : Argument::tuple(std::move(values)), m_names);
    return Done{};
}

} // namespace

Result<bool> returnsBareValue(Json rest, const std::string& where) {
    FX_CHECK(expectDistinctKeys(rest, where));
    bool bare = false;
    return !rest["is_single_tensor_return"].get(bare) && bare;
}

Result<Graph> readGraph(const GraphSlices& slices, bool bare, GraphContext& context,
                        const std::vector<InputSpec>& inputs) {
    return Pt2GraphReader(slices, bare, context, inputs).read();
}

} // namespace fxscope::io::pt2
