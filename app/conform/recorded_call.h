// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/records.h"
#include "core/exec/evaluate.h"
#include "core/io/capture.h"

#include <string>
#include <vector>

namespace fxscope::conform {

/// One recorded call: the tensors of the file by number, and the case in JSON.
struct RecordedCall {
    std::string where; ///< "aten.relu.default, case 3"
    std::string prefix;
    const TensorMap& tensors;
    std::vector<Value> values; ///< by tensor number, those read so far
};

/// The tensor that a record describes, laid out as it was. Error: it is not in the file, or is not as described.
Result<Tensor> tensorOf(const Json& json, const RecordedCall& of);
/// The arguments of a record in schema order, its tensors by number in `of.values`.
Result<std::vector<Value>> boundValues(const Schema& schema, const Json& record, RecordedCall& of);

} // namespace fxscope::conform
