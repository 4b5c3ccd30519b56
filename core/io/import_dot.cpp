// SPDX-License-Identifier: BSD-3-Clause
// Drawings of torch.fx's FxGraphDrawer. Unless it was told otherwise it leaves out arguments that are nodes: then the
// edges say which nodes go in, but not as which arguments.
#include "core/io/dot_lexer.h"
#include "core/io/formats.h"
#include "core/io/limits.h"
#include "core/io/python_operators.h"
#include "core/io/text_values.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <algorithm>
#include <array>
#include <set>

namespace fxscope::io::dot {
namespace {

/// The fields of a record's label, "{name=%x|op_code=placeholder\n|target=x\n|num_users=2\n}", in their order.
using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::array<std::string_view, 17> kFields{
    "name",   "op_code",       "target", "args",     "kwargs", "num_users", "dtype",        "shape",  "requires_grad",
    "stride", "memory_format", "file",   "n_origin", "buf",    "q_scale",   "q_zero_point", "qscheme"};
constexpr size_t kLongestField = 13;
constexpr std::string_view kEscaped = "lrn{}<>|"; ///< behind a backslash; other backslashes are the value's own

/// A field begins at "|KEY="; other bars, and those behind a backslash, belong to a value.
Fields fieldsOf(std::string_view label) {
    Fields fields;
    if (label.starts_with('{'))
        label.remove_prefix(1);
    if (label.ends_with('}'))
        label.remove_suffix(1);
    while (!label.empty()) {
        const size_t equals = label.find('=');
        if (equals == std::string_view::npos)
            break;
        const std::string_view key = label.substr(0, equals);
        size_t end = label.find('|', equals);
        for (; end != std::string_view::npos; end = label.find('|', end + 1)) {
            const std::string_view next = label.substr(end + 1, kLongestField + 1);
            if (label[end - 1] != '\\' &&
                std::find(kFields.begin(), kFields.end(), next.substr(0, next.find('='))) != kFields.end() &&
                next.find('=') != std::string_view::npos)
                break;
        }
        std::string_view value = label.substr(equals + 1, std::min(end, label.size()) - equals - 1);
        while (value.ends_with("\\n") || value.ends_with("\\l"))
            value.remove_suffix(2);
        fields.emplace_back(key, value);
        label = end == std::string_view::npos ? std::string_view{} : label.substr(end + 1);
    }
    return fields;
}

std::string_view field(const Fields& fields, std::string_view key) {
    for (const auto& [name, value] : fields)
        if (name == key)
            return value;
    return {};
}

/// Appends `c`; before a closing bracket goes what a value of one line has not: ", )" -> ",)", ", }" -> "}".
void appendClosing(std::string& out, char c) {
    if ((c == ')' || c == '}') && out.ends_with(", "))
        out.pop_back();
    if (c == '}' && out.ends_with(','))
        out.pop_back();
    out += c;
}

/// Graphviz' line breaks and the escapes of records taken out: "(\l%x,\n2,\n)\l" -> "(%x, 2,)".
std::string valueText(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '\\' && next != '\0' && kEscaped.find(next) != std::string_view::npos) {
            ++i;
            if (next == 'l' || next == 'r')
                continue;
            appendClosing(out, next == 'n' ? ' ' : next);
        } else {
            appendClosing(out, text[i]);
        }
    }
    return out;
}

std::optional<SymSizes> sizesOf(std::string_view text) {
    text = trim(text);
    if (!text.starts_with('(') || !text.ends_with(')'))
        return std::nullopt;
    SymSizes sizes;
    for (const std::string_view part : split(text.substr(1, text.size() - 2), ','))
        if (!trim(part).empty())
            sizes.push_back(SymInt::parse(trim(part)));
    return sizes;
}

