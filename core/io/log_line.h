// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string_view>

namespace fxscope::io {

/// A line of PyTorch's loggers: "V1122 18:40:42.634000 415 torch/_dynamo/utils.py:2126] message", on consoles with
/// "[rank0]:" before it.
struct LogLine {
    std::string_view rank;    ///< "0"; empty: no prefix
    std::string_view process; ///< "415"
    std::string_view message; ///< behind "] "
};
std::optional<LogLine> parseLogLine(std::string_view line);

/// `line` without "[rank0]: " at its start.
std::string_view withoutRank(std::string_view line, std::string_view& rank);

} // namespace fxscope::io
