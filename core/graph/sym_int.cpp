// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/sym_int.h"

#include "core/support/text.h"

#include <algorithm>

namespace fxscope {

// Note [Symbolic sizes]
// An expression is kept as a tree (to evaluate), its text (to print as it was written) and a canonical polynomial: a
// sum of integer multiples of products of atoms, an atom being a symbol or a call like (a//b) or Max(a, b) over
// canonical arguments. Equality is equality of polynomials; an inequality is decided by interval arithmetic on the
// difference. That proves what PyTorch's guards prove in the common cases and answers Unknown otherwise, never a wrong
// Yes or No.
struct SymInt::Expr {
    enum class Kind : uint8_t { Constant, Symbol, Add, Mul, Call, Opaque };
    Kind kind = Kind::Opaque;
    int64_t value = 0;        ///< Constant
    std::string name;         ///< Symbol; function of a Call
    std::vector<SymInt> args; ///< Add, Mul, Call
    std::string text;         ///< as written; empty: print the polynomial
    std::string canonical;    ///< of the polynomial; equal text means equal value

    using Monomial = std::vector<std::string>;                ///< sorted atoms, repeated for powers; {} is the constant
    std::map<Monomial, int64_t> terms;                        ///< no zero coefficients
    std::map<std::string, std::shared_ptr<const Expr>> atoms; ///< canonical text -> the atom
};

namespace {

using Expr = SymInt::Expr;
using ExprPtr = std::shared_ptr<const Expr>;
using Terms = std::map<Expr::Monomial, int64_t>;
constexpr size_t kMaxText = 10'000;
constexpr int kMaxDepth = 64;
constexpr size_t kMaxTerms = 512;

std::string termText(const Expr::Monomial& monomial, int64_t coefficient) {
    std::string text;
    if (monomial.empty() || (coefficient != 1 && coefficient != -1))
        text = std::to_string(coefficient);
    else if (coefficient == -1)
        text = "-";
    for (size_t i = 0; i < monomial.size();) {
        size_t power = 1;
        while (i + power < monomial.size() && monomial[i + power] == monomial[i])
            ++power;
        if (!text.empty() && text != "-")
            text += '*';
        text += monomial[i];
        if (power > 1)
            text += "**" + std::to_string(power);
        i += power;
    }
    return text;
}

/// Sympy's habit: higher products first, the constant last.
std::string polynomialText(const Terms& terms) {
    std::vector<std::pair<const Expr::Monomial*, int64_t>> ordered;
    for (const auto& [monomial, coefficient] : terms)
        ordered.emplace_back(&monomial, coefficient);
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto& a, const auto& b) { return a.first->size() > b.first->size(); });
    std::string text;
    for (const auto& [monomial, coefficient] : ordered) {
        const std::string term = termText(*monomial, coefficient);
        if (text.empty())
            text = term;
        else if (term[0] == '-')
            text += " - " + term.substr(1);
        else
            text += " + " + term;
    }
    return text.empty() ? "0" : text;
}

