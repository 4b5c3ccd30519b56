// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fxscope::io {

/// What a file may ask of us before we call it broken; ten times and more above the largest real file seen.
struct Limits {
    int nesting = 256;                           ///< brackets, JSON, child graphs
    size_t line = size_t{16} << 20;              ///< bytes
    size_t nodes = 2'000'000;                    ///< per file
    size_t arguments = 100'000;                  ///< per node, and items of one list among them
    size_t zipEntries = 100'000;                 ///< per archive
    size_t zipName = 1'024;                      ///< bytes
    uint64_t inflated = uint64_t{2} << 30;       ///< bytes of compressed entries, unpacked; of a gzip file
    uint64_t tensorHeader = uint64_t{100} << 20; ///< bytes, safetensors
};

/// The limits of this process. Set them before anything is read: they are not locked.
const Limits& limits();
void setLimits(const Limits& limits);
/// What to do about a file that asks for more than the limit `name` allows.
std::string raiseLimit(std::string_view name);
/// "nodes=5000000,inflated=8589934592" over the limits there are. Error: no such limit, or no number above 0.
Result<Limits> parseLimits(std::string_view text);

} // namespace fxscope::io
