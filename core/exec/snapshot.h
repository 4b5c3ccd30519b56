// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"
#include "core/tensor/value.h"

namespace fxscope {

/// New storage for every tensor of a value, row-major.
Result<Value> cloned(const Value& value);
/// The same with the strides it has, unless they are expanded.
Result<Value> clonedWithStrides(const Value& value);

} // namespace fxscope
