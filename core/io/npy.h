// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <memory>
#include <span>
#include <string>

namespace fxscope::io {

bool isNpy(std::span<const std::byte> bytes);
/// One .npy array; Fortran order becomes strides, big-endian numbers are swapped into a copy. Errors: objects, records
/// and element types that torch lacks, data shorter than the shape.
Result<Tensor> readNpy(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& where);
/// Version 1.0, row-major. Error: an element type that numpy lacks, such as bfloat16.
Result<std::string> npyBytes(const Tensor& tensor, const std::string& where);

} // namespace fxscope::io
