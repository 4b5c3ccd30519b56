// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace fxscope::io {

/// Operators of Python that FX prints with their sign. `name` is the function of module operator.
struct PythonOperator {
    std::string_view sign, name;
};
const PythonOperator* unaryOperator(std::string_view name);    ///< "neg" -> "-"
const PythonOperator* binaryOperator(std::string_view name);   ///< "add" -> "+"
const PythonOperator* inplaceOperator(std::string_view name);  ///< "iadd" -> "+="
const PythonOperator* unaryOperatorAt(std::string_view text);  ///< whose sign `text` begins with
const PythonOperator* binaryOperatorAt(std::string_view text); ///< the longest such
const PythonOperator* inplaceOperatorAt(std::string_view text);

/// The canonical target of a function as readable text calls it: "len" -> "builtins.len", "_operator_not_" ->
/// "operator.not_", "math_trunc" -> "math.trunc", "torch_Tensor_add_" -> "torch.Tensor.add_"; all else stays.
std::string canonicalFunction(std::string_view written);
/// The other way. Dots and odd characters of a user's function become "_".
std::string writtenFunction(std::string_view canonical);

} // namespace fxscope::io
