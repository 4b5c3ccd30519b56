// SPDX-License-Identifier: BSD-3-Clause
// Recursive descent over the documented subset; what lies outside is refused by name.
#include "core/pattern/py_lexer.h"
#include "core/pattern/py_syntax.h"
#include "core/support/text.h"

#include <algorithm>
#include <map>

namespace fxscope::py {
namespace {

constexpr size_t kMaxSource = 1 << 20;
constexpr int kMaxDepth = 200;
/// Of a tree: a sum of many terms is a tree as deep as it is long.
constexpr int kMaxHeight = 500;

/// Statements that are Python but not pattern language, with what to do instead.
const std::map<std::string_view, std::string_view>& refusals() {
    static const std::map<std::string_view, std::string_view> kRefusals{
        {"if", "a traced pattern has one path: write one file per case"},
        {"for", "write the iterations out"},
        {"while", "write the iterations out"},
        {"with", "remove it"},
        {"class", "keep to functions"},
        {"try", "remove it"},
        {"lambda", "write the expression in place"},
        {"assert", "state the condition in `examples`"},
        {"global", "pass the value as a parameter"},
        {"del", "remove it"},
        {"raise", "remove it"},
        {"yield", "return a tuple"},
        {"await", "remove it"},
        {"async", "remove it"},
        {"pass", "return a value"},
        {"not", "use ~ on tensors"},
        {"and", "use & on tensors"},
        {"or", "use | on tensors"},
        {"is", "remove the test"},
        {"in", "remove the test"},
        {"def", "write the body of the function in place"},
        {"import", "write `import torch` at the top of the file, and torch's functions with their full names"},
        {"from", "write `import torch` at the top of the file, and torch's functions with their full names"},
        {"nonlocal", "pass the value as a parameter"},
        {"except", "remove it"},
        {"finally", "remove it"},
        {"else", "a traced pattern has one path: write one file per case"},
        {"elif", "a traced pattern has one path: write one file per case"},
        {"break", "write the iterations out"},
        {"continue", "write the iterations out"}};
    return kRefusals;
}

/// The same for signs that stand where the subset has none.
const std::map<std::string_view, std::string_view>& refusedSigns() {
    static const std::map<std::string_view, std::string_view> kRefusals{
        {"@", "remove the decorator"},
        {":=", "give the value its name on a line of its own"},
        {"*", "write the values out, one by one"},
        {"**", "write the values out, one by one"},
        {"+=", "write x = x + y"},
        {"-=", "write x = x - y"},
        {"*=", "write x = x * y"},
        {"/=", "write x = x / y"}};
    return kRefusals;
}

class Parser {
public:
    Parser(std::vector<Token> tokens, const std::string& where) : m_tokens(std::move(tokens)), m_where(where) {}

