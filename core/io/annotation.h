// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/value_meta.h"

#include <optional>
#include <string_view>

namespace fxscope::io {

/// What a quoted annotation of readable Python says: "f32[2, s0]", "f32[2, 3][3, 1]cuda:0", "Sym(2*s0)",
/// "Subclass(f32[4])" (the tensor inside). Nothing if it is none of these.
std::optional<ValueMeta> parseAnnotation(std::string_view text);

/// A symbolic number by its expression: sizes, floats and conditions are told apart by what they are made of.
ValueMeta symbolicValue(std::string_view expression);

} // namespace fxscope::io
