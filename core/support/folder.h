// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace fxscope {

/// The files below a folder, in order of their names; those that may not be read are left out.
std::vector<std::string> filesBelow(const std::string& folder);

} // namespace fxscope