    Result<Module> module() {
        Module module;
        module.where = m_where;
        while (current().kind != Token::Kind::End) {
            if (current().is("import") || current().is("from")) {
                FX_CHECK(import());
            } else if (current().is("def")) {
                FX_TRY(Function function, this->function());
                if (module.function(function.name))
                    return error("the function " + function.name + " is defined twice", "keep one", function.line);
                module.functions.push_back(std::move(function));
            } else if (current().kind == Token::Kind::String && module.doc.empty()) {
                module.doc = current().text;
                next();
                FX_CHECK(endOfLine());
            } else {
                FX_TRY(Statement statement, this->statement());
                if (statement.returns)
                    return error("a return stands outside of a function", "indent it", statement.line);
                module.assignments.push_back(std::move(statement));
            }
        }
        return module;
    }

private:
    const Token& current() const { return m_tokens[m_at]; }
    void next() {
        if (m_at + 1 < m_tokens.size())
            ++m_at;
    }
    bool accept(std::string_view symbol) {
        if (!current().is(symbol))
            return false;
        next();
        return true;
    }
    Diagnostic error(std::string what, std::string help, int line = 0) const {
        return {std::move(what), place(m_where, line ? line : current().line), std::move(help)};
    }
    Diagnostic unexpected(std::string_view wanted) const {
        const Token& token = current();
        if (token.kind == Token::Kind::Name)
            if (const auto found = refusals().find(token.text); found != refusals().end())
                return error("`" + token.text + "` is outside the subset of Python that patterns are read from",
                             std::string(found->second));
        if (token.kind == Token::Kind::Operator)
            if (const auto found = refusedSigns().find(token.text); found != refusedSigns().end())
                return error("`" + token.text + "` here is outside the subset of Python that patterns are read from",
                             std::string(found->second));
        const std::string found = token.kind == Token::Kind::NewLine  ? "the end of the line"
                                  : token.kind == Token::Kind::End    ? "the end of the file"
                                  : token.kind == Token::Kind::Indent ? "an indented block"
                                  : token.kind == Token::Kind::Dedent ? "the end of the block"
                                                                      : "`" + displayText(token.text) + "`";
        return error("found " + found + " where " + std::string(wanted) + " is expected",
                     token.kind == Token::Kind::Indent || token.kind == Token::Kind::Dedent
                         ? "indent the lines of a function by four spaces, all others not at all"
                         : "a line is `name = expression`, `return expression` or `def name(...):`");
    }
    Result<Done> expect(std::string_view symbol) {
        if (!accept(symbol))
            return unexpected("`" + std::string(symbol) + "`");
        return Done{};
    }
    Result<Done> endOfLine() {
        if (current().kind == Token::Kind::End)
            return Done{};
        if (current().kind != Token::Kind::NewLine)
            return unexpected("the end of the line");
        next();
        return Done{};
    }
    Result<std::string> name(std::string_view what) {
        if (current().kind != Token::Kind::Name || refusals().contains(current().text))
            return unexpected(what);
        std::string text = current().text;
        next();
        return text;
    }

    /// Only torch itself may be imported: nothing else is known here.
    Result<Done> import() {
        const int line = current().line;
        const bool from = current().is("from");
        next();
        FX_TRY(const std::string package, name("a module name"));
        if (package != "torch" || from || current().kind == Token::Kind::Operator || current().is("as"))
            return error("only `import torch` is read", "write torch's functions with their full names", line);
        return endOfLine();
    }

    Result<Function> function() {
        Function function;
        function.line = current().line;
        next();
        FX_TRY(function.name, name("the function's name"));
        FX_CHECK(expect("("));
        while (!accept(")")) {
            if (current().is("*") || current().is("**"))
                return error("variadic parameters are not read", "name every input");
            FX_TRY(std::string parameter, name("a parameter"));
            if (std::count(function.parameters.begin(), function.parameters.end(), parameter))
                return error("the parameter " + parameter + " stands twice", "rename one");
            function.parameters.push_back(std::move(parameter));
            if (current().is("="))
                return error("a parameter with a default is not read", "give it a value in `scalar_workaround`");
            if (accept(":"))
                FX_CHECK(expression()); // an annotation says nothing to us
            if (!accept(",") && !current().is(")"))
                return unexpected("`,` or `)`");
        }
        if (accept("->"))
            FX_CHECK(expression());
        FX_CHECK(expect(":"));
        FX_CHECK(block(function));
        if (function.body.empty() || !function.body.back().returns)
            return error("the function " + function.name + " does not end with a return", "return what it computes",
                         function.line);
        return function;
    }

    Result<Done> block(Function& function) {
        const bool indented = current().kind == Token::Kind::NewLine;
        if (indented) {
            next();
            if (current().kind != Token::Kind::Indent)
                return unexpected("an indented block");
            next();
        }
        do {
            if (indented && current().kind == Token::Kind::String && function.body.empty() && function.doc.empty()) {
                function.doc = current().text;
                next();
                FX_CHECK(endOfLine());
                continue;
            }
            FX_TRY(Statement statement, this->statement());
            if (!function.body.empty() && function.body.back().returns)
                return error("a statement follows the return", "remove it", statement.line);
            function.body.push_back(std::move(statement));
        } while (indented && current().kind != Token::Kind::Dedent && current().kind != Token::Kind::End);
        if (indented && current().kind == Token::Kind::Dedent)
            next();
        return Done{};
    }

