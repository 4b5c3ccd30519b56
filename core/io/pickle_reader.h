// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"
#include "core/tensor/value.h"

#include <functional>
#include <span>

namespace fxscope::io {

/// Gives the storage that a pickle names: its key in the archive, element type and element count.
using StorageLoader = std::function<Result<std::shared_ptr<Storage>>(std::string_view key, DType dtype)>;

/// Reads the few things that torch.save writes for tensors in tuples, lists and dicts. It is no unpickler: nothing is
/// imported or called, and every opcode and name beyond those is an error. Containers come as lists; of a dict the
/// values, in order.
Result<Value> readPickle(std::span<const std::byte> bytes, const StorageLoader& storages, const std::string& where);

} // namespace fxscope::io
