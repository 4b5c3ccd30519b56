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

/// Fills file and line of kernels that `code` defines; `firstLine`: the line of `file` that the code begins at.
void addPlaces(NodeLinks& links, std::string_view code, const std::string& file, int firstLine = 1);

/// Kernels of generated code, by the comments above them; sources are the names that the comments give.
std::vector<KernelCall> kernelsOfCode(std::string_view code);

} // namespace fxscope::io
