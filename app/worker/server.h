// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace fxscope::worker {

/// Serves one client over two file descriptors until it says quit or its end closes; see protocol.h. Returns the exit
/// code. Nothing else may write to `out` meanwhile.
int serve(int in, int out);

} // namespace fxscope::worker
