// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/cpu/stream.h"
#include "core/cpu/vector.h"
#include "core/ops/kernel_util.h"
#include "core/ops/units.h"

#include <atomic>

// gather(self, dim, index, sparse_grad) of row-major tensors that agree in the dimensions other than dim. Along the
// last dimension whole rows are vector code, after their indices were held against the bounds.

namespace fxscope::cpu {
namespace {

bool takesGather(Values args) {
    if (!args[0].isTensor() || !args[2].isTensor() || !args[1].isNumber())
        return false;
    const Tensor &x = args[0].tensor(), &index = args[2].tensor();
    const auto rank = static_cast<int64_t>(x.dim());
    const int64_t given = args[1].toInt(), dim = given < 0 ? given + rank : given;
    if (rank == 0 || dim < 0 || dim >= rank || index.dim() != x.dim() || index.dtype() != DType::Int64)
        return false;
    for (size_t d = 0; d < x.dim(); ++d)
        if (static_cast<int64_t>(d) != dim && x.size(d) != index.size(d))
            return false;
    return x.numel() > 0 && index.numel() > 0 && x.isContiguous() && index.isContiguous() && bytesOf(x.dtype()) <= 8;
}

FX_VECTOR bool allBelow(const int64_t* index, int64_t count, uint64_t size) {
    uint64_t most = 0;
    for (int64_t i = 0; i < count; ++i)
        most = std::max(most, static_cast<uint64_t>(index[i])); // negative ones are the largest
    return most < size;
}

#define FX_PICK(name, Unit)                                                                                            \
    FX_VECTOR void name(const Unit* __restrict x, const int64_t* __restrict index, int64_t count,                      \
                        Unit* __restrict out) {                                                                        \
        for (int64_t i = 0; i < count; ++i)                                                                            \
            out[i] = x[index[i]];                                                                                      \
    }
FX_PICK(pick, uint8_t)
FX_PICK(pick, uint16_t)
FX_PICK(pick, uint32_t)
FX_PICK(pick, uint64_t)
#undef FX_PICK
void pick(const Unit16*, const int64_t*, int64_t count, Unit16* out) { std::fill_n(out, count, Unit16{}); } // not taken

/// The shape of a gather: of x it is [outer, size, inner], of the index and the result [outer, rows, inner].
struct GatherShape {
    int64_t size, rows, inner;
    bool streamed;
};

/// The beginning of a row that is read soon.
template <class U> void prefetchStart(const U* row, int64_t count) {
    constexpr int64_t kLine = 64 / sizeof(U), kMost = 4096 / sizeof(U);
    for (int64_t i = 0; i < std::min(count, kMost); i += kLine)
        __builtin_prefetch(row + i);
}

/// A row of a large result: parts of it are gathered in the cache and written past it from there.
template <class U> void pickStreamed(const U* x, const int64_t* index, int64_t count, U* out) {
    constexpr int64_t kPart = 1024;
    U part[kPart];
    for (int64_t i = 0; i < count; i += kPart) {
        const int64_t size = std::min(kPart, count - i);
        pick(x, index + i, size, part);
        copyRow(reinterpret_cast<std::byte*>(out + i), reinterpret_cast<const std::byte*>(part),
                static_cast<size_t>(size) * sizeof(U), true);
    }
}

/// Rows [begin, end) of `inner` elements; or, where that is 1, of `rows`. False: an index is out of bounds.
template <class U>
bool gatherPart(const U* x, const int64_t* index, U* out, const GatherShape& shape, int64_t begin, int64_t end) {
    const auto size = static_cast<uint64_t>(shape.size);
    for (int64_t r = begin; r < end; ++r) {
        const int64_t count = shape.inner == 1 ? shape.rows : shape.inner;
        const int64_t outer = shape.inner == 1 ? r : r / shape.rows;
        const U* from = x + outer * shape.size * shape.inner;
        if (shape.inner == 1 && r + 2 < end) { // two streams at once: more than the hardware fetches by itself
            prefetchStart(index + (r + 2) * count, count);
            prefetchStart(x + (r + 2) * shape.size, shape.size);
        }
        if (!allBelow(index + r * count, count, size))
            return false;
        if (shape.inner == 1 && shape.streamed)
            pickStreamed(from, index + r * count, count, out + r * count);
        else if (shape.inner == 1)
            pick(from, index + r * count, count, out + r * count);
        else
            for (int64_t i = 0; i < count; ++i)
                out[r * count + i] = from[index[r * count + i] * shape.inner + i];
    }
    finishStreaming();
    return true;
}

Result<Value> runGather(const OpDef& op, Values args, KernelContext& context) {
    const Tensor &x = args[0].tensor(), &index = args[2].tensor();
    FX_TRY(Tensor out, Tensor::empty(x.dtype(), index.sizes()));
    const int64_t given = args[1].toInt();
    const auto dim = static_cast<size_t>(given < 0 ? given + static_cast<int64_t>(x.dim()) : given);
    const GatherShape shape{x.size(dim), index.size(dim), index.strides()[dim], out.bytes() >= kStreamedBytes};
    const int64_t row = shape.inner == 1 ? shape.rows : shape.inner;
    std::atomic<bool> within = true;
    FX_CHECK(dispatchUnit(x.dtype(), [&]<class U>() -> Result<Done> {
        parallelFor(index.numel() / row, std::max<int64_t>(1, 16384 / row), [&](int64_t begin, int64_t end) {
            if (!gatherPart(x.data<U>(), index.data<int64_t>(), out.data<U>(), shape, begin, end))
                within = false;
        });
        return Done{};
    }));
    return within ? Result<Value>(Value(out)) : op.reference(args, context); // which says what is wrong
}

} // namespace

const CpuKernel gather_default{"torch.ops.aten.gather.default", takesGather, runGather};

} // namespace fxscope::cpu
