// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"
#include "core/support/file.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fxscope::io {

/// The content of one file (or text at hand) while it is read.
struct Source {
    std::string where; ///< path, for diagnostics
    std::string_view content;
    std::shared_ptr<const void> owner; ///< keeps `content` alive; null for text at hand: then tensors are copied
    Cancel cancel;
    std::shared_ptr<const MappedFile> file = nullptr; ///< null: `content` is no file's mapping

    std::span<const std::byte> bytes() const {
        return {reinterpret_cast<const std::byte*>(content.data()), content.size()};
    }
};

inline Diagnostic cancelled(const Source& source) { return {"reading was cancelled", source.where, ""}; }
inline std::string atLine(const std::string& where, int line) { return where + ":" + std::to_string(line); }

} // namespace fxscope::io
