// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/python_lines.h"
#include "core/io/python_values.h"

#include <memory>
#include <string_view>

namespace fxscope::io {

/// One line of a function's body, split but not yet read: arguments need the names of the whole body first.
struct PythonStatement {
    enum class Kind : uint8_t {
        Assign,     ///< name = expression
        InPlace,    ///< object += expression;  name = object
        SetItem,    ///< object[expression] = value;  name = object
        Return,     ///< return expression
        Flatten,    ///< a, b, = fx_pytree.tree_flatten_spec(...): the placeholders
        Next,       ///< name = next(args_iter): a placeholder of a boxed graph
        Annotation, ///< a: "f32[2]"; b: "f32[3]": what Flatten's names hold
        Skip        ///< clean-ups, pass, profiler lines
    };
    Kind kind = Kind::Skip;
    std::string_view name;       ///< that is bound
    std::string_view annotation; ///< between the quotes
    std::string_view type;       ///< an annotation without quotes
    std::string_view object;     ///< InPlace, SetItem: what is changed
    std::string_view expression; ///< right side; Flatten, Annotation: the whole line
    int line = 0;
    std::shared_ptr<const Origin> origin;
};

/// Error: none of the forms above.
Result<PythonStatement> splitStatement(const PythonLine& line, const std::string& where);

/// Reads the right side of an assignment into op, target, args and kwargs. A bare name of a node is an alias: then
/// `alias` is set and `body` untouched.
bool readExpression(PythonValues& values, NodeBody& body, std::optional<NodeId>& alias);
/// Reads what an InPlace or SetItem statement says.
Result<Done> readMutation(const PythonStatement& statement, const NameTable& names, const std::string& where,
                          NodeBody& body);
/// The value of a return, what the pytree wrapper adds taken off.
bool readReturn(PythonValues& values, Argument& out);

} // namespace fxscope::io
