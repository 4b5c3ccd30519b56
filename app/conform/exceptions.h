// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/recorded_call.h"
#include "core/compare/compare.h"

#include <optional>
#include <span>
#include <string_view>

namespace fxscope::conform {

/// Where a recorded result is not compared to PyTorch's tolerances, and why.
struct Exception {
    std::string_view operators; ///< "aten.sort, aten.topk"
    std::string_view instead;   ///< what is asked of them
    std::string_view reason;
    bool skips = false; ///< such calls are not compared at all
};
/// All of them; the functions below are what they do.
std::span<const Exception> exceptions();

/// What `empty` and its kin hold is not defined.
bool isUninitialised(std::string_view op);

/// Another tolerance than the dtype's, if there is one. `distance`: how far PyTorch's own results on the device were
/// from the recorded ones.
std::optional<Tolerance> toleranceFor(std::string_view op, const Tensor& wanted, double distance);

/// Does the operator name places of elements, of which equal ones may be exchanged?
bool namesPlacesOfEqualElements(std::string_view op);
/// Are the elements of `x` at `places` along `dim` these values, and no place named twice?
bool picksRecordedValues(const Tensor& x, int64_t dim, const Tensor& places, const Tensor& values, Backend& backend);

/// Has a call of as_strided a result that came from outside of the recorded tensor?
bool readsUnrecordedMemory(const OpDef& op, const Json& record, const RecordedCall& of);

} // namespace fxscope::conform
