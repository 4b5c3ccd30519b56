// SPDX-License-Identifier: BSD-3-Clause
// Reads the lines of a printed graph into a Graph: names first, then arguments. See formats.md, section 1.
#include "core/io/graph_text.h"

#include "core/io/annotation.h"
#include "core/io/limits.h"
#include "core/io/python_values.h"
#include "core/io/split_strings.h"
#include "core/io/text_values.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <unordered_set>

namespace fxscope::io {
namespace {

constexpr size_t kMaxUserWarnings = 100;

std::string_view nameAt(std::string_view text, size_t from) {
    size_t end = from;
    while (end < text.size() && isWordChar(text[end]))
        ++end;
    return text.substr(from, end - from);
}

class TextGraphReader {
public:
    TextGraphReader(const GraphText& text, const Source& source, Diagnostics& notes, TextKind kind)
        : m_text(text), m_source(source), m_notes(notes), m_fragment(kind == TextKind::Fragment) {}

    Result<Graph> read() {
        if (m_fragment)
            addOuterNames();
        FX_CHECK(collectNames());
        if (m_text.otherLines > 0)
            m_notes.push_back({counted(m_text.otherLines, "line", "lines") + " around the graph are no part of it",
                               atLine(m_source.where, m_text.firstOther),
                               {},
                               Severity::Note});
        m_nodes.reserve(m_text.statements.size());
        for (const TextStatement& statement : m_text.statements) {
            if (m_source.cancel.requested())
                return cancelled(m_source);
            if (m_repeated.contains(&statement))
                continue;
            FX_CHECK(statement.name.empty() ? readReturn(statement) : readNode(statement));
        }
        FX_TRY(Graph graph, finishGraph(std::move(m_nodes), m_source.where));
        graph.partial = !graph.output().valid();
        if (!m_fragment)
            checkUsers(graph);
        return graph;
    }

private:
    std::string at(const TextStatement& statement) const { return atLine(m_source.where, statement.line); }

    int lineOf(std::string_view name) const {
        for (const TextStatement& statement : m_text.statements)
            if (statement.name == name)
                return statement.line;
        return 0;
    }

    Result<Done> collectNames() {
        if (m_text.statements.size() > limits().nodes)
            return Diagnostic{"more than " + std::to_string(limits().nodes) + " nodes",
                              atLine(m_source.where, m_text.line), raiseLimit("nodes")};
        m_names.reserve(m_text.statements.size());
        auto index = static_cast<uint32_t>(m_nodes.size());
        for (const TextStatement& statement : m_text.statements) {
            if (statement.text.size() > limits().line)
                return Diagnostic{"this line is longer than " + std::to_string(limits().line) + " bytes", at(statement),
                                  raiseLimit("line")};
            if (statement.name.empty() && !statement.text.starts_with("return"))
                return Diagnostic{"a % without a name", at(statement), "expected '%name : [num_users=N] = ...'"};
            if (statement.name.empty() && &statement != &m_text.statements.back())
                return Diagnostic{"a node stands after the return", at(statement),
                                  "a new graph begins with 'graph():'"};
            if (statement.name.empty())
                continue;
            if (m_names.bind(statement.name, index)) {
                ++index;
                continue;
            }
            if (!m_fragment)
                return Diagnostic{"two nodes have the name " + displayText(statement.name) + ", the first in line " +
                                      std::to_string(lineOf(statement.name)),
                                  at(statement), "rename one of them"};
            m_repeated.insert(&statement); // kernels that were fused name a shared node once each
        }
        return Done{};
    }

    /// A fragment mentions nodes that it does not compute: they are its inputs.
    void addOuterNames() {
        std::unordered_set<std::string_view> known;
        for (const TextStatement& statement : m_text.statements)
            known.insert(statement.name);
        for (const TextStatement& statement : m_text.statements)
            for (size_t at = statement.text.find('%', 1); at != std::string_view::npos;
                 at = statement.text.find('%', at + 1)) {
                const std::string_view name = nameAt(statement.text, at + 1);
                if (name.empty() || !known.insert(name).second)
                    continue;
                m_names.bind(name, static_cast<uint32_t>(m_nodes.size()));
                NodeBody body;
                body.op = Op::Placeholder;
                body.name = name;
                body.target = Target(name);
                m_nodes.push_back(std::move(body));
            }
    }

    /// "return %a,%b" of a fragment.
    void readFragmentReturn(const TextStatement& statement) {
        ArgumentList values;
        for (size_t at = statement.text.find('%'); at != std::string_view::npos; at = statement.text.find('%', at + 1))
            if (const auto node = m_names.find(nameAt(statement.text, at + 1)))
                values.push_back(Argument::node(NodeId{*node}));
        addOutput(m_nodes, Argument::tuple(std::move(values)), m_names);
    }

