// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/backend.h"

namespace fxscope {

Result<ValueList> Backend::runFused(std::span<const FusedCall> calls, std::span<const Tensor>, KernelContext& context) {
    ValueList results, kept;
    for (const FusedCall& call : calls) {
        ValueList args = call.args;
        for (const auto& [place, earlier] : call.inner)
            args[place] = results[earlier];
        FX_TRY(Value result, run(*call.op, args, context));
        results.push_back(std::move(result));
        if (call.kept)
            kept.push_back(results.back());
    }
    return kept;
}

} // namespace fxscope
