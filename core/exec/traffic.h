// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"

#include <optional>

namespace fxscope {

/// The bytes that a call must move, however it is done: every input element that the result depends on read once (an
/// expanded dimension counts once, of a gathered tensor the elements taken), every element of the result written once.
/// Views, results that are an argument as it was, and operators that look at shapes alone move nothing. Indices are
/// counted as if they were distinct, masks as if they chose nothing. Rules that differ by operator: traffic.def.
uint64_t bytesMoved(const OpDef& op, std::span<const Value> args, const Value& result);
/// The same of calls that run as one: the values between them stay where they are made. `results`: the kept ones.
uint64_t bytesMoved(std::span<const FusedCall> calls, std::span<const Value> results);

/// What the memory of a device does when large arrays are copied in it.
struct CopyBandwidth {
    std::string device;        ///< Backend::deviceName
    double bytesPerSecond = 0; ///< read and written together
};
/// Measured by the first call in this process, which takes a part of a second. Error: the backend cannot measure it, or
/// has not the memory. Thread safe; nothing else should run on the device meanwhile.
Result<CopyBandwidth> copyBandwidth(Backend& backend);

/// How near to the memory's limit a call came.
struct MemorySpeed {
    double bytesPerSecond = 0;
    std::chrono::nanoseconds floor{}; ///< what the bytes take when they move as in a copy
    double share = 0;                 ///< floor / time; above 1 where caches held the data
};
/// Nothing where no bytes move, or no time or copy was measured.
std::optional<MemorySpeed> memorySpeed(uint64_t bytes, std::chrono::nanoseconds took, const CopyBandwidth& copy);

} // namespace fxscope
