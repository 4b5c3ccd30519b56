// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/args.h"

#include <string_view>
#include <vector>

namespace fxscope::ops {

/// Error: `x`, the argument of that name, has not so many elements as the kernel will read. An undefined one is fine.
Result<Done> checkElements(std::string_view name, const Tensor& x, int64_t wanted);

/// output_mask, argument `i`: which of `count` results are wanted. Error: it has another length.
Result<std::vector<bool>> outputMask(Metas args, size_t i, size_t count);

} // namespace fxscope::ops