    Result<Statement> statement() {
        Statement statement;
        statement.line = current().line;
        if (current().is("return")) {
            next();
            statement.returns = true;
            if (current().kind == Token::Kind::NewLine)
                return unexpected("the value to return");
            FX_TRY(statement.value, expressionList());
        } else {
            if (current().kind == Token::Kind::Indent)
                return unexpected("a statement");
            FX_TRY(const ExprPtr target, expressionList());
            if (accept(":"))
                FX_CHECK(expression()); // an annotation says nothing to us
            if (!current().is("="))
                return current().kind == Token::Kind::NewLine
                           ? error("an expression whose value nobody uses", "assign or return it", statement.line)
                           : unexpected("`=`");
            next();
            FX_CHECK(setTargets(*target, statement));
            FX_TRY(statement.value, expressionList());
            if (current().is("="))
                return error("two assignments in one statement", "write two lines");
        }
        if (accept(";"))
            return error("two statements in one line", "write two lines");
        FX_CHECK(endOfLine());
        return statement;
    }

    Result<Done> setTargets(const Expr& target, Statement& statement) {
        std::vector<const Expr*> parts{&target};
        if (target.kind == Expr::Kind::Tuple || target.kind == Expr::Kind::List) {
            statement.unpacks = true;
            parts.clear();
            for (const ExprPtr& item : target.items)
                parts.push_back(item.get());
        }
        for (const Expr* part : parts) {
            if (part->kind != Expr::Kind::Name)
                return error("only names can be assigned to", "patterns are functional: give the result a name",
                             target.line);
            statement.targets.push_back(part->text);
        }
        return Done{};
    }

    Result<ExprPtr> expressionList() {
        const int line = current().line;
        FX_TRY(ExprPtr first, expression());
        if (!current().is(","))
            return first;
        auto tuple = make(Expr::Kind::Tuple, line);
        tuple->items.push_back(std::move(first));
        while (accept(",")) {
            if (current().kind == Token::Kind::NewLine || current().is("=") || current().is(")"))
                break;
            FX_TRY(ExprPtr item, expression());
            tuple->items.push_back(std::move(item));
        }
        return built(std::move(tuple));
    }

    /// The expression once its parts are in place.
    Result<ExprPtr> built(std::shared_ptr<Expr> expr) const {
        for (const ExprPtr& item : expr->items)
            expr->height = std::max(expr->height, item ? item->height + 1 : 1);
        for (const auto& [key, value] : expr->keywords)
            expr->height = std::max(expr->height, value->height + 1);
        if (expr->height > kMaxHeight)
            return error("the expression is nested too deeply", "name its parts");
        return ExprPtr(std::move(expr));
    }
    static std::shared_ptr<Expr> make(Expr::Kind kind, int line, std::string text = {}) {
        auto expr = std::make_shared<Expr>();
        expr->kind = kind;
        expr->line = line;
        expr->text = std::move(text);
        return expr;
    }

    Result<ExprPtr> expression() {
        if (++m_depth > kMaxDepth)
            return error("the expression is nested too deeply", "name its parts");
        auto result = binary(0);
        --m_depth;
        return result;
    }

    /// Binary operators from the loosest to the tightest; ** and unary operators are handled in unary().
    static int level(const Token& token) {
        static const std::map<std::string_view, int> kLevels{
            {"<", 0},  {"<=", 0}, {">", 0}, {">=", 0}, {"==", 0}, {"!=", 0}, {"|", 1}, {"^", 2},  {"&", 3},
            {"<<", 4}, {">>", 4}, {"+", 5}, {"-", 5},  {"*", 6},  {"/", 6},  {"%", 6}, {"//", 6}, {"@", 6}};
        const auto found = token.kind == Token::Kind::Operator ? kLevels.find(token.text) : kLevels.end();
        return found == kLevels.end() ? -1 : found->second;
    }
    Result<ExprPtr> binary(int lowest) {
        if (lowest > 6)
            return unary();
        FX_TRY(ExprPtr left, binary(lowest + 1));
        while (level(current()) == lowest) {
            auto expr = make(Expr::Kind::Binary, current().line, current().text);
            next();
            FX_TRY(ExprPtr right, binary(lowest + 1));
            if (lowest == 0 && level(current()) == 0)
                return error("a chain of comparisons", "compare two values at a time");
            expr->items = {std::move(left), std::move(right)};
            FX_TRY(left, built(std::move(expr)));
        }
        return left;
    }

