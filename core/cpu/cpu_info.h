// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace fxscope {

/// "AMD EPYC 9B14, 2 threads"
std::string cpuName();
/// What `doctor` says of this machine's CPU: model, cores and threads in use, instruction sets, oneDNN's version.
std::vector<std::string> describeCpu();

} // namespace fxscope