int64_t floorDivide(int64_t a, int64_t b) {
    const int64_t quotient = a / b;
    return quotient * b != a && ((a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

/// The value of a function over numbers; nothing on division by zero, overflow or an unknown function.
std::optional<int64_t> callValue(std::string_view name, const std::vector<int64_t>& args) {
    const auto is = [&](std::string_view wanted, size_t arity) { return name == wanted && args.size() == arity; };
    if ((is("FloorDiv", 2) || is("CleanDiv", 2) || is("CeilDiv", 2) || is("Mod", 2) || is("PythonMod", 2)) &&
        args[1] == 0)
        return std::nullopt;
    const bool overflows = args.size() == 2 && args[0] == INT64_MIN && args[1] == -1;
    if (is("FloorDiv", 2) || is("CleanDiv", 2))
        return overflows ? std::nullopt : std::optional(floorDivide(args[0], args[1]));
    if (is("CeilDiv", 2))
        return overflows || args[0] == INT64_MIN ? std::nullopt : std::optional(-floorDivide(-args[0], args[1]));
    if (is("Mod", 2) || is("PythonMod", 2))
        return overflows ? 0 : args[0] - floorDivide(args[0], args[1]) * args[1];
    if (is("ModularIndexing", 3) && args[1] != 0 && args[2] != 0) {
        const int64_t quotient = floorDivide(args[0], args[1]);
        return quotient - floorDivide(quotient, args[2]) * args[2];
    }
    if (name == "Max" && !args.empty())
        return *std::max_element(args.begin(), args.end());
    if (name == "Min" && !args.empty())
        return *std::min_element(args.begin(), args.end());
    if (is("Identity", 1))
        return args[0];
    if (is("PowByNatural", 2) || is("Pow", 2)) {
        if (args[1] < 0 || args[1] > 64)
            return std::nullopt;
        int64_t product = 1;
        for (int64_t i = 0; i < args[1]; ++i)
            if (__builtin_mul_overflow(product, args[0], &product))
                return std::nullopt;
        return product;
    }
    return std::nullopt;
}

} // namespace

/// Makes expressions; the only place that sees SymInt's inside.
struct SymBuilder {
    static SymInt wrap(Expr expr) { return SymInt(std::make_shared<const Expr>(std::move(expr))); }
    static const ExprPtr& expr(const SymInt& value) { return value.m_expr; }

    static Terms terms(const SymInt& value) {
        if (value.m_expr)
            return value.m_expr->terms;
        return value.m_value ? Terms{{{}, value.m_value}} : Terms{};
    }
    static std::string canonical(const SymInt& value) {
        return value.m_expr ? value.m_expr->canonical : std::to_string(value.m_value);
    }

    static SymInt atom(Expr expr) {
        expr.terms = {{{expr.canonical}, 1}};
        auto shared = std::make_shared<Expr>(std::move(expr));
        auto self = std::make_shared<Expr>(*shared); // the atom table holds a twin without a table: no cycle
        shared->atoms.emplace(shared->canonical, std::move(self));
        return SymInt(ExprPtr(std::move(shared)));
    }
    static SymInt opaque(std::string_view text) {
        Expr expr;
        expr.name = expr.text = text.substr(0, kMaxText);
        expr.canonical = "?" + expr.name;
        return atom(std::move(expr));
    }
    static SymInt symbol(std::string name) {
        Expr expr;
        expr.kind = Expr::Kind::Symbol;
        expr.name = expr.canonical = std::move(name);
        return atom(std::move(expr));
    }
    static SymInt call(std::string name, std::vector<SymInt> args) {
        std::vector<int64_t> numbers;
        for (const SymInt& arg : args)
            if (arg.isConstant())
                numbers.push_back(arg.constant());
        if (numbers.size() == args.size())
            if (const auto value = callValue(name, numbers))
                return *value;
        if (name == "Max" || name == "Min")
            std::sort(args.begin(), args.end(),
                      [](const auto& a, const auto& b) { return canonical(a) < canonical(b); });
        Expr expr;
        expr.kind = Expr::Kind::Call;
        std::string text;
        for (const SymInt& arg : args)
            text += (text.empty() ? "" : ", ") + canonical(arg);
        expr.canonical = name == "FloorDiv" && args.size() == 2 ? "(" + grouped(args[0]) + "//" + grouped(args[1]) + ")"
                                                                : name + "(" + text + ")";
        expr.name = std::move(name);
        expr.args = std::move(args);
        return atom(std::move(expr));
    }
    static std::string grouped(const SymInt& value) {
        const std::string text = canonical(value);
        return text.find_first_of(" *-") == std::string::npos ? text : "(" + text + ")";
    }

    /// The sum (or product) of two; opaque if a coefficient overflows or the polynomial grows beyond reason.
    static SymInt combine(Expr::Kind kind, const SymInt& a, const SymInt& b) {
        Terms result = kind == Expr::Kind::Add ? terms(a) : Terms{};
        bool fits = true;
        const auto add = [&](const Expr::Monomial& monomial, int64_t coefficient) {
            int64_t& sum = result[monomial];
            fits = fits && !__builtin_add_overflow(sum, coefficient, &sum);
            if (sum == 0)
                result.erase(monomial);
            fits = fits && result.size() <= kMaxTerms;
        };
        for (const auto& [right, factor] : terms(b)) {
            if (kind == Expr::Kind::Add) {
                add(right, factor);
                continue;
            }
            for (const auto& [left, leftFactor] : terms(a)) {
                int64_t product = 0;
                if (__builtin_mul_overflow(leftFactor, factor, &product) || left.size() + right.size() > 32 || !fits) {
                    fits = false;
                    break;
                }
                Expr::Monomial both;
                std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(both));
                add(both, product);
            }
        }
        if (!fits)
            return opaque(a.str() + (kind == Expr::Kind::Add ? " + " : "*") + "(" + b.str() + ")");
        if (result.empty())
            return 0;
        if (result.size() == 1 && result.begin()->first.empty())
            return result.begin()->second;
        Expr expr;
        expr.kind = kind;
        expr.args = {a, b};
        expr.canonical = polynomialText(result);
        for (const SymInt* side : {&a, &b})
            if (side->m_expr)
                expr.atoms.insert(side->m_expr->atoms.begin(), side->m_expr->atoms.end());
        expr.terms = std::move(result);
        return wrap(std::move(expr));
    }

    static SymInt withText(const SymInt& value, std::string_view text) {
        if (!value.m_expr || value.m_expr->text == text)
            return value;
        Expr expr = *value.m_expr;
        expr.text = text;
        return wrap(std::move(expr));
    }
};

namespace {

/// Recursive descent over the printed and the srepr form. Depth is capped, so the stack is bounded.
class Parser {
public:
    explicit Parser(std::string_view text) : m_text(text) {}

    std::optional<SymInt> parse() {
        auto value = sum(0);
        skipSpace();
        return value && m_at == m_text.size() ? value : std::nullopt;
    }

private:
    using Maybe = std::optional<SymInt>;

    void skipSpace() {
        while (m_at < m_text.size() && m_text[m_at] == ' ')
            ++m_at;
    }
    bool eat(std::string_view token) {
        skipSpace();
        if (!m_text.substr(m_at).starts_with(token))
            return false;
        m_at += token.size();
        return true;
    }
    Maybe sum(int depth) {
        Maybe value = product(depth);
        while (value) {
            if (eat("+")) {
                const Maybe right = product(depth);
                value = right ? Maybe(*value + *right) : std::nullopt;
            } else if (eat("-")) {
                const Maybe right = product(depth);
                value = right ? Maybe(*value - *right) : std::nullopt;
            } else {
                break;
            }
        }
        return value;
    }
    Maybe product(int depth) {
        Maybe value = power(depth);
        while (value) {
            skipSpace();
            if (m_text.substr(m_at).starts_with("**"))
                return std::nullopt;
            if (eat("//")) {
                const Maybe right = power(depth);
                value = right ? Maybe(SymBuilder::call("FloorDiv", {*value, *right})) : std::nullopt;
            } else if (eat("*")) {
                const Maybe right = power(depth);
                value = right ? Maybe(*value * *right) : std::nullopt;
            } else if (eat("%")) {
                const Maybe right = power(depth);
                value = right ? Maybe(SymBuilder::call("Mod", {*value, *right})) : std::nullopt;
            } else {
                break;
            }
        }
        return value;
    }
    Maybe power(int depth) {
        if (depth > kMaxDepth)
            return std::nullopt;
        if (eat("-")) {
            const Maybe value = power(depth + 1);
            return value ? Maybe(SymInt(-1) * *value) : std::nullopt;
        }
        Maybe base = primary(depth + 1);
        if (base && eat("**")) {
            const Maybe exponent = primary(depth + 1);
            return exponent ? raise(*base, *exponent) : std::nullopt;
        }
        return base;
    }
    static Maybe raise(const SymInt& base, const SymInt& exponent) {
        if (!exponent.isConstant() || exponent.constant() < 0 || exponent.constant() > 16)
            return SymBuilder::call("PowByNatural", {base, exponent});
        SymInt value = 1;
        for (int64_t i = 0; i < exponent.constant(); ++i)
            value = value * base;
        return value;
    }
    Maybe primary(int depth) {
        if (depth > kMaxDepth)
            return std::nullopt;
        if (eat("(")) {
            const Maybe value = sum(depth + 1);
            return value && eat(")") ? value : std::nullopt;
        }
        skipSpace();
        const size_t from = m_at;
        while (m_at < m_text.size() && (std::isalnum(static_cast<unsigned char>(m_text[m_at])) || m_text[m_at] == '_'))
            ++m_at;
        const std::string_view word = m_text.substr(from, m_at - from);
        if (word.empty())
            return std::nullopt;
        if (std::isdigit(static_cast<unsigned char>(word[0]))) {
            const auto number = parseInt(word);
            const bool decimal = m_at < m_text.size() && m_text[m_at] == '.';
            return number && !decimal ? Maybe(*number) : std::nullopt;
        }
        if (!eat("("))
            return SymBuilder::symbol(std::string(word));
        return word == "Symbol" ? quotedSymbol() : call(word, depth);
    }
    /// Symbol('s0', integer=True, positive=True) after the parenthesis.
    Maybe quotedSymbol() {
        skipSpace();
        const size_t open = m_at,
                     close = open < m_text.size() ? m_text.find(m_text[open], open + 1) : std::string_view::npos;
        if (close == std::string_view::npos || (m_text[open] != '\'' && m_text[open] != '"'))
            return std::nullopt;
        const size_t end = m_text.find(')', close);
        if (end == std::string_view::npos)
            return std::nullopt;
        m_at = end + 1;
        return SymBuilder::symbol(std::string(m_text.substr(open + 1, close - open - 1)));
    }
    Maybe call(std::string_view name, int depth) {
        std::vector<SymInt> args;
        while (!eat(")")) {
            if (!args.empty() && !eat(","))
                return std::nullopt;
            const Maybe arg = sum(depth + 1);
            if (!arg)
                return std::nullopt;
            args.push_back(*arg);
        }
        const auto fold = [&](auto combine) {
            SymInt value = args[0];
            for (size_t i = 1; i < args.size(); ++i)
                value = combine(value, args[i]);
            return value;
        };
        if (name == "Integer" && args.size() == 1)
            return args[0];
        if (name == "Add" && !args.empty())
            return fold([](const SymInt& a, const SymInt& b) { return a + b; });
        if (name == "Mul" && !args.empty())
            return fold([](const SymInt& a, const SymInt& b) { return a * b; });
        if (name == "Pow" && args.size() == 2)
            return raise(args[0], args[1]);
        return SymBuilder::call(std::string(name), std::move(args));
    }

    std::string_view m_text;
    size_t m_at = 0;
};

/// A range of values; infinities are the ends of int64 and stick.
struct Interval {
    int64_t low = INT64_MIN, high = INT64_MAX;
};
int64_t clampedAdd(int64_t a, int64_t b) {
    if (a == INT64_MIN || b == INT64_MIN)
        return INT64_MIN;
    if (a == INT64_MAX || b == INT64_MAX)
        return INT64_MAX;
    int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? INT64_MIN : INT64_MAX) : sum;
}
int64_t clampedMul(int64_t a, int64_t b) {
    int64_t product = 0;
    if (a == 0 || b == 0)
        return 0;
    const bool infinite = a == INT64_MIN || a == INT64_MAX || b == INT64_MIN || b == INT64_MAX;
    return infinite || __builtin_mul_overflow(a, b, &product) ? ((a < 0) != (b < 0) ? INT64_MIN : INT64_MAX) : product;
}
Interval times(Interval a, Interval b) {
    const auto [low, high] = std::minmax(
        {clampedMul(a.low, b.low), clampedMul(a.low, b.high), clampedMul(a.high, b.low), clampedMul(a.high, b.high)});
    return {low, high};
}

Interval intervalOf(const SymInt& value, const SymRanges& ranges);

Interval intervalOfAtom(const Expr& atom, const SymRanges& ranges) {
    if (atom.kind == Expr::Kind::Symbol) {
        if (const auto found = ranges.find(atom.name); found != ranges.end())
            return {found->second.low, found->second.high};
        return atom.name.starts_with("s") ? Interval{2, INT64_MAX} : Interval{}; // unbacked: anything
    }
    if (atom.kind != Expr::Kind::Call || atom.args.empty())
        return {};
    const Interval first = intervalOf(atom.args[0], ranges);
    if (atom.name == "Max" || atom.name == "Min") {
        Interval result = first;
        for (const SymInt& arg : atom.args) {
            const Interval next = intervalOf(arg, ranges);
            const bool max = atom.name == "Max";
            result = {max ? std::max(result.low, next.low) : std::min(result.low, next.low),
                      max ? std::max(result.high, next.high) : std::min(result.high, next.high)};
        }
        return result;
    }
    const bool byConstant = atom.args.size() == 2 && atom.args[1].isConstant() && atom.args[1].constant() > 0;
    if (atom.name == "FloorDiv" && byConstant) {
        const auto divide = [&](int64_t v) {
            return v == INT64_MIN || v == INT64_MAX ? v : floorDivide(v, atom.args[1].constant());
        };
        return {divide(first.low), divide(first.high)};
    }
    if ((atom.name == "Mod" || atom.name == "PythonMod") && byConstant)
        return {0, atom.args[1].constant() - 1};
    return {};
}

Interval intervalOf(const SymInt& value, const SymRanges& ranges) {
    if (value.isConstant())
        return {value.constant(), value.constant()};
    const Expr& expr = *SymBuilder::expr(value);
    Interval total{0, 0};
    for (const auto& [monomial, coefficient] : expr.terms) {
        Interval term{coefficient, coefficient};
        for (const std::string& atom : monomial) {
            const auto found = expr.atoms.find(atom);
            term = times(term, found == expr.atoms.end() ? Interval{} : intervalOfAtom(*found->second, ranges));
        }
        total = {clampedAdd(total.low, term.low), clampedAdd(total.high, term.high)};
    }
    return total;
}

} // namespace

