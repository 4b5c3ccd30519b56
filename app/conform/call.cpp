// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/call.h"

#include "core/exec/evaluate.h"

namespace fxscope::conform {

Result<Value> call(Backend& backend, Target target, ValueList args, Generator& generator) {
    const OpDef* op = findOp(target);
    const Schema* schema = op ? schemaOf(*op) : nullptr;
    if (!schema)
        return Diagnostic{"no kernel for " + target.str(), std::string(target.shortName()), {}};
    for (size_t i = args.size(); i < schema->args.size(); ++i) {
        const SchemaArg& arg = schema->args[i];
        if (!arg.fallback)
            return Diagnostic{"the parameter " + arg.name + " is missing", std::string(target.shortName()), {}};
        FX_TRY(Value value, evaluate(*arg.fallback, Scope{{}, {}}));
        args.push_back(std::move(value));
    }
    const Cancel cancel;
    KernelContext context{generator, cancel};
    return runAlone(backend, *op, args, context);
}

} // namespace fxscope::conform
