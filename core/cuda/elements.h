// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_device.h"

#include <array>

namespace fxscope::cuda {

/// A number as device code takes it: the bytes of one element of its dtype.
struct Number {
    DType dtype = DType::Float64;
    std::array<std::byte, 16> bytes{};
};
/// Error: no number.
Result<Number> numberOf(const Value& value, DType dtype);

/// A kernel that computes each element of its outputs on its own. Its body is C++ that is compiled when it first runs
/// (once per body, dtypes and kind of layout, not per size). The body sees
///   in0, in1 ...   the elements of `inputs` at this place, of type I0, I1 ...
///   out0, out1 ... what it assigns, of type O0, O1 ...
///   r0, r1 ...     pointers to the first elements of `raw`, of type R0, R1 ... (written to where R0 is not const)
///   n0, n1 ...     `numbers`;  k0, k1 ...  `integers` (long long)
///   at[d], size[d] the place and the sizes of what is walked, if `coordinates` is set (long long)
///   FX_FAULT(code, index, bound)   says what is wrong with this node; the launch goes on
/// and everything in core/ops/formulas.h. `prologue` stands before the kernel: includes and functions.
struct Elements {
    std::vector<Tensor> outputs; ///< of the same sizes; no element twice. None: the places are those of the first input
    std::vector<Tensor> inputs;  ///< broadcast to them
    std::vector<Tensor> raw;
    std::vector<Number> numbers;
    std::vector<int64_t> integers;
    std::string body;
    std::string prologue;
    bool coordinates = false;
};

/// Does nothing where there are no places.
Result<Done> launch(CudaDevice& device, const Elements& elements);

/// The C++ type of a dtype in device code: "float", "BFloat16", "std::complex<float>". Empty: device code has none.
std::string_view deviceType(DType dtype);

// --- for tests, which have no device

/// How the places of a launch are walked: dimensions, slowest first, and the strides of each tensor over them.
struct Walk {
    std::vector<int64_t> sizes;                ///< the last one in vectors
    std::vector<std::vector<int64_t>> strides; ///< per tensor, in elements; of the last dimension per vector
    int vector = 1;                            ///< elements that one thread loads at once
    int64_t units = 0, elements = 0;           ///< threads' pieces; elements
    bool aligned = true; ///< elements of 16 bytes begin at multiples of 16: complex numbers may begin at their half
};
/// `tensors` are outputs, then inputs, all expanded to the same sizes.
Walk walkOf(const std::vector<Tensor>& tensors, size_t outputs, bool coordinates);
/// The source of the kernel.
std::string sourceOf(const Elements& elements, const Walk& walk, int unroll);

} // namespace fxscope::cuda
