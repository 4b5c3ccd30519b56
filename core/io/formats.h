// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/source.h"

namespace fxscope::io {

/// One form of file, a line of all_formats.def.
struct Format {
    std::string_view name, description;
    bool (*recognise)(const Source&);
    Result<Capture> (*open)(const Source&);
};
std::span<const Format> formats();

#define FORMAT(id, name, description)                                                                                  \
    namespace id {                                                                                                     \
    bool recognise(const Source& source);                                                                              \
    Result<Capture> open(const Source& source);                                                                        \
    }
#include "core/io/all_formats.def"
#undef FORMAT

} // namespace fxscope::io