    Diagnostic broken(const TextStatement& statement, const TextValues& values) const {
        if (!values.undefinedName().empty())
            return m_names.undefined(values.undefinedName(), at(statement));
        return {values.error().empty() ? "text after the end of the statement" : values.error(), at(statement),
                "expected a line as str(graph) prints it"};
    }

    /// A return prints as Python does: names without %, strings with quotes.
    Result<Done> readReturn(const TextStatement& statement) {
        if (m_fragment) {
            readFragmentReturn(statement);
            return Done{};
        }
        PythonValues values(trim(statement.text.substr(6)), m_names);
        Argument value;
        if (!values.atEnd() && (!values.value(value) || !values.atEnd()))
            return values.error(at(statement));
        addOutput(m_nodes, std::move(value), m_names);
        return Done{};
    }

    Result<Done> readNode(const TextStatement& statement);
    bool readHead(std::string_view& rest, NodeBody& body);
    bool readFragmentHead(std::string_view& rest, NodeBody& body);
    Result<Done> readCall(const TextStatement& statement, std::string_view rest, NodeBody& body);
    Result<Done> readPlaceholder(const TextStatement& statement, std::string_view rest, NodeBody& body);
    void checkUsers(const Graph& graph);

    const GraphText& m_text;
    const Source& m_source;
    Diagnostics& m_notes;
    const bool m_fragment;
    NameTable m_names;
    std::vector<NodeBody> m_nodes;
    std::vector<int64_t> m_userCounts;
    std::unordered_set<const TextStatement*> m_repeated;
};

Diagnostic notALine(const std::string& where, std::string_view what) {
    return {"expected " + std::string(what), where,
            "a node's line is '%name : [num_users=N] = op[target=...](args = (...), kwargs = {...})'"};
}

/// ' : TYPE [num_users=N] = ', up to what stands behind it.
bool TextGraphReader::readHead(std::string_view& rest, NodeBody& body) {
    const size_t users = rest.find("[num_users=");
    const size_t equals = users == std::string_view::npos ? users : rest.find("] = ", users);
    if (!rest.starts_with(" : ") || equals == std::string_view::npos)
        return false;
    body.declaredType = trim(rest.substr(3, users - 3));
    m_userCounts.push_back(parseInt(rest.substr(users + 11, equals - users - 11)).value_or(-1));
    rest = rest.substr(equals + 4);
    return true;
}

/// ' : Tensor "f32[2]"[num_users=1] = ', each part but the colon optional.
bool TextGraphReader::readFragmentHead(std::string_view& rest, NodeBody& body) {
    if (!rest.starts_with(" : ") && !rest.starts_with(" = "))
        return false;
    const size_t quote = rest.find('"');
    const size_t end = quote == std::string_view::npos || quote > rest.find(" = ") ? quote : rest.find('"', quote + 1);
    if (end != std::string_view::npos && end > quote)
        body.meta = parseAnnotation(rest.substr(quote + 1, end - quote - 1)).value_or(ValueMeta{});
    const size_t equals = rest.find(" = ", end > quote && end != std::string_view::npos ? end : 0);
    if (equals == std::string_view::npos)
        return false;
    rest = rest.substr(equals + 3);
    return true;
}

Result<Done> TextGraphReader::readNode(const TextStatement& statement) {
    NodeBody body;
    body.name = statement.name;
    std::string_view rest = statement.text.substr(1 + statement.name.size());
    if (!(m_fragment ? readFragmentHead(rest, body) : readHead(rest, body)))
        return notALine(at(statement), "' : [num_users=N] = ' after the name");
    const size_t open = rest.find("[target=");
    if (open == std::string_view::npos)
        return notALine(at(statement), "[target=...]");
    const std::string_view op = rest.starts_with("PlaceHolder[") ? "placeholder" : rest.substr(0, open);
    rest = rest.substr(open + 8);
    for (const Op known : {Op::Placeholder, Op::GetAttr, Op::CallFunction, Op::CallMethod, Op::CallModule})
        if (name(known) == op) {
            body.op = known;
            FX_CHECK(known == Op::Placeholder || known == Op::GetAttr ? readPlaceholder(statement, rest, body)
                                                                      : readCall(statement, rest, body));
            m_nodes.push_back(std::move(body));
            return Done{};
        }
    return Diagnostic{"unknown kind of node '" + displayText(op) + "'", at(statement),
                      "expected placeholder, get_attr, call_function, call_method or call_module"};
}

Result<Done> TextGraphReader::readPlaceholder(const TextStatement& statement, std::string_view rest, NodeBody& body) {
    const size_t value = rest.find("](default=");
    const size_t end = value == std::string_view::npos ? rest.rfind(']') : value;
    if (end == std::string_view::npos)
        return notALine(at(statement), "] after the target");
    body.target = Target(rest.substr(0, end));
    if (value == std::string_view::npos)
        return Done{};
    const std::string_view text = rest.substr(value + 10, rest.size() - value - 11);
    TextValues values(text, m_names);
    Argument argument;
    if (!values.value(argument) || !values.atEnd())
        argument = Argument::string(std::string(text));
    body.args.push_back(std::move(argument));
    return Done{};
}

Result<Done> TextGraphReader::readCall(const TextStatement& statement, std::string_view rest, NodeBody& body) {
    const size_t end = rest.find("](args = ");
    if (end == std::string_view::npos)
        return notALine(at(statement), "](args = (...), kwargs = {...}) after the target");
    body.target = Target(rest.substr(0, end));
    rest = rest.substr(end + 9);
    TextValues values(rest, m_names);
    if (values.tuple(body.args) && values.eat(", kwargs = ") && values.dict(body.kwargs) && values.eat(")") &&
        values.atEnd()) {
        if (joinSplitStrings(values.tupleTexts(), body))
            m_notes.push_back({"strings that stand side by side in " + body.name + " are kept as one text",
                               at(statement), "they may be one string with a comma: the readable form quotes strings",
                               Severity::Warning});
        return Done{};
    }
    // A bare string may hold brackets or ", ": then only the outer frame can be trusted.
    const size_t split = rest.rfind(", kwargs = {");
    if (values.tooLarge() || !values.undefinedName().empty() || split == std::string_view::npos ||
        !rest.ends_with("})") || rest[0] != '(')
        return broken(statement, values);
    body.args.assign(1, Argument::opaque(std::string(rest.substr(1, split - 2))));
    body.kwargs.clear();
    TextValues keywords(rest.substr(split + 11, rest.size() - split - 12), m_names);
    if (!keywords.dict(body.kwargs) || !keywords.atEnd())
        return broken(statement, keywords);
    m_notes.push_back({"the arguments of " + body.name + " cannot be told apart and are kept as one text",
                       at(statement), "the readable form of this graph quotes strings", Severity::Warning});
    return Done{};
}

void TextGraphReader::checkUsers(const Graph& graph) {
    size_t warnings = 0;
    for (size_t i = 0; i < m_userCounts.size(); ++i) {
        const Node& node = graph[NodeId{static_cast<uint32_t>(i)}];
        if (m_userCounts[i] == static_cast<int64_t>(node.users.size()) || ++warnings > kMaxUserWarnings)
            continue;
        m_notes.push_back({node.name + " is printed with num_users=" + std::to_string(m_userCounts[i]) + " but has " +
                               counted(static_cast<int64_t>(node.users.size()), "user", "users"),
                           atLine(m_source.where, m_text.statements[i].line), "the derived number is used",
                           Severity::Warning});
    }
    if (warnings > kMaxUserWarnings)
        m_notes.push_back(
            {std::to_string(warnings - kMaxUserWarnings) + " more nodes are printed with a wrong num_users",
             m_source.where, "", Severity::Warning});
}

} // namespace

namespace {

int openBrackets(std::string_view text) {
    int open = 0;
    for (const char c : text)
        open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
    return open;
}

/// Counted when it matters: hardly any statement goes on in the next line.
bool isOpen(TextStatement& statement) {
    if (!statement.open)
        statement.open = openBrackets(statement.text);
    return *statement.open > 0;
}

} // namespace

std::optional<size_t> graphHeaderAt(std::string_view line) {
    if (!line.ends_with(':'))
        return std::nullopt;
    const size_t at = line.rfind("graph(");
    if (at == std::string_view::npos || line.find(')', at) == std::string_view::npos)
        return std::nullopt;
    const std::string_view after = line.substr(line.find(')', at) + 1);
    return after == ":" || after.starts_with(" -> ") ? std::optional(at) : std::nullopt;
}

void addGraphLine(GraphText& graph, std::string_view line, int number) {
    std::string_view text = trim(line);
    if (text.empty())
        return;
    if (text[0] == '%') {
        size_t end = 1;
        while (end < text.size() && isWordChar(text[end]))
            ++end;
        graph.statements.push_back({text, number, text.substr(1, end - 1), {}});
    } else if (text.starts_with("return ") || text == "return") {
        graph.statements.push_back({text, number, {}, {}});
    } else if (graph.statements.empty() || !isOpen(graph.statements.back())) {
        if (graph.otherLines++ == 0)
            graph.firstOther = number;
    } else { // the rest of a value printed over several lines
        TextStatement& last = graph.statements.back();
        *last.open += openBrackets(text);
        last.text = {last.text.data(), static_cast<size_t>(text.data() + text.size() - last.text.data())};
    }
}

Result<Graph> readGraphText(const GraphText& text, const Source& source, Diagnostics& notes, TextKind kind) {
    return TextGraphReader(text, source, notes, kind).read();
}

} // namespace fxscope::io
