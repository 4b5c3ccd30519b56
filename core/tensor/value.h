// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <complex>
#include <concepts>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace fxscope {

struct Value;
using ValueList = std::vector<Value>;

/// What a node yields, and what an operator takes, while a graph runs.
struct Value {
    using Variant = std::variant<std::monostate, Tensor, bool, int64_t, double, std::complex<double>, std::string,
                                 DType, Device, Layout, MemoryFormat, ValueList>;
    Variant v;

    Value() = default;
    template <class T>
    requires std::constructible_from<Variant, T&&> &&(!std::same_as<std::remove_cvref_t<T>, Value>)Value(T&& value)
        : v(std::forward<T>(value)) {}

    bool isNone() const { return v.index() == 0; }
    bool isTensor() const { return std::holds_alternative<Tensor>(v); }
    bool isList() const { return std::holds_alternative<ValueList>(v); }
    bool isNumber() const {
        return std::holds_alternative<bool>(v) || std::holds_alternative<int64_t>(v) ||
               std::holds_alternative<double>(v);
    }
    const Tensor& tensor() const { return std::get<Tensor>(v); }
    Tensor& tensor() { return std::get<Tensor>(v); }
    const ValueList& list() const { return std::get<ValueList>(v); }
    bool boolean() const { return std::get<bool>(v); }
    /// bool, int or integral double as int64; double of any number. Only if isNumber().
    int64_t toInt() const;
    double toDouble() const;
    const std::string& string() const { return std::get<std::string>(v); }
    /// "f32[4, 8]", "3", "[f32[2], None]": for messages.
    std::string str() const;
};

/// Every tensor in `value`, in order, nested lists included.
void forEachTensor(const Value& value, const std::function<void(const Tensor&)>& visit);

} // namespace fxscope
