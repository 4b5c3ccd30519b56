// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string>
#include <vector>

namespace fxscope::io {

/// What a node's box says, and how it looks, in exported pictures.
struct NodeLook {
    std::vector<std::string> lines; ///< name; operator; "f32[4, 8]"
    std::string_view fill, border;
};
NodeLook lookOf(const Node& node);

} // namespace fxscope::io
