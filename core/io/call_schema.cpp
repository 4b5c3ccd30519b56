// SPDX-License-Identifier: BSD-3-Clause
// The only place where reading a file asks the table of operators.
#include "core/io/call_schema.h"

#include "core/ops/schema.h"

namespace fxscope::io {

std::vector<CallParameter> callParameters(Target target) {
    std::vector<CallParameter> parameters;
    if (const Schema* schema = findTableSchema(target))
        for (const SchemaArg& argument : schema->args)
            parameters.push_back(
                {argument.name, argument.keywordOnly, argument.fallback.has_value(), argument.type.starts_with("str")});
    return parameters;
}

} // namespace fxscope::io