    Result<ExprPtr> unary() {
        if (current().is("-") || current().is("+") || current().is("~")) {
            auto expr = make(Expr::Kind::Unary, current().line, current().text);
            next();
            if (++m_depth > kMaxDepth)
                return error("the expression is nested too deeply", "name its parts");
            FX_TRY(ExprPtr operand, unary());
            --m_depth;
            expr->items.push_back(std::move(operand));
            return built(std::move(expr));
        }
        FX_TRY(ExprPtr base, postfix());
        if (!current().is("**"))
            return base;
        auto expr = make(Expr::Kind::Binary, current().line, "**");
        next();
        if (++m_depth > kMaxDepth)
            return error("the expression is nested too deeply", "name its parts");
        FX_TRY(ExprPtr exponent, unary());
        --m_depth;
        expr->items = {std::move(base), std::move(exponent)};
        return built(std::move(expr));
    }

    Result<ExprPtr> postfix() {
        FX_TRY(ExprPtr expr, atom());
        for (int steps = 0;; ++steps) {
            const int line = current().line;
            if (steps > kMaxDepth)
                return error("too many calls in one chain", "name the intermediate values");
            if (accept(".")) {
                FX_TRY(std::string attribute, name("an attribute"));
                auto access = make(Expr::Kind::Attribute, line, std::move(attribute));
                access->items.push_back(std::move(expr));
                FX_TRY(expr, built(std::move(access)));
            } else if (accept("(")) {
                auto call = make(Expr::Kind::Call, line);
                call->items.push_back(std::move(expr));
                FX_CHECK(arguments(*call));
                FX_TRY(expr, built(std::move(call)));
            } else if (accept("[")) {
                auto subscript = make(Expr::Kind::Subscript, line);
                FX_TRY(ExprPtr index, this->index());
                subscript->items = {std::move(expr), std::move(index)};
                FX_TRY(expr, built(std::move(subscript)));
            } else
                return expr;
        }
    }

    Result<Done> arguments(Expr& call) {
        while (!accept(")")) {
            if (current().is("*") || current().is("**"))
                return error("unpacking in a call is not read", "write the arguments out");
            const bool keyword = current().kind == Token::Kind::Name && m_tokens[m_at + 1].is("=");
            if (keyword) {
                std::string key = current().text;
                next();
                next();
                for (const auto& [given, value] : call.keywords)
                    if (given == key)
                        return error("the keyword " + key + " is given twice", "keep one");
                FX_TRY(ExprPtr value, expression());
                call.keywords.emplace_back(std::move(key), std::move(value));
            } else {
                if (!call.keywords.empty())
                    return error("a positional argument follows a keyword", "give it its keyword");
                FX_TRY(ExprPtr value, expression());
                if (current().is("for"))
                    return unexpected("`,` or `)`");
                call.items.push_back(std::move(value));
            }
            if (!accept(",") && !current().is(")"))
                return unexpected("`,` or `)`");
        }
        return Done{};
    }

    Result<ExprPtr> index() {
        const int line = current().line;
        std::vector<ExprPtr> items;
        bool tuple = false;
        while (!accept("]")) {
            FX_TRY(ExprPtr item, sliceOrExpression());
            items.push_back(std::move(item));
            if (accept(","))
                tuple = true;
            else if (!current().is("]"))
                return unexpected("`,` or `]`");
        }
        if (items.empty())
            return error("an empty subscript", "say what to take", line);
        if (!tuple)
            return items.front();
        auto expr = make(Expr::Kind::Tuple, line);
        expr->items = std::move(items);
        return built(std::move(expr));
    }

    Result<ExprPtr> sliceOrExpression() {
        auto slice = make(Expr::Kind::Slice, current().line);
        slice->items.resize(3);
        size_t part = 0;
        bool colon = false;
        while (!current().is("]") && !current().is(",")) {
            if (accept(":")) {
                colon = true;
                if (++part > 2)
                    return unexpected("`]`");
                continue;
            }
            if (slice->items[part])
                return unexpected("`]`");
            FX_TRY(slice->items[part], expression());
        }
        if (!colon && !slice->items[0])
            return unexpected("an index");
        return colon ? built(std::move(slice)) : Result<ExprPtr>(slice->items[0]);
    }

