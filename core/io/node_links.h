// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"

#include <string_view>

namespace fxscope::io {

/// inductor_provenance_tracking_node_mappings: {preToPost, postToPre, cppCodeToPost, postToCppCode, version}, each
/// name -> [names]; what is missing stays empty. The two maps that older versions logged alone are read as well.
/// Error: not a JSON object of lists of names.
Result<NodeLinks> readNodeLinks(std::string_view json, const std::string& where);
/// Fills the kernels' sources from their nodes; those that have some already keep them.
void addSources(NodeLinks& links);

/// Leaves out kernels that `code` does not call (what is logged for a backward graph may begin with the forward one's),
/// takes those of its comments where there are none, and fills file and line: of the definition, of library kernels
/// that of the call. `firstLine`: the line of `file` that the code begins at.
void fitToCode(NodeLinks& links, std::string_view code, const std::string& file, int firstLine = 1);

/// The calls of kernels in generated code; nodes and sources are the names that the comments above them give.
std::vector<KernelCall> kernelsOfCode(std::string_view code);

} // namespace fxscope::io