/// Each tensor that the node yields has its own run of dtype, shape, requires_grad and stride.
ValueMeta metaOf(const Fields& fields) {
    std::vector<ValueMeta> tensors;
    TensorMeta meta;
    bool known = false;
    for (const auto& [key, value] : fields) {
        if (key == "dtype") {
            const auto dtype = dtypeFromTorch(value);
            known = dtype.has_value();
            meta = {};
            meta.dtype = dtype.value_or(DType::Float32);
        } else if (key == "shape" && known) {
            const auto sizes = sizesOf(value);
            known = sizes.has_value();
            meta.sizes = sizes.value_or(SymSizes{});
        } else if (key == "requires_grad") {
            meta.requiresGrad = value == "True";
        } else if (key == "stride" && known) {
            meta.strides = sizesOf(value);
            tensors.push_back(ValueMeta::tensor(meta));
        }
    }
    return tensors.size() == 1 ? tensors[0] : tensors.empty() ? ValueMeta{} : ValueMeta::list(std::move(tensors));
}

class DotReader {
public:
    DotReader(const Source& source, const std::vector<DotStatement>& statements, Diagnostics& notes)
        : m_source(source), m_statements(statements), m_notes(notes) {}

    Result<Graph> read() {
        FX_CHECK(collectNodes());
        for (const DotStatement& statement : m_statements)
            if (!statement.to.empty())
                addEdge(statement);
        for (size_t i = 0; i < m_drawn.size(); ++i) {
            if (m_source.cancel.requested())
                return cancelled(m_source);
            FX_CHECK(readNode(i));
        }
        if (m_guessed > 0)
            m_notes.push_back({"this drawing leaves out which arguments nodes are; in " +
                                   counted(m_guessed, "call", "calls") + " they were put before the others",
                               m_source.where, "draw it with FxGraphDrawer(..., skip_node_names_in_args=False)",
                               Severity::Warning});
        if (m_modules > 0)
            m_notes.push_back({"this drawing does not say which module " +
                                   counted(m_modules, "node calls", "nodes call") + "; their names stand for that",
                               m_source.where, "print the graph, or draw another form of it", Severity::Note});
        return finishGraph(std::move(m_nodes), m_source.where);
    }

private:
    struct Drawn {
        Fields fields;
        std::vector<uint32_t> inputs; ///< by the edges
        int line = 0;
    };

    Result<Done> collectNodes() {
        for (const DotStatement& statement : m_statements) {
            const std::string* label = statement.attribute("label");
            if (!statement.to.empty() || !label)
                continue;
            Drawn drawn{fieldsOf(*label), {}, statement.line};
            if (!field(drawn.fields, "name").starts_with('%'))
                continue; // a parameter of a module, drawn beside it
            const std::string_view name = field(drawn.fields, "name").substr(1);
            if (!m_names.bind(name, static_cast<uint32_t>(m_drawn.size())))
                return Diagnostic{"two nodes have the name " + displayText(name),
                                  atLine(m_source.where, statement.line), "rename one of them"};
            m_drawn.push_back(std::move(drawn));
            if (m_drawn.size() > limits().nodes)
                return Diagnostic{"more than " + std::to_string(limits().nodes) + " nodes", m_source.where,
                                  raiseLimit("nodes")};
        }
        return Done{};
    }

    void addEdge(const DotStatement& statement) {
        const auto from = m_names.find(statement.from), to = m_names.find(statement.to);
        if (from && to)
            m_drawn[*to].inputs.push_back(*from);
    }

    Result<Done> readNode(size_t index) {
        const Drawn& drawn = m_drawn[index];
        NodeBody body;
        body.name = field(drawn.fields, "name").substr(1);
        const std::string_view op =
            trim(field(drawn.fields, "op_code").substr(0, field(drawn.fields, "op_code").find("\\n")));
        const auto known = opOf(op);
        if (!known)
            return Diagnostic{"unknown kind of node '" + displayText(op) + "'", atLine(m_source.where, drawn.line),
                              "expected op_code=call_function or another of FX"};
        body.op = *known;
        const std::string target = valueText(field(drawn.fields, "target"));
        body.target = Target(target.empty()                ? body.name
                             : body.op == Op::CallFunction ? canonicalFunction(target)
                                                           : target);
        m_modules += body.op == Op::CallModule && target.empty();
        if (body.op != Op::Output)
            body.meta = metaOf(drawn.fields);
        readArguments(drawn, body);
        m_nodes.push_back(std::move(body));
        return Done{};
    }

