// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"

namespace fxscope::cuda {

/// out = alpha * a b + beta * added for stacks of matrices, [batch, rows, inner] and [batch, inner, columns] of any
/// strides. `added` is of `out`'s dtype and broadcasts to it; with beta 0 it is not read. `out` may be wider than a and
/// b (float32 of half types); sums are kept in float or wider and rounded once.
struct Product {
    Tensor a, b;
    std::optional<Tensor> added;
    Value alpha = Value(int64_t(1)), beta = Value(int64_t(1));
    Tensor out; ///< written; no element twice
};

/// By cuBLASLt where there is one and the dtypes are its own, else by a kernel of ours (integers, complex numbers).
Result<Done> multiply(CudaDevice& device, const Product& product);

/// Whether it was done: not for dtypes, sizes or layouts that cuBLASLt does not take, and not without it.
Result<bool> multiplyByLibrary(CudaDevice& device, const Product& product);
/// By our own kernel: any dtype but bool.
Result<Done> multiplyByTiles(CudaDevice& device, const Product& product);
/// The source of that kernel, for tests.
std::string tilesSource(DType operands, DType out, bool adds);

/// Whether products of this dtype are computed: all but bool and what device code has no type for.
bool multiplies(DType dtype);

/// A matrix as a stack of one, a stack as it is. Error: another rank.
Result<Tensor> asStack(const Tensor& x);
/// The last two dimensions exchanged.
Result<Tensor> turned(const Tensor& x);

} // namespace fxscope::cuda
