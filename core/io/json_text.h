// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace fxscope::io {

/// `text` in double quotes with JSON's escapes. Bytes that are not UTF-8 are replaced: JSON cannot hold them.
void appendJsonString(std::string& out, std::string_view text);

} // namespace fxscope::io
