// SPDX-License-Identifier: BSD-3-Clause
// str(graph): one line a node, "graph():" above. See formats.md, section 1.
#include "core/io/formats.h"
#include "core/io/limits.h"
#include "core/io/plain_text.h"
#include "core/io/python_values.h"
#include "core/io/text_values.h"
#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

constexpr size_t kMaxUserWarnings = 100;

/// A statement with the lines that continue it.
struct Statement {
    std::string_view text;
    int line = 0;
    std::string_view name; ///< empty: return
};
struct GraphText {
    std::vector<Statement> statements;
    int line = 0; ///< of "graph():"
};

/// Where "graph():" (or an old "graph(x) -> T:") begins at the end of a line.
std::optional<size_t> headerAt(std::string_view line) {
    if (!line.ends_with(':'))
        return std::nullopt;
    const size_t at = line.rfind("graph(");
    if (at == std::string_view::npos || line.find(')', at) == std::string_view::npos)
        return std::nullopt;
    const std::string_view after = line.substr(line.find(')', at) + 1);
    return after == ":" || after.starts_with(" -> ") ? std::optional(at) : std::nullopt;
}

void addLine(GraphText& graph, std::string_view line, int number) {
    std::string_view text = trim(line);
    if (text.empty())
        return;
    if (text[0] == '%') {
        size_t end = 1;
        while (end < text.size() && isWordChar(text[end]))
            ++end;
        graph.statements.push_back({text, number, text.substr(1, end - 1)});
    } else if (text.starts_with("return ") || text == "return") {
        graph.statements.push_back({text, number, {}});
    } else if (!graph.statements.empty()) { // the rest of a value printed over several lines
        Statement& last = graph.statements.back();
        last.text = {last.text.data(), static_cast<size_t>(text.data() + text.size() - last.text.data())};
    }
}

std::vector<GraphText> splitGraphs(std::string_view text) {
    std::vector<GraphText> graphs;
    Lines lines(text);
    for (std::string_view line; lines.next(line);) {
        const auto header = headerAt(line);
        if (!graphs.empty())
            addLine(graphs.back(), header ? line.substr(0, *header) : line, lines.number());
        if (header)
            graphs.push_back({{}, lines.number()});
    }
    return graphs;
}

class TextGraphReader {
public:
    TextGraphReader(const GraphText& text, const Source& source, Diagnostics& notes)
        : m_text(text), m_source(source), m_notes(notes) {}

    Result<Graph> read() {
        FX_CHECK(collectNames());
        m_nodes.reserve(m_text.statements.size());
        for (const Statement& statement : m_text.statements) {
            if (m_source.cancel.requested())
                return cancelled(m_source);
            FX_CHECK(statement.name.empty() ? readReturn(statement) : readNode(statement));
        }
        FX_TRY(Graph graph, finishGraph(std::move(m_nodes), m_source.where));
        graph.partial = !graph.output().valid();
        checkUsers(graph);
        return graph;
    }

private:
    std::string at(const Statement& statement) const { return atLine(m_source.where, statement.line); }

    int lineOf(std::string_view name) const {
        for (const Statement& statement : m_text.statements)
            if (statement.name == name)
                return statement.line;
        return 0;
    }

    Result<Done> collectNames() {
        m_names.reserve(m_text.statements.size());
        uint32_t index = 0;
        for (const Statement& statement : m_text.statements) {
            if (statement.text.size() > kMaxLine)
                return Diagnostic{"this line is longer than 16 MiB", at(statement), ""};
            if (statement.name.empty() && &statement != &m_text.statements.back())
                return Diagnostic{"a node stands after the return", at(statement),
                                  "a new graph begins with 'graph():'"};
            if (!statement.name.empty() && !m_names.bind(statement.name, index++))
                return Diagnostic{"two nodes have the name " + displayText(statement.name) + ", the first in line " +
                                      std::to_string(lineOf(statement.name)),
                                  at(statement), "rename one of them"};
        }
        return Done{};
    }

    Diagnostic broken(const Statement& statement, const TextValues& values) const {
        if (!values.undefinedName().empty())
            return m_names.undefined(values.undefinedName(), at(statement));
        return {values.error().empty() ? "text after the end of the statement" : values.error(), at(statement),
                "expected a line as str(graph) prints it"};
    }

