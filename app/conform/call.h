// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"

namespace fxscope::conform {

/// One operator call outside any graph: `args` in schema order, the rest as the schema's defaults.
Result<Value> call(Backend& backend, Target target, ValueList args, Generator& generator);

} // namespace fxscope::conform
