// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/python_operators.h"

#include "core/io/words.h"

#include <algorithm>
#include <span>

namespace fxscope::io {
namespace {

constexpr PythonOperator kUnary[] = {{"-", "neg"}, {"+", "pos"}, {"~", "invert"}};
// Longer signs first, so that a search by sign finds ** before *.
constexpr PythonOperator kBinary[] = {{"**", "pow"},   {"//", "floordiv"}, {"<<", "lshift"}, {">>", "rshift"},
                                      {"==", "eq"},    {"!=", "ne"},       {"<=", "le"},     {">=", "ge"},
                                      {"+", "add"},    {"-", "sub"},       {"*", "mul"},     {"/", "truediv"},
                                      {"%", "mod"},    {"&", "and_"},      {"|", "or_"},     {"^", "xor"},
                                      {"@", "matmul"}, {"<", "lt"},        {">", "gt"},      {"/", "div"}};
constexpr PythonOperator kInplace[] = {{"**=", "ipow"},  {"//=", "ifloordiv"}, {"<<=", "ilshift"}, {">>=", "irshift"},
                                       {"+=", "iadd"},   {"-=", "isub"},       {"*=", "imul"},     {"/=", "itruediv"},
                                       {"%=", "imod"},   {"&=", "iand"},       {"|=", "ior"},      {"^=", "ixor"},
                                       {"@=", "imatmul"}};
constexpr std::string_view kBuiltins[] = {
    "abs",        "all",        "any",   "bool",   "callable", "chr",      "complex", "dict", "divmod",
    "enumerate",  "filter",     "float", "format", "getattr",  "hasattr",  "hash",    "hex",  "int",
    "isinstance", "issubclass", "iter",  "len",    "list",     "map",      "max",     "min",  "next",
    "oct",        "ord",        "pow",   "range",  "repr",     "reversed", "round",   "set",  "setattr",
    "slice",      "sorted",     "str",   "sum",    "tuple",    "type",     "zip"};
constexpr std::string_view kMath[] = {
    "acos",  "acosh", "asin",    "asinh",     "atan", "atan2", "atanh",   "ceil",     "comb",      "copysign",
    "cos",   "cosh",  "degrees", "erf",       "erfc", "exp",   "expm1",   "fabs",     "factorial", "floor",
    "fmod",  "frexp", "fsum",    "gamma",     "gcd",  "hypot", "isclose", "isfinite", "isinf",     "isnan",
    "isqrt", "lcm",   "ldexp",   "lgamma",    "log",  "log10", "log1p",   "log2",     "modf",      "perm",
    "pow",   "prod",  "radians", "remainder", "sin",  "sinh",  "sqrt",    "tan",      "tanh",      "trunc"};

const PythonOperator* byName(std::span<const PythonOperator> table, std::string_view name) {
    for (const PythonOperator& entry : table)
        if (entry.name == name)
            return &entry;
    return nullptr;
}
const PythonOperator* bySign(std::span<const PythonOperator> table, std::string_view text) {
    for (const PythonOperator& entry : table)
        if (text.starts_with(entry.sign))
            return &entry;
    return nullptr;
}
bool contains(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

const PythonOperator* unaryOperator(std::string_view name) { return byName(kUnary, name); }
const PythonOperator* binaryOperator(std::string_view name) { return byName(kBinary, name); }
const PythonOperator* inplaceOperator(std::string_view name) { return byName(kInplace, name); }
const PythonOperator* unaryOperatorAt(std::string_view text) { return bySign(kUnary, text); }
const PythonOperator* binaryOperatorAt(std::string_view text) { return bySign(kBinary, text); }
const PythonOperator* inplaceOperatorAt(std::string_view text) { return bySign(kInplace, text); }

std::string canonicalFunction(std::string_view written) {
    if (contains(kBuiltins, written))
        return "builtins." + std::string(written);
    if (written.starts_with("_operator_") || written.starts_with("_operator."))
        return "operator." + std::string(written.substr(10));
    if (written.starts_with("torch_Tensor_"))
        return "torch.Tensor." + std::string(written.substr(13));
    if (written.starts_with("math_") && contains(kMath, written.substr(5)))
        return "math." + std::string(written.substr(5));
    return std::string(written);
}

std::string writtenFunction(std::string_view canonical) {
    if (canonical.starts_with("torch.") && !canonical.starts_with("torch.Tensor."))
        return std::string(canonical);
    if (canonical.starts_with("builtins."))
        return std::string(canonical.substr(9));
    std::string text = canonical.starts_with("operator.") ? "_" + std::string(canonical) : std::string(canonical);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return !isWordChar(c); }, '_');
    return text;
}

} // namespace fxscope::io