    static std::optional<Op> opOf(std::string_view text) {
        for (const Op op : {Op::Placeholder, Op::GetAttr, Op::CallFunction, Op::CallMethod, Op::CallModule, Op::Output})
            if (name(op) == text)
                return op;
        return std::nullopt;
    }

    void readArguments(const Drawn& drawn, NodeBody& body) {
        const std::string args = valueText(field(drawn.fields, "args")),
                          kwargs = valueText(field(drawn.fields, "kwargs"));
        TextValues positional(args, m_names), keywords(kwargs, m_names);
        if (!args.empty() && !(positional.tuple(body.args) && positional.atEnd()))
            body.args.assign(1, Argument::opaque(args));
        if (!kwargs.empty() && !(keywords.dict(body.kwargs) && keywords.atEnd()))
            body.kwargs.assign(1, {"kwargs", Argument::opaque(kwargs)});
        std::set<NodeId> mentioned;
        forEachInput(body, [&](NodeId input) { mentioned.insert(input); });
        ArgumentList missing;
        for (const uint32_t input : drawn.inputs)
            if (mentioned.insert(NodeId{input}).second)
                missing.push_back(Argument::node(NodeId{input}));
        if (missing.empty())
            return;
        if (body.op == Op::Output) { // a long list ends in how many it has: "...[total_len=10]"
            ArgumentList shown;
            forEachInput(body, [&](NodeId input) { shown.push_back(Argument::node(input)); });
            m_guessed += !shown.empty();
            shown.insert(shown.end(), missing.begin(), missing.end());
            body.args.assign(1, Argument::tuple(std::move(shown)));
            return;
        }
        m_guessed += missing.size() + body.args.size() > 1;
        body.args.insert(body.args.begin(), missing.begin(), missing.end());
    }

    const Source& m_source;
    const std::vector<DotStatement>& m_statements;
    Diagnostics& m_notes;
    std::vector<Drawn> m_drawn;
    NameTable m_names;
    std::vector<NodeBody> m_nodes;
    int64_t m_guessed = 0, m_modules = 0;
};

/// Names of drawings that differ, else their places.
std::vector<std::string> idsOf(const std::vector<DotDrawing>& drawings) {
    std::vector<std::string> ids;
    std::set<std::string> names;
    for (const DotDrawing& drawing : drawings)
        names.insert(drawing.name);
    const bool distinct = drawings.size() > 1 && names.size() == drawings.size() && !names.contains("");
    for (const DotDrawing& drawing : drawings)
        ids.push_back(distinct ? drawing.name : std::to_string(ids.size()));
    return ids;
}

Result<Graph> readDrawing(const Source& source, const DotDrawing& drawing, Diagnostics& notes) {
    FX_TRY(Graph graph, DotReader(source, drawing.statements, notes).read());
    if (graph.size() == 0)
        return Diagnostic{"the drawing holds no node", source.where, "expected nodes as FxGraphDrawer draws them"};
    graph.partial = !graph.output().valid();
    if (graph.partial)
        notes.push_back({"the drawing has no output node", source.where,
                         "it may be cut off, or be of a part of a graph", Severity::Warning});
    return graph;
}

} // namespace

bool recognise(const Source& source) {
    return looksLikeDot(source.content.substr(0, size_t{64} << 10)) &&
           source.content.substr(0, size_t{1} << 20).find("op_code=") != std::string_view::npos;
}

Result<Capture> open(const Source& source) {
    Capture capture;
    FX_TRY(const auto drawings, dotDrawings(source));
    const std::vector<std::string> ids = idsOf(drawings);
    std::optional<Diagnostic> failure;
    for (size_t i = 0; i < drawings.size(); ++i) {
        auto graph = readDrawing(source, drawings[i], capture.notes);
        if (graph.ok()) {
            capture.graphs.push_back({ids[i], "", "", std::make_shared<const Graph>(std::move(graph).value())});
            continue;
        }
        if (!failure)
            failure = graph.error();
        capture.notes.push_back(graph.error());
        capture.notes.back().severity = Severity::Warning;
    }
    if (capture.graphs.empty())
        return failure ? *failure
                       : Diagnostic{"there is no drawing in this text", source.where, "expected 'digraph NAME {'"};
    return capture;
}

} // namespace fxscope::io::dot
