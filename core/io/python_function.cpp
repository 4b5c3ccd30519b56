// SPDX-License-Identifier: BSD-3-Clause
// From the lines of a function to a graph: parameters, statements, names first and arguments second.
#include "core/io/python_function.h"

#include "core/io/annotation.h"
#include "core/io/limits.h"
#include "core/io/location.h"
#include "core/io/python_statement.h"
#include "core/io/source.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <deque>
#include <unordered_map>

namespace fxscope::io {
namespace {

using Kind = PythonStatement::Kind;

struct Parameter {
    std::string_view name, stars, annotation, type, value, note;
};

/// Splits "self, x: "f32[4]", *rest, k : int = 3" and the expanded form with a comment behind each comma.
class ParameterSplitter {
public:
    explicit ParameterSplitter(std::string_view text) : m_text(text) {}

    std::vector<Parameter> split() {
        std::vector<Parameter> found;
        while (skipSpace(found)) {
            Parameter parameter;
            while (at() == '*')
                ++m_at;
            parameter.stars = m_text.substr(m_from, m_at - m_from);
            parameter.name = take([](char c) { return isWordChar(c); });
            if (parameter.name.empty()) {
                ++m_at;
                continue;
            }
            skipBlanks();
            if (at() == ':')
                takeAnnotation(parameter);
            skipBlanks();
            if (at() == '=') {
                ++m_at;
                parameter.value = trim(takeValue(false));
            }
            found.push_back(parameter);
        }
        return found;
    }

private:
    char at() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void skipBlanks() {
        while (at() == ' ')
            ++m_at;
    }
    template <class Keep> std::string_view take(Keep keep) {
        const size_t from = m_at;
        while (m_at < m_text.size() && keep(m_text[m_at]))
            ++m_at;
        return m_text.substr(from, m_at - from);
    }
    /// To the next parameter; a comment on the way belongs to the one before.
    bool skipSpace(std::vector<Parameter>& found) {
        for (; m_at < m_text.size(); ++m_at) {
            const char c = at();
            if (c == '#') {
                const std::string_view note = take([](char d) { return d != '\n'; });
                if (!found.empty())
                    found.back().note = trim(note.substr(1));
            } else if (c != ' ' && c != '\n' && c != ',' && c != '\t') {
                break;
            }
        }
        m_from = m_at;
        return m_at < m_text.size();
    }
    void takeAnnotation(Parameter& parameter) {
        ++m_at;
        skipBlanks();
        if (at() != '"' && at() != '\'') {
            parameter.type = trim(takeValue(true));
            return;
        }
        const size_t close = std::min(m_text.find(at(), m_at + 1), m_text.size());
        parameter.annotation = m_text.substr(m_at + 1, close - m_at - 1);
        m_at = std::min(close + 1, m_text.size());
    }
    std::string_view takeValue(bool stopAtEquals) {
        int depth = 0;
        char quote = '\0';
        bool escaped = false;
        return take([&](char c) {
            if (quote) {
                quote = c == quote && !escaped ? '\0' : quote;
                escaped = c == '\\' && !escaped;
                return true;
            }
            if (c == '\'' || c == '"')
                quote = c;
            depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
            return depth > 0 || !(c == ',' || c == '#' || (stopAtEquals && c == '='));
        });
    }

    std::string_view m_text;
    size_t m_at = 0, m_from = 0;
};

class BodyReader {
public:
    BodyReader(const PythonFunction& function, const std::string& where, Diagnostics& notes)
        : m_function(function), m_where(where), m_notes(notes) {}

    Result<Graph> read() {
        m_parameters = ParameterSplitter(m_function.parameters).split();
        FX_CHECK(collectStatements());
        choosePlaceholders();
        FX_CHECK(bindNames());
        addPlaceholders();
        for (size_t i = 0; i < m_statements.size(); ++i)
            if (auto read = readStatement(m_statements[i], i); !read.ok() && !leaveOut(m_statements[i], read.error()))
                return std::move(read).error();
        FX_TRY(Graph graph, finishGraph(std::move(m_nodes), atLine(m_where, m_function.line)));
        graph.partial = !graph.output().valid();
        if (graph.partial)
            m_notes.push_back(
                {"the graph ends before its return", atLine(m_where, m_function.line), "", Severity::Warning});
        return graph;
    }

private:
    struct Placeholder {
        std::string_view name;
        const Parameter* parameter;
    };

    Result<Done> collectStatements();
    void choosePlaceholders();
    void takeLeaves(const PythonStatement& flatten, std::vector<std::string_view>& leaves);
    void takeAnnotations(const PythonStatement& statement);
    Result<Done> bindNames();
    void addPlaceholders();
    bool isRename(const PythonStatement& statement);
    Result<Done> readStatement(const PythonStatement& statement, size_t index);
    Result<Done> readAssignment(const PythonStatement& statement, size_t index);
    bool leaveOut(const PythonStatement& statement, const Diagnostic& problem);
    void noteCut(const Diagnostic& problem) {
        m_notes.push_back({"the last line is incomplete and was left out: " + problem.what, problem.where,
                           "the text may be cut off", Severity::Warning});
    }
    void setMeta(NodeBody& body, std::string_view annotation, std::string_view type, int line);
    const Parameter* parameter(std::string_view name) const {
        for (const Parameter& candidate : m_parameters)
            if (candidate.name == name)
                return &candidate;
        return nullptr;
    }

