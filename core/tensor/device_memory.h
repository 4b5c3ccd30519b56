// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

namespace fxscope {

/// Memory of a device as the parts of core see it that only move elements: what is allocated, copied and filled with
/// their functions (allocate, copyElements, copyInto, fill ...) may lie there. One object per device, which lives for
/// ever.
class DeviceMemory {
public:
    virtual ~DeviceMemory() = default;
    virtual int index() const = 0; ///< N of cuda:N
    /// Uninitialised. Errors: no memory, sizes that are no tensor.
    virtual Result<Tensor> empty(DType dtype, Sizes sizes, Sizes strides) = 0;
    /// to = from, element by element, cast. Same sizes; any strides; one of them may lie on the host. They must not
    /// overlap. May return before it is done, but not before host memory may be freed.
    virtual Result<Done> copy(const Tensor& from, const Tensor& to) = 0;
    /// Every element of `to` becomes the one at `element` (host memory, bytesOf(to.dtype()) bytes).
    virtual Result<Done> fill(const Tensor& to, const void* element) = 0;
};

/// Where `allocate` (core/ops/args.h) puts results on this thread: null, the usual, is the host.
DeviceMemory* currentMemory();
/// Sets it for as long as the object lives.
class UseMemory {
public:
    explicit UseMemory(DeviceMemory* memory);
    ~UseMemory();
    UseMemory(const UseMemory&) = delete;
    UseMemory& operator=(const UseMemory&) = delete;

private:
    DeviceMemory* m_before;
};

} // namespace fxscope
