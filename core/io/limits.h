// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

namespace fxscope::io {

// What a file may ask of us before we call it broken; ten times and more above the largest real file seen.
inline constexpr int kMaxNesting = 256;                           ///< brackets, JSON, child graphs
inline constexpr size_t kMaxLine = size_t{16} << 20;              ///< bytes
inline constexpr size_t kMaxNodes = 2'000'000;                    ///< per file
inline constexpr size_t kMaxArguments = 100'000;                  ///< per node
inline constexpr size_t kMaxZipEntries = 100'000;                 ///< per archive
inline constexpr size_t kMaxZipName = 1'024;                      ///< bytes
inline constexpr uint64_t kMaxInflated = uint64_t{2} << 30;       ///< bytes of compressed entries, unpacked
inline constexpr uint64_t kMaxTensorHeader = uint64_t{100} << 20; ///< safetensors

} // namespace fxscope::io
