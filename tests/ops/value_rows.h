// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

#include <string>
#include <vector>

namespace fxscope {

/// One recorded call with its values in the file: {"target", "args" (all, in schema order), "out": [...]}. A tensor is
/// {"tensor": dtype, "sizes", "strides", "data": elements in row-major order, NaN and infinities as text}.
struct ValueRow {
    std::string target;
    ValueList args, out;
};

/// The rows of a JSON file. A row that cannot be read fails the whole file, with its number.
Result<std::vector<ValueRow>> readValueRows(const std::string& path);

/// What differs between the recorded and the computed result (dtype, sizes, strides, values); empty if nothing does.
std::string differenceFrom(const Value& recorded, const Value& computed);

} // namespace fxscope
