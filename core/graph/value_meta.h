// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/dtype.h"
#include "core/graph/sym_int.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fxscope {

using SymSizes = std::vector<SymInt>;

/// What is known of a tensor before it is computed. Sizes and strides in elements; they may be symbolic.
struct TensorMeta {
    DType dtype = DType::Float32;
    SymSizes sizes;
    std::optional<SymSizes> strides; ///< absent where the form does not carry them
    std::optional<Device> device;    ///< absent where the form does not carry it
    SymInt storageOffset = 0;
    bool requiresGrad = false;
    Layout layout = Layout::Strided;

    bool operator==(const TensorMeta&) const = default;
};

/// Strides of a row-major tensor of these sizes.
SymSizes contiguousStrides(const SymSizes& sizes);

/// What a node yields: nothing known, a tensor, a symbolic number, or a list of such. FX's meta["val"].
class ValueMeta {
public:
    enum class Kind : uint8_t { Unknown, None, Tensor, SymInt, SymFloat, SymBool, List };

    ValueMeta() = default;
    static ValueMeta none() { return withKind(Kind::None); }
    static ValueMeta tensor(TensorMeta meta);
    static ValueMeta symInt(SymInt value);
    static ValueMeta symFloat(std::string expression);
    static ValueMeta symBool(std::string expression);
    static ValueMeta list(std::vector<ValueMeta> items);

    Kind kind() const { return m_kind; }
    bool isKnown() const { return m_kind != Kind::Unknown; }
    bool isTensor() const { return m_kind == Kind::Tensor; }
    const TensorMeta& tensor() const { return *m_tensor; }
    const fxscope::SymInt& symInt() const { return *m_symInt; }
    const std::string& expression() const { return *m_expression; } ///< of a SymFloat or SymBool
    const std::vector<ValueMeta>& items() const { return *m_items; }

    /// "f32[4, 8]", with strides and device "f32[4, 8][8, 1]cuda:0", "Sym(s57)"; "" if unknown, None or a list.
    std::string str(bool withStridesAndDevice = false) const;
    friend bool operator==(const ValueMeta& a, const ValueMeta& b);

private:
    static ValueMeta withKind(Kind kind) {
        ValueMeta meta;
        meta.m_kind = kind;
        return meta;
    }
    Kind m_kind = Kind::Unknown;
    std::shared_ptr<const TensorMeta> m_tensor;
    std::shared_ptr<const fxscope::SymInt> m_symInt;
    std::shared_ptr<const std::string> m_expression;
    std::shared_ptr<const std::vector<ValueMeta>> m_items;
};

} // namespace fxscope
