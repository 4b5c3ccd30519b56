// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

namespace fxscope {

/// Discrete Fourier transforms of one length: X_k = sum of x_j e^(-2 pi i j k / n), + in the exponent backwards, not
/// scaled. Cooley and Tukey's algorithm over the prime factors of n; large prime lengths by Bluestein's convolution of
/// a power of two.
class Fourier {
public:
    Fourier(int64_t length, bool forward);
    /// `row` has `length` elements.
    void transform(std::vector<std::complex<double>>& row) const;

private:
    using Row = std::vector<std::complex<double>>;
    void byFactors(Row& row) const;
    void byConvolution(Row& row) const;

    int64_t m_length;
    bool m_forward;
    std::vector<int64_t> m_factors; ///< prime, smallest first
    Row m_roots;                    ///< e^(-+2 pi i j / n)
};

} // namespace fxscope