    Result<ExprPtr> atom() {
        const Token token = current();
        if (token.kind == Token::Kind::Number)
            return number(token);
        if (token.kind == Token::Kind::String) {
            auto expr = make(Expr::Kind::String, token.line, token.text);
            for (next(); current().kind == Token::Kind::String; next())
                expr->text += current().text;
            return ExprPtr(expr);
        }
        if (token.is("None") || token.is("True") || token.is("False") || token.is("..."))
            return next(), ExprPtr(make(Expr::Kind::Constant, token.line, token.text));
        if (accept("("))
            return parenthesised(token.line);
        if (accept("["))
            return list(token.line);
        if (accept("{"))
            return dict(token.line);
        FX_TRY(std::string text, name("a value"));
        return ExprPtr(make(Expr::Kind::Name, token.line, std::move(text)));
    }

    Result<ExprPtr> number(const Token& token) {
        next();
        if (const auto integer = parseInt(token.text)) {
            auto expr = make(Expr::Kind::Int, token.line, token.text);
            expr->integer = *integer;
            return ExprPtr(expr);
        }
        if (token.text.find_first_of(".eE") == std::string::npos)
            return error("the integer " + token.text + " does not fit 64 bits", "write a smaller one", token.line);
        auto expr = make(Expr::Kind::Float, token.line, token.text);
        expr->number = parseDouble(token.text).value_or(0);
        return ExprPtr(expr);
    }

    Result<ExprPtr> parenthesised(int line) {
        if (accept(")"))
            return ExprPtr(make(Expr::Kind::Tuple, line));
        FX_TRY(ExprPtr expr, expressionList());
        FX_CHECK(expect(")"));
        return expr;
    }

    Result<ExprPtr> list(int line) {
        auto expr = make(Expr::Kind::List, line);
        while (!accept("]")) {
            FX_TRY(ExprPtr item, expression());
            expr->items.push_back(std::move(item));
            if (!accept(",") && !current().is("]"))
                return unexpected("`,` or `]`");
        }
        return built(std::move(expr));
    }

    Result<ExprPtr> dict(int line) {
        auto expr = make(Expr::Kind::Dict, line);
        while (!accept("}")) {
            if (current().kind != Token::Kind::String)
                return unexpected("a string as key");
            std::string key = current().text;
            next();
            FX_CHECK(expect(":"));
            FX_TRY(ExprPtr value, expression());
            expr->keywords.emplace_back(std::move(key), std::move(value));
            if (!accept(",") && !current().is("}"))
                return unexpected("`,` or `}`");
        }
        return built(std::move(expr));
    }

    std::vector<Token> m_tokens;
    const std::string& m_where;
    size_t m_at = 0;
    int m_depth = 0;
};

/// Where the first byte stands that is no UTF-8; the size if there is none.
size_t invalidUtf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const size_t more = lead < 0x80 ? 0 : lead >= 0xC2 && lead < 0xE0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : 3;
        if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4))
            return at;
        for (size_t i = 1; i <= more; ++i)
            if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80)
                return at;
        at += more + 1;
    }
    return text.size();
}

} // namespace

std::string place(const std::string& where, int line) { return where + ":" + std::to_string(line); }

const Function* Module::function(std::string_view name) const {
    for (const Function& function : functions)
        if (function.name == name)
            return &function;
    return nullptr;
}

const Expr* Module::value(std::string_view name) const {
    const Expr* found = nullptr;
    for (const Statement& statement : assignments)
        if (!statement.unpacks && statement.targets.front() == name)
            found = statement.value.get();
    return found;
}

Result<Module> parse(std::string_view source, const std::string& where) {
    if (source.size() > kMaxSource)
        return Diagnostic{"the file is larger than a pattern can be", where, "keep one pattern in a file"};
    if (const size_t bad = invalidUtf8(source); bad < source.size())
        return Diagnostic{"the file is not UTF-8 text",
                          place(where, 1 + static_cast<int>(std::count(source.begin(), source.begin() + bad, '\n'))),
                          "save it as UTF-8"};
    if (source.starts_with("\xEF\xBB\xBF"))
        source.remove_prefix(3);
    FX_TRY(std::vector<Token> tokens, tokenise(source, where));
    FX_TRY(Module module, Parser(std::move(tokens), where).module());
    module.source = std::string(source);
    return module;
}

} // namespace fxscope::py
