// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace fxscope::io {

/// A storage over bytes of a file: a view that keeps `owner` alive where that is possible, else a copy (no owner, or an
/// address that elements of this size must not have).
Result<std::shared_ptr<Storage>> storageOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                           size_t elementSize);
/// Copies tensors that begin where elements of their type must not; those that shared a storage share the copy.
class TensorAligner {
public:
    /// `tensor` itself where it may stay. Error: no memory.
    Result<Tensor> aligned(const Tensor& tensor);

private:
    std::map<const Storage*, std::shared_ptr<Storage>> m_copies;
    std::vector<std::shared_ptr<Storage>> m_kept; ///< what was copied, so that no other storage gets its address
};

/// A row-major tensor of exactly these bytes.
Result<Tensor> tensorOf(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, DType dtype, Sizes sizes);

} // namespace fxscope::io
