// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"
#include "core/io/trace_index.h"

namespace fxscope::io {

/// Adds the timeline of these records to a capture, graphs to be read later. `source` owns what the records view.
void addTimeline(const Source& source, const TraceIndex& index, Capture& capture);

} // namespace fxscope::io
