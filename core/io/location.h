// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/node.h"

#include <memory>
#include <string>
#include <string_view>

namespace fxscope::io {

/// A comment of readable Python that says where the following nodes come from: "# File: a.py:3 in f, code: y = x".
/// False if it is another comment. `origin` is null where the comment says that nothing is known.
bool parseLocation(std::string_view comment, std::shared_ptr<const Origin>& origin);

/// The comment that print_readable writes for such a node, without the line's end.
std::string writeLocation(const Origin* origin);

} // namespace fxscope::io
