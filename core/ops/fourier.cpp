// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/fourier.h"

#include <cmath>
#include <numbers>

namespace fxscope {
namespace {

using Complex = std::complex<double>;

/// From here on a prime factor costs more than three transforms of a power of two.
constexpr int64_t kLargePrime = 128;

std::vector<int64_t> primeFactors(int64_t n) {
    std::vector<int64_t> factors;
    for (int64_t p = 2; p * p <= n; ++p)
        for (; n % p == 0; n /= p)
            factors.push_back(p);
    if (n > 1)
        factors.push_back(n);
    return factors;
}

Complex rootOfUnity(int64_t k, int64_t n, bool forward) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
    return std::polar(1.0, forward ? -angle : angle);
}

} // namespace

Fourier::Fourier(int64_t length, bool forward)
    : m_length(length), m_forward(forward), m_factors(primeFactors(length)), m_roots(static_cast<size_t>(length)) {
    for (int64_t k = 0; k < length; ++k)
        m_roots[static_cast<size_t>(k)] = rootOfUnity(k, length, forward);
}

void Fourier::transform(Row& row) const {
    if (m_length < 2)
        return;
    if (m_factors.back() >= kLargePrime)
        byConvolution(row);
    else
        byFactors(row);
}

// Before stage s, row[a * m + r] (m = n / product of the factors so far) holds element r of the a-th of `done`
// interleaved subsequences; a stage joins p of them into one that is p times as long. The result of the last stage is
// in order because each stage writes its outputs `done` apart (Stockham's arrangement).
void Fourier::byFactors(Row& row) const {
    const size_t n = row.size();
    Row next(n);
    size_t done = 1; // length of the transforms that are finished
    for (const int64_t factor : m_factors) {
        const auto p = static_cast<size_t>(factor);
        const size_t rest = n / (done * p);
        for (size_t r = 0; r < rest; ++r)
            for (size_t k = 0; k < done; ++k)
                for (size_t q = 0; q < p; ++q) {
                    Complex sum = 0;
                    const size_t out = k + q * done; // of a transform of length done * p
                    for (size_t j = 0; j < p; ++j)
                        sum += row[(j * rest + r) * done + k] * m_roots[j * out % (done * p) * rest];
                    next[r * done * p + out] = sum;
                }
        row.swap(next);
        done *= p;
    }
}

// jk = (j^2 + k^2 - (k - j)^2) / 2 makes the transform a convolution with the chirp e^(i pi j^2 / n).
void Fourier::byConvolution(Row& row) const {
    const int64_t n = m_length;
    int64_t padded = 1;
    while (padded < 2 * n - 1)
        padded *= 2;
    Row chirp(static_cast<size_t>(n)), a(static_cast<size_t>(padded)), b(static_cast<size_t>(padded));
    for (int64_t k = 0; k < n; ++k) {
        const auto at = static_cast<size_t>(k);
        chirp[at] = rootOfUnity(static_cast<int64_t>(static_cast<unsigned __int128>(k) * static_cast<uint64_t>(k) %
                                                     static_cast<uint64_t>(2 * n)),
                                2 * n, m_forward);
        a[at] = row[at] * chirp[at];
        b[at] = std::conj(chirp[at]);
        if (k > 0)
            b[static_cast<size_t>(padded - k)] = b[at];
    }
    const Fourier there(padded, true), back(padded, false);
    there.transform(a);
    there.transform(b);
    for (size_t i = 0; i < a.size(); ++i)
        a[i] *= b[i] / static_cast<double>(padded);
    back.transform(a);
    for (size_t k = 0; k < row.size(); ++k)
        row[k] = a[k] * chirp[k];
}

} // namespace fxscope
