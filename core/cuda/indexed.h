// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/elements.h"

namespace fxscope::cuda {

/// What of a tensor index tensors choose, for every place of a loop: the element at
///     sum over d of place[d] * strides[d] + sum over indices of entry(place) * stride
/// in elements from the first of `base`.
struct Addressing {
    enum class Entries {
        Wrapped, ///< checked; negative ones count from the end
        Within,  ///< checked: in [0, size)
        Trusted, ///< wrapped, not checked: what lies outside is the caller's fault
    };
    struct Index {
        Tensor entries; ///< int64 or int32, of the places' sizes
        int64_t size, stride;
    };
    Tensor base;
    Sizes strides; ///< of `base` over the places: 0 where an index tensor decides
    std::vector<Index> indices;
    Entries check = Entries::Wrapped;
    std::optional<int64_t> skipped = {}; ///< places with this entry are left out, which is no fault
};

/// out[place] = base[...]. An entry out of range is a fault and gives 0.
Result<Done> take(CudaDevice& device, const Addressing& from, const Tensor& out);
/// base[...] = source[place]; of several values for one element any may stay. A place with a fault is left out.
Result<Done> put(CudaDevice& device, const Addressing& to, const Tensor& source);
/// base[...] += factor * source[place], in the base's dtype, in any order.
Result<Done> add(CudaDevice& device, const Addressing& to, const Tensor& source, std::optional<Number> factor = {});

/// The kernel behind them, for bodies of other kinds. In its body `o` counts elements from r0, the first of `base`, and
/// `ok` says that no entry was out of range. `other` is out0 if it is `written`, else in0; its dtype stays. Callers may
/// append `raw` tensors and `integers`; numbers start at n0.
Result<Elements> addressed(const Addressing& addressing, const Tensor& other, bool written);

// --- the kernels of the three, for tests, which have no device; places must not be none
Result<Elements> takeKernel(const Addressing& from, const Tensor& out);
Result<Elements> putKernel(const Addressing& to, const Tensor& source);
Result<Elements> addKernel(const Addressing& to, const Tensor& source, std::optional<Number> factor = {});

/// `x` seen with a type of as many bytes that is only moved: fewer kernels to compile.
Result<Tensor> asUnits(const Tensor& x);
/// `index` (of one dimension or none) along dimension `dim` of places with these sizes.
Result<Tensor> spreadAlong(const Tensor& index, size_t dim, const Sizes& sizes);
/// A tensor of these sizes that has one element for all: `value`, a number or a tensor of one element.
Result<Tensor> repeated(CudaDevice& device, const Value& value, DType dtype, const Sizes& sizes);
/// A copy of `x`, row-major.
Result<Tensor> copied(CudaDevice& device, const Tensor& x);

} // namespace fxscope::cuda