SymInt SymInt::parse(std::string_view text) {
    text = trim(text);
    if (const auto number = parseInt(text))
        return *number;
    if (text.size() > kMaxText)
        return SymBuilder::opaque(text);
    const auto value = Parser(text).parse();
    if (!value)
        return SymBuilder::opaque(text);
    const bool srepr =
        text.find("Symbol(") != std::string_view::npos || text.find("Integer(") != std::string_view::npos;
    return srepr ? *value : SymBuilder::withText(*value, text);
}

SymInt SymInt::symbol(std::string name) { return SymBuilder::symbol(std::move(name)); }

bool SymInt::isOpaque() const { return m_expr && m_expr->kind == Expr::Kind::Opaque; }

std::string SymInt::str() const {
    if (!m_expr)
        return std::to_string(m_value);
    return m_expr->text.empty() ? m_expr->canonical : m_expr->text;
}

std::optional<int64_t> SymInt::eval(const SymHints& hints) const {
    if (!m_expr)
        return m_value;
    if (m_expr->kind == Expr::Kind::Symbol) {
        const auto found = hints.find(m_expr->name);
        return found == hints.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<int64_t> numbers;
    for (const SymInt& arg : m_expr->args) {
        const auto number = arg.eval(hints);
        if (!number)
            return std::nullopt;
        numbers.push_back(*number);
    }
    int64_t result = 0;
    switch (m_expr->kind) {
    case Expr::Kind::Add:
        return __builtin_add_overflow(numbers[0], numbers[1], &result) ? std::nullopt : std::optional(result);
    case Expr::Kind::Mul:
        return __builtin_mul_overflow(numbers[0], numbers[1], &result) ? std::nullopt : std::optional(result);
    case Expr::Kind::Call: return callValue(m_expr->name, numbers);
    default: return std::nullopt;
    }
}

void SymInt::collectSymbols(std::vector<std::string>& into) const {
    if (!m_expr)
        return;
    if (m_expr->kind == Expr::Kind::Symbol && std::find(into.begin(), into.end(), m_expr->name) == into.end())
        into.push_back(m_expr->name);
    for (const SymInt& arg : m_expr->args)
        arg.collectSymbols(into);
}

SymInt operator+(const SymInt& a, const SymInt& b) {
    int64_t sum = 0;
    if (a.isConstant() && b.isConstant() && !__builtin_add_overflow(a.m_value, b.m_value, &sum))
        return sum;
    return SymBuilder::combine(Expr::Kind::Add, a, b);
}
SymInt operator*(const SymInt& a, const SymInt& b) {
    int64_t product = 0;
    if (a.isConstant() && b.isConstant() && !__builtin_mul_overflow(a.m_value, b.m_value, &product))
        return product;
    return SymBuilder::combine(Expr::Kind::Mul, a, b);
}
SymInt operator-(const SymInt& a, const SymInt& b) { return a + SymInt(-1) * b; }

bool operator==(const SymInt& a, const SymInt& b) {
    if (!a.m_expr || !b.m_expr)
        return !a.m_expr && !b.m_expr && a.m_value == b.m_value;
    return a.m_expr == b.m_expr || a.m_expr->canonical == b.m_expr->canonical;
}

SymInt floorDiv(const SymInt& a, const SymInt& b) { return SymBuilder::call("FloorDiv", {a, b}); }
SymInt mod(const SymInt& a, const SymInt& b) { return SymBuilder::call("Mod", {a, b}); }
SymInt symMax(const SymInt& a, const SymInt& b) { return a == b ? a : SymBuilder::call("Max", {a, b}); }
SymInt symMin(const SymInt& a, const SymInt& b) { return a == b ? a : SymBuilder::call("Min", {a, b}); }

Proof provablyEqual(const SymInt& a, const SymInt& b, const SymRanges& ranges) {
    if (a == b)
        return Proof::Yes;
    const Interval difference = intervalOf(a - b, ranges);
    if (difference.low == 0 && difference.high == 0)
        return Proof::Yes;
    return difference.low > 0 || difference.high < 0 ? Proof::No : Proof::Unknown;
}

Proof provablyLessEqual(const SymInt& a, const SymInt& b, const SymRanges& ranges) {
    const Interval difference = intervalOf(b - a, ranges);
    if (difference.low >= 0)
        return Proof::Yes;
    return difference.high < 0 ? Proof::No : Proof::Unknown;
}

} // namespace fxscope
