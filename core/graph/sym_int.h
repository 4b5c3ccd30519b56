// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// Values of symbols ("s57" -> 4), and what is known of their ranges (both ends included).
using SymHints = std::map<std::string, int64_t, std::less<>>;
struct SymRange {
    int64_t low = 2; ///< PyTorch specialises sizes 0 and 1, so a backed symbol is at least 2
    int64_t high = INT64_MAX;
};
using SymRanges = std::map<std::string, SymRange, std::less<>>;

enum class Proof { Yes, No, Unknown };

/// A size: a number, or an expression over symbols as sympy prints it ("2*s57 + 1", "(s53//8)", "Max(1, s0)").
/// Immutable; copies are cheap. Two expressions are equal (==) when their canonical polynomials are.
/// Arithmetic that would overflow int64 gives an opaque expression, never a wrong number.
class SymInt {
public:
    SymInt(int64_t value = 0) : m_value(value) {}
    /// Any text: the printed form, and the srepr form of torch.export ("Mul(Integer(2), Symbol('s0', ...))").
    /// What does not parse is kept as an opaque expression that equals only itself.
    static SymInt parse(std::string_view text);
    static SymInt symbol(std::string name);

    bool isConstant() const { return !m_expr; }
    int64_t constant() const { return m_value; } ///< only if isConstant()
    bool is(int64_t value) const { return !m_expr && m_value == value; }
    bool isOpaque() const; ///< did not parse: nothing can be proven about it

    std::string str() const; ///< as written where it was parsed, else in sympy's order
    /// The number under `hints`; nothing if a symbol is missing, on overflow or division by zero.
    std::optional<int64_t> eval(const SymHints& hints) const;
    void collectSymbols(std::vector<std::string>& into) const; ///< distinct names, in order of appearance

    friend SymInt operator+(const SymInt& a, const SymInt& b);
    friend SymInt operator-(const SymInt& a, const SymInt& b);
    friend SymInt operator*(const SymInt& a, const SymInt& b);
    friend bool operator==(const SymInt& a, const SymInt& b);

    struct Expr;

private:
    explicit SymInt(std::shared_ptr<const Expr> expr) : m_expr(std::move(expr)) {}
    friend struct SymBuilder;
    int64_t m_value = 0;
    std::shared_ptr<const Expr> m_expr;
};

SymInt floorDiv(const SymInt& a, const SymInt& b);
SymInt mod(const SymInt& a, const SymInt& b); ///< Python's: the sign of b
SymInt symMax(const SymInt& a, const SymInt& b);
SymInt symMin(const SymInt& a, const SymInt& b);

/// What follows from the expressions and ranges alone, never from hints.
Proof provablyEqual(const SymInt& a, const SymInt& b, const SymRanges& ranges);
Proof provablyLessEqual(const SymInt& a, const SymInt& b, const SymRanges& ranges);

} // namespace fxscope
