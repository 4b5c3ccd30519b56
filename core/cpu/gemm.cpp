// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/gemm.h"

#include "core/cpu/parallel.h"
#include "core/cpu/vector.h"

#include <dnnl.h>

namespace fxscope {
namespace {

constexpr int64_t kRowBlock = 64, kColumnBlock = 384;

int64_t blocks(int64_t size, int64_t block) { return (size + block - 1) / block; }

template <class T> const T* skip(const GemmOperand<T>& m, int64_t rows, int64_t columns) {
    return m.data + (m.transposed ? rows + columns * m.leading : rows * m.leading + columns);
}

/// One row of C in double: plain loops that vectorise over columns.
FX_VECTOR void rowTimesMatrix(int64_t columns, int64_t inner, double alpha, const double* a, int64_t aStep,
                              const double* b, int64_t bRow, int64_t bColumn, double* c) {
    for (int64_t k = 0; k < inner; ++k) {
        const double factor = alpha * a[k * aStep];
        const double* row = b + k * bRow;
        if (bColumn == 1)
            for (int64_t j = 0; j < columns; ++j)
                c[j] += factor * row[j];
        else
            for (int64_t j = 0; j < columns; ++j)
                c[j] += factor * row[j * bColumn];
    }
}

} // namespace

void gemm(int64_t rows, int64_t columns, int64_t inner, float alpha, GemmOperand<float> a, GemmOperand<float> b,
          float beta, float* c) {
    const int64_t across = blocks(columns, kColumnBlock), count = blocks(rows, kRowBlock) * across;
    const int64_t terms = std::min(rows, kRowBlock) * std::min(columns, kColumnBlock) * inner;
    parallelFor(count, gemmGrain(terms), [&](int64_t begin, int64_t end) {
        const SingleThread alone; // oneDNN would cut the work by the number of threads, and round differently
        for (int64_t block = begin; block < end; ++block) {
            const int64_t i = block / across * kRowBlock, j = block % across * kColumnBlock;
            const int64_t m = std::min(kRowBlock, rows - i), n = std::min(kColumnBlock, columns - j);
            dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, inner, alpha, skip(a, i, 0), a.leading,
                       skip(b, 0, j), b.leading, beta, c + i * columns + j, columns);
        }
    });
}

void gemm(int64_t rows, int64_t columns, int64_t inner, double alpha, GemmOperand<double> a, GemmOperand<double> b,
          double beta, double* c) {
    parallelFor(rows, gemmGrain(columns * inner), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            double* row = c + i * columns;
            for (int64_t j = 0; j < columns; ++j)
                row[j] = beta == 0 ? 0 : beta * row[j];
            rowTimesMatrix(columns, inner, alpha, skip(a, i, 0), a.transposed ? a.leading : 1, b.data,
                           b.transposed ? 1 : b.leading, b.transposed ? b.leading : 1, row);
        }
    });
}

} // namespace fxscope
