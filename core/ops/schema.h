// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

namespace fxscope {

/// Reads one line of the schema table: "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor".
/// `target` overrides the one that the line's name says. Error: not a schema, with the place that does not fit.
Result<Schema> parseSchema(std::string_view line, std::string target = {});

/// Element type and count of a list type: "SymInt[2]?" is {"SymInt", 2}; {"Tensor?", 0} for "Tensor?[]"; count -1: no
/// list.
struct ListType {
    std::string_view element;
    int64_t count = -1;
};
ListType listType(std::string_view type);

/// findSchema without the signatures of operators that only fxscope knows: for readers of files, which know no
/// operators.
const Schema* findTableSchema(Target target);

/// How many operators PyTorch's own table has.
size_t schemaCount();

} // namespace fxscope
