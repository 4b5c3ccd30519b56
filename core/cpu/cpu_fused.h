// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"

#include <optional>

namespace fxscope {

/// Elementwise calls one after the other over blocks that stay in the cache, blocks shared among the threads. Each call
/// runs through `backend`, so that every element is what it would be alone. Nothing: these calls do not lend
/// themselves to it (small tensors, sizes that differ, a call that is wrong), and nothing has happened. Error: a call
/// failed after results were written over `spare`.
Result<std::optional<ValueList>> runInBlocks(Backend& backend, std::span<const FusedCall> calls,
                                             std::span<const Tensor> spare, KernelContext& context);

} // namespace fxscope
