// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fxscope::py {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

/// An expression of the Python subset that pattern files are written in.
struct Expr {
    enum class Kind {
        Name,      ///< text
        Int,       ///< integer
        Float,     ///< number
        String,    ///< text
        Constant,  ///< text: None, True, False or ...
        Attribute, ///< items[0].text
        Call,      ///< items[0](items[1:], keywords)
        Subscript, ///< items[0][items[1]]
        Slice,     ///< items[0]:items[1]:items[2], absent ones null; only inside a subscript
        Tuple,
        List,
        Dict,  ///< keywords
        Unary, ///< text items[0]
        Binary ///< items[0] text items[1]
    };
    Kind kind = Kind::Constant;
    std::string text;
    int64_t integer = 0;
    double number = 0;
    std::vector<ExprPtr> items;
    std::vector<std::pair<std::string, ExprPtr>> keywords;
    int line = 0;
    int height = 1; ///< levels of expressions from here down
};

/// `a = value` or `a, b = value`; a return has no targets.
struct Statement {
    std::vector<std::string> targets;
    bool unpacks = false; ///< the targets were written as a tuple
    bool returns = false;
    ExprPtr value;
    int line = 0;
};

struct Function {
    std::string name;
    std::vector<std::string> parameters;
    std::vector<Statement> body; ///< ends with its only return
    std::string doc;
    int line = 0;
};

/// A file: functions, module-level assignments in order, the docstring. Imports of torch are read and dropped.
struct Module {
    std::string where, doc, source;
    std::vector<Function> functions;
    std::vector<Statement> assignments;
    const Function* function(std::string_view name) const;
    const Expr* value(std::string_view name) const; ///< of the last assignment to `name`, or null
};

/// Errors name file, line, what stands there and what to write instead.
Result<Module> parse(std::string_view source, const std::string& where);

/// "file:12"
std::string place(const std::string& where, int line);

} // namespace fxscope::py
