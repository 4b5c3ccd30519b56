// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fxscope::io {

/// The JSON of a program of torch.export without what most of it is.
///
/// Note [Metadata in pieces]
/// Stack traces and the like are three quarters of a program's JSON, and what is said of tensors is half of the rest;
/// most nodes repeat what their neighbours say. Read with the rest it would need several times its size at once. So
/// these values are cut out by looking at quotes and brackets alone, each one's index stands in its place, and texts
/// that occur again are read once.
struct ProgramCut {
    std::vector<std::string_view> metadata; ///< of nodes of the outermost graph, as it stands in the text
    std::vector<std::string_view> tensors;  ///< that graph's tensor_values
    std::string rest;
};
/// Nothing if there is no graph_module.graph, or no JSON: then the whole text must be read to say what is wrong with
/// it.
std::optional<ProgramCut> cutProgram(std::string_view json);

/// The members of an object, both as they stand; false if it is none. Strings keep their quotes and escapes.
bool jsonMembers(std::string_view object, std::vector<std::pair<std::string_view, std::string_view>>& members);

} // namespace fxscope::io
