// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Shared with device code: see core/ops/cast.h.

#include "core/ops/cast.h"

namespace fxscope {

/// A number of a half type that is rounded to it after every operation, as PyTorch's vector code computes where it does
/// not widen to float.
template <class T> class EachRounded {
public:
    FX_HD EachRounded(double value = 0) : m_value(T(static_cast<float>(value))) {}
    FX_HD explicit operator float() const { return m_value; }
    FX_HD explicit operator double() const { return m_value; }
    FX_HD explicit operator T() const { return T(m_value); }

    FX_HD friend EachRounded operator+(EachRounded a, EachRounded b) { return a.m_value + b.m_value; }
    FX_HD friend EachRounded operator-(EachRounded a, EachRounded b) { return a.m_value - b.m_value; }
    FX_HD friend EachRounded operator*(EachRounded a, EachRounded b) { return a.m_value * b.m_value; }
    FX_HD friend EachRounded operator/(EachRounded a, EachRounded b) { return a.m_value / b.m_value; }
    FX_HD friend bool operator<(EachRounded a, EachRounded b) { return a.m_value < b.m_value; }
    FX_HD friend bool operator>(EachRounded a, EachRounded b) { return a.m_value > b.m_value; }

private:
    float m_value; ///< exactly a T
};

/// What to compute in so that half types are rounded after every operation.
template <class T> using Stepwise = std::conditional_t<kIsReducedFloat<T>, EachRounded<T>, T>;

} // namespace fxscope
