// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"

namespace fxscope::io {

/// A kind of folder that PyTorch or its tools write as a whole; told by the names of what lies directly in it.
struct FolderForm {
    std::string_view name;
    bool (*recognise)(const std::string& folder);
    Result<Capture> (*open)(const std::string& folder, const Cancel& cancel);
};

/// torch_compile_debug, one of its runs, or a folder of one graph in it. See formats.md, section 6.
bool isDebugFolder(const std::string& folder);
Result<Capture> openDebugFolder(const std::string& folder, const Cancel& cancel);
/// What tlparse made of a log (formats.md, 5.6).
bool isParsedLog(const std::string& folder);
Result<Capture> openParsedLog(const std::string& folder, const Cancel& cancel);
/// Logs of TORCH_TRACE, one a rank.
bool isTraceFolder(const std::string& folder);
Result<Capture> openTraceFolder(const std::string& folder, const Cancel& cancel);

} // namespace fxscope::io
