// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace fxscope::cli {

/// Where the window's program must be: beside this one.
std::string guiProgram();
/// Becomes the window's program with these arguments; returns an exit code, said on stderr, only if that fails.
int startGui(const std::vector<std::string>& arguments);

} // namespace fxscope::cli
