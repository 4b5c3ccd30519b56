// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/value_meta.h"

namespace fxscope {
namespace {

std::string bracketed(const SymSizes& sizes) {
    std::string text = "[";
    for (size_t i = 0; i < sizes.size(); ++i)
        text += (i ? ", " : "") + sizes[i].str();
    return text + "]";
}

template <class T> bool samePointee(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
    return a == b || (a && b && *a == *b);
}

} // namespace

SymSizes contiguousStrides(const SymSizes& sizes) {
    SymSizes strides(sizes.size());
    SymInt step = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
        strides[i] = step;
        step = step * (sizes[i].isConstant() && sizes[i].constant() < 1 ? SymInt(1) : sizes[i]);
    }
    return strides;
}

ValueMeta ValueMeta::tensor(TensorMeta meta) {
    ValueMeta result = withKind(Kind::Tensor);
    result.m_tensor = std::make_shared<const TensorMeta>(std::move(meta));
    return result;
}
ValueMeta ValueMeta::symInt(fxscope::SymInt value) {
    ValueMeta result = withKind(Kind::SymInt);
    result.m_symInt = std::make_shared<const fxscope::SymInt>(std::move(value));
    return result;
}
ValueMeta ValueMeta::symFloat(std::string expression) {
    ValueMeta result = withKind(Kind::SymFloat);
    result.m_expression = std::make_shared<const std::string>(std::move(expression));
    return result;
}
ValueMeta ValueMeta::symBool(std::string expression) {
    ValueMeta result = withKind(Kind::SymBool);
    result.m_expression = std::make_shared<const std::string>(std::move(expression));
    return result;
}
ValueMeta ValueMeta::list(std::vector<ValueMeta> items) {
    ValueMeta result = withKind(Kind::List);
    result.m_items = std::make_shared<const std::vector<ValueMeta>>(std::move(items));
    return result;
}

std::string ValueMeta::str(bool withStridesAndDevice) const {
    switch (m_kind) {
    case Kind::Tensor: {
        std::string text = std::string(info(m_tensor->dtype).readable) + bracketed(m_tensor->sizes);
        if (withStridesAndDevice && m_tensor->strides)
            text += bracketed(*m_tensor->strides);
        if (withStridesAndDevice && m_tensor->device)
            text += m_tensor->device->str();
        return text;
    }
    case Kind::SymInt: return "Sym(" + m_symInt->str() + ")";
    case Kind::SymFloat:
    case Kind::SymBool: return "Sym(" + *m_expression + ")";
    default: return "";
    }
}

bool operator==(const ValueMeta& a, const ValueMeta& b) {
    return a.m_kind == b.m_kind && samePointee(a.m_tensor, b.m_tensor) && samePointee(a.m_symInt, b.m_symInt) &&
           samePointee(a.m_expression, b.m_expression) && samePointee(a.m_items, b.m_items);
}

} // namespace fxscope
