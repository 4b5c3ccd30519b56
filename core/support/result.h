// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fxscope {

enum class Severity { Error, Warning, Note };

/// What went wrong (or is worth knowing), where, and what the user can do next. `where` is "file:line",
/// "entry of archive" or a node name; `next` may be empty.
struct Diagnostic {
    std::string what;
    std::string where;
    std::string next;
    Severity severity = Severity::Error;

    /// One paragraph: "where: what; next".
    std::string str() const {
        std::string text = where.empty() ? what : where + ": " + what;
        return next.empty() ? text : text + "; " + next;
    }
};
using Diagnostics = std::vector<Diagnostic>;

/// The value of a function that only succeeds or fails.
struct Done {};

/// A value, or the Diagnostic that says why there is none. Everything a file, a user or a device can cause is
/// returned this way; our own mistakes are asserts.
template <class T> class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Diagnostic error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    const T& value() const& { return assert(ok()), std::get<0>(m_state); }
    T& value() & { return assert(ok()), std::get<0>(m_state); }
    T&& value() && { return assert(ok()), std::get<0>(std::move(m_state)); }
    const Diagnostic& error() const& { return assert(!ok()), std::get<1>(m_state); }
    Diagnostic&& error() && { return assert(!ok()), std::get<1>(std::move(m_state)); }

    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

private:
    std::variant<T, Diagnostic> m_state;
};

} // namespace fxscope

#define FX_CONCAT_(a, b) a##b
#define FX_CONCAT(a, b) FX_CONCAT_(a, b)
#define FX_TRY_(tmp, declaration, ...)                                                                                 \
    auto tmp = (__VA_ARGS__);                                                                                          \
    if (!tmp.ok())                                                                                                     \
        return std::move(tmp).error();                                                                                 \
    declaration = std::move(tmp).value()
/// FX_TRY(const Match m, rule.match(graph, root)): the value, or return the Diagnostic to the caller.
#define FX_TRY(declaration, ...) FX_TRY_(FX_CONCAT(fxTry_, __LINE__), declaration, __VA_ARGS__)
/// FX_CHECK(write(x)): go on, or return the Diagnostic to the caller.
#define FX_CHECK(...)                                                                                                  \
    do {                                                                                                               \
        if (auto fxCheck_ = (__VA_ARGS__); !fxCheck_.ok())                                                             \
            return std::move(fxCheck_).error();                                                                        \
    } while (false)