    /// A return prints as Python does: names without %, strings with quotes.
    Result<Done> readReturn(const Statement& statement) {
        PythonValues values(trim(statement.text.substr(6)), m_names);
        Argument value;
        if (!values.atEnd() && (!values.value(value) || !values.atEnd()))
            return values.error(at(statement));
        addOutput(m_nodes, std::move(value), m_names);
        return Done{};
    }

    Result<Done> readNode(const Statement& statement);
    Result<Done> readCall(const Statement& statement, std::string_view rest, NodeBody& body);
    Result<Done> readPlaceholder(const Statement& statement, std::string_view rest, NodeBody& body);
    void checkUsers(const Graph& graph);

    const GraphText& m_text;
    const Source& m_source;
    Diagnostics& m_notes;
    NameTable m_names;
    std::vector<NodeBody> m_nodes;
    std::vector<int64_t> m_userCounts;
};

Diagnostic notALine(const std::string& where, std::string_view what) {
    return {"expected " + std::string(what), where,
            "a node's line is '%name : [num_users=N] = op[target=...](args = (...), kwargs = {...})'"};
}

Result<Done> TextGraphReader::readNode(const Statement& statement) {
    NodeBody body;
    body.name = statement.name;
    std::string_view rest = statement.text.substr(1 + statement.name.size());
    const size_t users = rest.find("[num_users=");
    const size_t equals = users == std::string_view::npos ? users : rest.find("] = ", users);
    if (!rest.starts_with(" : ") || equals == std::string_view::npos)
        return notALine(at(statement), "' : [num_users=N] = ' after the name");
    body.declaredType = trim(rest.substr(3, users - 3));
    m_userCounts.push_back(parseInt(rest.substr(users + 11, equals - users - 11)).value_or(-1));

    rest = rest.substr(equals + 4);
    const size_t open = rest.find("[target=");
    if (open == std::string_view::npos)
        return notALine(at(statement), "[target=...]");
    const std::string_view op = rest.substr(0, open);
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

Result<Done> TextGraphReader::readPlaceholder(const Statement& statement, std::string_view rest, NodeBody& body) {
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

Result<Done> TextGraphReader::readCall(const Statement& statement, std::string_view rest, NodeBody& body) {
    const size_t end = rest.find("](args = ");
    if (end == std::string_view::npos)
        return notALine(at(statement), "](args = (...), kwargs = {...}) after the target");
    body.target = Target(rest.substr(0, end));
    rest = rest.substr(end + 9);
    TextValues values(rest, m_names);
    if (values.tuple(body.args) && values.eat(", kwargs = ") && values.dict(body.kwargs) && values.eat(")") &&
        values.atEnd())
        return Done{};
    // A bare string may hold brackets or ", ": then only the outer frame can be trusted.
    const size_t split = rest.rfind(", kwargs = {");
    if (values.tooDeep() || !values.undefinedName().empty() || split == std::string_view::npos ||
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

namespace text {

bool recognise(const Source& source) {
    std::string storage;
    Lines lines(plainText(source.content, storage));
    for (std::string_view line; lines.next(line);) {
        if (headerAt(line))
            return true;
        if (line.starts_with("class ") || line.starts_with("def ") || line.starts_with("import "))
            return false;
    }
    return false;
}

Result<Capture> open(const Source& source) {
    std::string storage;
    const auto texts = splitGraphs(plainText(source.content, storage));
    Capture capture;
    std::optional<Diagnostic> failure;
    for (size_t i = 0; i < texts.size(); ++i) {
        auto graph = TextGraphReader(texts[i], source, capture.notes).read();
        if (graph.ok() && graph->size() == 0)
            graph =
                Diagnostic{"the graph is empty", atLine(source.where, texts[i].line), "expected lines '%name : ...'"};
        if (!graph.ok()) {
            Diagnostic error = std::move(graph).error();
            if (!failure)
                failure = error;
            error.severity = Severity::Warning;
            capture.notes.push_back(std::move(error));
            continue;
        }
        if (graph->partial)
            capture.notes.push_back({"graph " + std::to_string(i) + " ends before its return",
                                     atLine(source.where, texts[i].line), "", Severity::Warning});
        capture.graphs.push_back({std::to_string(i), "", "", std::make_shared<const Graph>(std::move(graph).value())});
    }
    if (capture.graphs.empty())
        return failure ? *failure : Diagnostic{"there is no graph in this text", source.where, ""};
    return capture;
}

} // namespace text
} // namespace fxscope::io
