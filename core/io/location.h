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

/// print_readable(additional_meta=...) puts "# KEY: VALUE, KEY: VALUE " before that comment; values may have several
/// lines. Whether such notes begin in this line and the place is not in it; and whether a line is the last of them.
bool beginsNotes(std::string_view line);
bool endsNotes(std::string_view line);

/// The comment that print_readable writes for such a node, without the line's end.
std::string writeLocation(const Origin* origin);

} // namespace fxscope::io
