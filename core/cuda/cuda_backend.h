// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"

namespace fxscope {

/// NVIDIA cards. The object stands for cuda:0 and hands out those of the other cards (Backend::at); it is there on
/// machines without a card too and says why it is not available. Calls that no kernel of the device takes run on the
/// host, with the values copied there and back: remarks() names them.
Backend& cudaBackend();

} // namespace fxscope
