// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/source.h"

namespace fxscope::io {

bool looksLikeGzip(std::string_view bytes);
/// The unpacked content; several members in a row are one. A stream that ends early gives what there is, and a warning.
/// Errors: not gzip, damaged, more than Limits::inflated.
Result<std::shared_ptr<const std::string>> gunzip(const Source& source, Diagnostics& notes);

} // namespace fxscope::io
