// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

#include <optional>

namespace fxscope {

/// torch.promote_types. Mixing uint16/32/64 with other integers is refused by PyTorch; here the signed type that holds
/// both is taken (int64 at most).
DType promoteTypes(DType a, DType b);

/// torch.result_type: tensors with dimensions outrank 0-dim tensors, these outrank Python numbers; a lower rank only
/// decides if its category (bool, int, float, complex) is higher.
class ResultType {
public:
    void add(const MetaArg& arg); ///< None and other non-numbers say nothing
    void add(const TensorMeta& tensor) { join(tensor.sizes.empty() ? m_zeroDim : m_tensors, tensor.dtype); }
    DType dtype() const; ///< Float32 if nothing was added

private:
    static void join(std::optional<DType>& into, DType dtype) { into = into ? promoteTypes(*into, dtype) : dtype; }
    std::optional<DType> m_tensors, m_zeroDim, m_numbers;
};
DType resultType(std::span<const MetaArg> args);

/// What true division and unary float functions yield for this input: float32 for integers and bool, else itself.
inline DType floatFor(DType dtype) { return isIntegral(dtype, true) ? DType::Float32 : dtype; }
/// The real type of a complex one; itself otherwise.
DType realOf(DType dtype);

} // namespace fxscope
