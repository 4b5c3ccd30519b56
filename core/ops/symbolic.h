// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/args.h"

#include <optional>
#include <string>

// Numbers that shape rules meet: integers as expressions of symbols, floats and bools as text.

namespace fxscope::ops {

std::string textOf(const MetaArg& number);         ///< only if isNumber
std::optional<SymInt> integer(const MetaArg& arg); ///< of an int or bool
bool isNumber(const MetaArg& arg);
bool isInt(const Value& value); ///< int or bool
Diagnostic wantsNumbers();

inline constexpr std::string_view kBinarySignature = "(Any a, Any b) -> Any", kUnarySignature = "(Any a) -> Any";

} // namespace fxscope::ops
