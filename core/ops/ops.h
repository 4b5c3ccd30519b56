// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

/// Every operator of all_ops.def, defined in its own file under this name.
namespace fxscope::ops {
#define OP(name) extern const OpDef name;
#include "core/ops/all_ops.def"
#undef OP
} // namespace fxscope::ops
