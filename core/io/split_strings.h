// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/node.h"

#include <string_view>
#include <vector>

namespace fxscope::io {

/// str(graph) prints strings without quotes: "bi,ij -> bj" may be one argument or, with a space behind the comma, read
/// as two. Puts such parts together again. By the operator's parameters where they are known: too many arguments, and
/// one parameter is a string. Without them strings side by side are taken for one, kept as text: then the result is
/// true, and the user should be told. A device where a string belongs becomes one. `texts`: the arguments as they
/// stand, within one text.
bool joinSplitStrings(const std::vector<std::string_view>& texts, NodeBody& body);

} // namespace fxscope::io
