// SPDX-License-Identifier: BSD-3-Clause
// Splits lines of a function's body into statements (python_statement.h); nothing here knows the names of nodes.
#include "core/io/python_operators.h"
#include "core/io/python_statement.h"
#include "core/io/source.h"
#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

using Kind = PythonStatement::Kind;

std::string_view leadingWord(std::string_view text) {
    size_t end = 0;
    while (end < text.size() && isWordChar(text[end]))
        ++end;
    return isIdentifier(text.substr(0, end)) ? text.substr(0, end) : std::string_view{};
}
std::string_view ltrim(std::string_view text) {
    const size_t from = text.find_first_not_of(" \t");
    return from == std::string_view::npos ? std::string_view{} : text.substr(from);
}

/// Past a quoted annotation or a type, which go into `statement`; `rest` begins after the colon.
std::string_view takeAnnotation(std::string_view rest, PythonStatement& statement) {
    rest = ltrim(rest);
    if (rest.starts_with('"') || rest.starts_with('\'')) {
        const size_t close = rest.find(rest[0], 1);
        statement.annotation = rest.substr(1, close - 1);
        return close == std::string_view::npos ? std::string_view{} : ltrim(rest.substr(close + 1));
    }
    const size_t equals = std::min(rest.find(" = "), rest.find(';'));
    statement.type = trim(rest.substr(0, equals));
    return equals == std::string_view::npos ? std::string_view{} : ltrim(rest.substr(equals));
}

bool isCleanUp(std::string_view text) {
    while (true) {
        const std::string_view name = leadingWord(text);
        const std::string_view rest = ltrim(text.substr(name.size()));
        if (name.empty() || !rest.starts_with('=') || rest.starts_with("=="))
            return false;
        text = ltrim(rest.substr(1));
        if (text == "None")
            return true;
    }
}

/// The bracket that closes text[0], quotes respected; npos if none does.
size_t closingBracket(std::string_view text) {
    int depth = 0;
    char quote = '\0';
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote) {
            i += c == '\\';
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '[' || c == '(' || c == '{') {
            ++depth;
        } else if ((c == ']' || c == ')' || c == '}') && --depth == 0) {
            return i;
        }
    }
    return std::string_view::npos;
}

/// "  name: "f32[2]" = x" after the semicolon of a statement that changes `object` in place.
bool takeBinding(std::string_view rest, PythonStatement& statement) {
    rest = ltrim(rest);
    statement.name = leadingWord(rest);
    if (statement.name.empty())
        return false;
    rest = ltrim(rest.substr(statement.name.size()));
    if (rest.starts_with(':'))
        rest = takeAnnotation(rest.substr(1), statement);
    return rest.starts_with('=') && leadingWord(ltrim(rest.substr(1))) == statement.object;
}

/// object OP= value;  name = object, or object[index] = value;  name = object.
bool takeMutation(const PythonLine& line, std::string_view object, PythonStatement& statement) {
    const std::string_view first = line.text.substr(0, line.semicolon);
    const std::string_view rest = ltrim(first.substr(object.size()));
    statement.object = object;
    if (rest.starts_with('[')) {
        const size_t close = closingBracket(rest);
        if (close == std::string_view::npos)
            return false;
        const std::string_view after = ltrim(rest.substr(close + 1));
        if (!after.starts_with('=') || after.starts_with("=="))
            return false;
        statement.kind = Kind::SetItem;
    } else if (inplaceOperatorAt(rest)) {
        statement.kind = Kind::InPlace;
    } else {
        return false;
    }
    statement.expression = rest;
    if (line.semicolon == std::string_view::npos) { // Python as people write it: the change itself is the node
        statement.name = object;
        return true;
    }
    return takeBinding(line.text.substr(line.semicolon + 1), statement);
}

bool isLeafLine(std::string_view right) {
    return right.starts_with("fx_pytree.tree_flatten_spec(") || right.starts_with("pytree.tree_leaves(") ||
           right.starts_with("self._in_shuffle_graph(");
}

void splitAssignment(std::string_view right, PythonStatement& statement) {
    statement.expression = right;
    if (right.starts_with("next(args_iter)"))
        statement.kind = Kind::Next;
    else if (statement.name == "args_iter" || statement.name.starts_with("_rf"))
        statement.kind = Kind::Skip;
    else
        statement.kind = Kind::Assign;
}

} // namespace

Result<PythonStatement> splitStatement(const PythonLine& line, const std::string& where) {
    PythonStatement statement;
    statement.line = line.number;
    const std::string_view text = line.text, word = leadingWord(text);
    if (word == "return") {
        statement.kind = Kind::Return;
        statement.expression = trim(text.substr(6));
        return statement;
    }
    if (word == "pass" || word.starts_with("_rf") || text.starts_with("args_list.clear()") || isCleanUp(text))
        return statement;
    std::string_view rest = ltrim(text.substr(word.size()));
    if (!word.empty() && rest.starts_with(',')) {
        const size_t equals = text.find('=');
        if (equals != std::string_view::npos && isLeafLine(ltrim(text.substr(equals + 1)))) {
            statement.kind = Kind::Flatten;
            statement.expression = text;
            return statement;
        }
        return Diagnostic{"several names are bound at once", atLine(where, line.number),
                          "bind the tuple to one name and take its items: a = t[0]"};
    }
    statement.name = word;
    if (!word.empty() && rest.starts_with(':')) {
        rest = takeAnnotation(rest.substr(1), statement);
        if (!rest.starts_with('=')) {
            statement.kind = Kind::Annotation;
            statement.expression = text;
            return statement;
        }
    }
    if (!word.empty() && rest.starts_with('=') && !rest.starts_with("==")) {
        const std::string_view first =
            line.semicolon == std::string_view::npos
                ? rest.substr(1)
                : text.substr(0, line.semicolon).substr(static_cast<size_t>(rest.data() - text.data()) + 1);
        splitAssignment(trim(first), statement);
        return statement;
    }
    if (!word.empty() && takeMutation(line, word, statement))
        return statement;
    return Diagnostic{"this is no statement of a graph", atLine(where, line.number),
                      "expected 'name = call(...)' or 'return ...'"};
}

} // namespace fxscope::io