    const PythonFunction& m_function;
    const std::string& m_where;
    Diagnostics& m_notes;
    std::vector<Parameter> m_parameters;
    std::vector<Parameter> m_leafAnnotations;
    std::vector<PythonStatement> m_statements; ///< those that become nodes, and the return
    std::vector<Placeholder> m_placeholders;
    NameTable m_names;
    std::deque<std::string> m_shadowNames; ///< names given to second bindings of a name, per statement
    std::vector<const std::string*> m_shadow;
    std::vector<NodeBody> m_nodes;
};

Result<Done> BodyReader::collectStatements() {
    std::shared_ptr<const Origin> origin;
    std::vector<std::string_view> leaves;
    bool flattened = false;
    m_statements.reserve(m_function.body.size());
    for (const PythonLine& line : m_function.body) {
        if (line.isComment()) {
            parseLocation(line.text, origin);
            continue;
        }
        auto split = splitStatement(line, m_where);
        if (!split.ok() && m_function.endsText && &line == &m_function.body.back() &&
            line.semicolon == line.text.npos) {
            noteCut(split.error());
            break;
        }
        FX_TRY(PythonStatement statement, std::move(split));
        switch (statement.kind) {
        case Kind::Skip: break;
        case Kind::Annotation: takeAnnotations(statement); break;
        case Kind::Flatten:
            leaves.clear(); // a second such line (the shuffle graph's) holds the placeholders
            takeLeaves(statement, leaves);
            flattened = true;
            break;
        case Kind::Next:
            leaves.push_back(statement.name);
            flattened = true;
            m_leafAnnotations.push_back({statement.name, {}, statement.annotation, statement.type, {}, {}});
            break;
        default:
            if (!m_statements.empty() && m_statements.back().kind == Kind::Return)
                return Diagnostic{"a statement stands after the return", atLine(m_where, line.number),
                                  "one return, at the end"};
            statement.origin = origin;
            m_statements.push_back(std::move(statement));
        }
    }
    if (m_statements.size() > limits().nodes)
        return Diagnostic{"more than " + std::to_string(limits().nodes) + " nodes", m_where, raiseLimit("nodes")};
    if (flattened)
        for (const std::string_view leaf : leaves) {
            const Parameter* annotated = nullptr;
            for (const Parameter& candidate : m_leafAnnotations)
                annotated = candidate.name == leaf ? &candidate : annotated;
            m_placeholders.push_back({leaf, annotated});
        }
    return Done{};
}

void BodyReader::takeLeaves(const PythonStatement& flatten, std::vector<std::string_view>& leaves) {
    const std::string_view left = flatten.expression.substr(0, flatten.expression.find('='));
    for (const std::string_view name : split(left, ','))
        if (!trim(name).empty())
            leaves.push_back(trim(name));
}

/// a: "f32[2]"; b: "f32[3]";
void BodyReader::takeAnnotations(const PythonStatement& statement) {
    std::string_view rest = statement.expression;
    while (!trim(rest).empty()) {
        const size_t open = rest.find('"');
        const size_t close = open == std::string_view::npos ? open : rest.find('"', open + 1);
        if (close == std::string_view::npos)
            return;
        const std::string_view name = trim(rest.substr(0, rest.find(':')));
        m_leafAnnotations.push_back({name, {}, rest.substr(open + 1, close - open - 1), {}, {}, {}});
        rest = rest.substr(close + 1);
        rest = trim(rest.starts_with(';') ? rest.substr(1) : rest);
    }
}

void BodyReader::choosePlaceholders() {
    if (!m_placeholders.empty())
        return;
    for (size_t i = 0; i < m_parameters.size(); ++i)
        if (i != 0 || m_parameters[i].name != "self")
            m_placeholders.push_back({m_parameters[i].name, &m_parameters[i]});
}

/// "new = OLD" with a parameter on the right gives that placeholder another name.
bool BodyReader::isRename(const PythonStatement& statement) {
    if (statement.kind != Kind::Assign || !isIdentifier(statement.expression) || !parameter(statement.expression))
        return false;
    for (Placeholder& placeholder : m_placeholders)
        if (placeholder.parameter && placeholder.name == statement.expression) {
            placeholder.name = statement.name;
            return true;
        }
    return false;
}

Result<Done> BodyReader::bindNames() {
    std::erase_if(m_statements, [this](const PythonStatement& statement) { return isRename(statement); });
    m_names.reserve(m_placeholders.size() + m_statements.size());
    uint32_t index = 0;
    for (const Placeholder& placeholder : m_placeholders)
        if (!m_names.bind(placeholder.name, index++))
            return Diagnostic{"two parameters have the name " + displayText(placeholder.name),
                              atLine(m_where, m_function.line), "rename one of them"};
    m_shadow.assign(m_statements.size(), nullptr);
    std::unordered_map<std::string_view, int> numbers; ///< the last one of each name that is bound again
    for (size_t i = 0; i < m_statements.size(); ++i) {
        const PythonStatement& statement = m_statements[i];
        if (statement.kind == Kind::Return)
            break;
        const bool alias = statement.kind == Kind::Assign && isIdentifier(statement.expression);
        if (alias || m_names.bind(statement.name, index++))
            continue;
        std::string fresh;
        for (int& number = numbers[statement.name]; fresh.empty() || m_names.find(fresh);)
            fresh = std::string(statement.name) + "_" + std::to_string(++number);
        m_shadow[i] = &m_shadowNames.emplace_back(std::move(fresh));
        m_names.bind(*m_shadow[i], index - 1);
        m_notes.push_back(
            {"the name " + std::string(statement.name) + " is bound again, the new node is named " + *m_shadow[i],
             atLine(m_where, statement.line), "", Severity::Warning});
    }
    // The parameter's own name stays usable beside the new one.
    for (size_t i = 0; i < m_placeholders.size(); ++i)
        if (m_placeholders[i].parameter)
            m_names.bind(m_placeholders[i].parameter->name, static_cast<uint32_t>(i));
    return Done{};
}

void BodyReader::setMeta(NodeBody& body, std::string_view annotation, std::string_view type, int line) {
    body.declaredType = type;
    if (annotation.empty())
        return;
    if (auto meta = parseAnnotation(annotation)) {
        body.meta = std::move(*meta);
        return;
    }
    body.declaredType = annotation;
    m_notes.push_back({"the annotation of " + body.name + " is no shape: " + displayText(annotation),
                       atLine(m_where, line), "expected f32[2, 3] or Sym(s0)", Severity::Warning});
}

void BodyReader::addPlaceholders() {
    m_nodes.reserve(m_placeholders.size() + m_statements.size());
    for (const Placeholder& placeholder : m_placeholders) {
        NodeBody body;
        body.op = Op::Placeholder;
        body.name = placeholder.name;
        const Parameter* parameter = placeholder.parameter;
        body.target = Target(parameter ? std::string(parameter->stars) + std::string(parameter->name)
                                       : std::string(placeholder.name));
        if (parameter) {
            setMeta(body, parameter->annotation, parameter->type, m_function.line);
            PythonValues values(parameter->value, m_names);
            if (!parameter->value.empty() && !values.value(body.args.emplace_back()))
                body.args.back() = Argument::opaque(std::string(parameter->value));
            if (!parameter->note.empty()) {
                Origin origin;
                origin.meta["desc"] = parameter->note;
                body.origin = std::make_shared<const Origin>(std::move(origin));
            }
        }
        m_nodes.push_back(std::move(body));
    }
}

Result<Done> BodyReader::readStatement(const PythonStatement& statement, size_t index) {
    if (statement.kind != Kind::Return)
        return readAssignment(statement, index);
    PythonValues values(statement.expression, m_names);
    Argument value;
    if (!readReturn(values, value))
        return values.error(atLine(m_where, statement.line));
    addOutput(m_nodes, std::move(value), m_names);
    m_nodes.back().declaredType = m_function.returnType;
    return Done{};
}

/// A text that was cut off ends within a line; the graph before it is worth showing.
bool BodyReader::leaveOut(const PythonStatement& statement, const Diagnostic& problem) {
    const bool last = &statement == &m_statements.back() && statement.kind != Kind::Return && m_function.endsText &&
                      statement.line == m_function.body.back().number &&
                      m_function.body.back().text.find(";  ") == std::string_view::npos;
    if (!last || m_nodes.empty())
        return false;
    noteCut(problem);
    return true;
}

Result<Done> BodyReader::readAssignment(const PythonStatement& statement, size_t index) {
    NodeBody body;
    body.name = m_shadow[index] ? *m_shadow[index] : std::string(statement.name);
    body.origin = statement.origin;
    setMeta(body, statement.annotation, statement.type, statement.line);
    if (statement.kind == Kind::Assign) {
        PythonValues values(statement.expression, m_names);
        std::optional<NodeId> alias;
        if (!readExpression(values, body, alias))
            return values.error(atLine(m_where, statement.line));
        if (alias) {
            m_names.rebind(statement.name, alias->index);
            return Done{};
        }
    } else {
        FX_CHECK(readMutation(statement, m_names, m_where, body));
    }
    if (m_shadow[index])
        m_names.rebind(statement.name, static_cast<uint32_t>(m_nodes.size()));
    m_nodes.push_back(std::move(body));
    return Done{};
}

} // namespace

Result<Graph> readFunction(const PythonFunction& function, const std::string& where, Diagnostics& notes) {
    return BodyReader(function, where, notes).read();
}

} // namespace fxscope::io
