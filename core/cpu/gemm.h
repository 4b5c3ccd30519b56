// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <algorithm>

namespace fxscope {

/// A matrix in memory as BLAS wants it: rows or columns of unit step. `data` is null where the tensor is neither.
template <class T> struct GemmOperand {
    const T* data = nullptr;
    int64_t leading = 1;     ///< step from one row (or column) to the next
    bool transposed = false; ///< columns have unit step

    static GemmOperand of(const T* data, int64_t rows, int64_t columns, int64_t rowStep, int64_t columnStep) {
        if (columnStep == 1 || columns == 1)
            return {data, rows == 1 ? std::max<int64_t>(columns, 1) : rowStep, false};
        if (rowStep == 1 || rows == 1)
            return {data, columns == 1 ? std::max<int64_t>(rows, 1) : columnStep, true};
        return {};
    }
};

/// How many products of this many terms are worth a thread.
inline int64_t gemmGrain(int64_t terms) { return std::max<int64_t>(1, (1 << 20) / std::max<int64_t>(1, terms)); }

/// C (row-major, `rows` x `columns`) = alpha * A B + beta * C; with beta == 0 C is not read. Multi-threaded over blocks
/// that do not depend on the number of threads.
void gemm(int64_t rows, int64_t columns, int64_t inner, float alpha, GemmOperand<float> a, GemmOperand<float> b,
          float beta, float* c);
void gemm(int64_t rows, int64_t columns, int64_t inner, double alpha, GemmOperand<double> a, GemmOperand<double> b,
          double beta, double* c);

} // namespace fxscope
