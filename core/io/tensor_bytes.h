// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <memory>
#include <span>

namespace fxscope::io {

/// A storage over bytes of a file: a view that keeps `owner` alive where that is possible, else a copy (no owner, or an
/// address that elements of this size must not have).
Result<std::shared_ptr<Storage>> storageOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                           size_t elementSize);
/// A row-major tensor of exactly these bytes.
Result<Tensor> tensorOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, DType dtype, Sizes sizes);

} // namespace fxscope::io
