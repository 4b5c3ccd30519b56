// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/ops/kernel_util.h"

// Views without the detour over symbolic sizes: exported models are half views, and the arithmetic of a view's sizes in
// plain numbers takes a fraction of the time. Calls that are wrong, or need more than plain arithmetic, go to the
// reference.

namespace fxscope::cpu {
namespace {

/// A list of plain numbers.
bool isInts(const Value& value) {
    return value.isList() && std::all_of(value.list().begin(), value.list().end(),
                                         [](const Value& item) { return std::holds_alternative<int64_t>(item.v); });
}
bool isInt(const Value& value) { return std::holds_alternative<int64_t>(value.v); }

int64_t intOf(const Value& value) { return std::get<int64_t>(value.v); }
/// `dim` from the front, or -1 where it is out of range.
int64_t dimOf(const Value& value, size_t rank) {
    const auto count = static_cast<int64_t>(rank);
    const int64_t dim = intOf(value) < 0 ? intOf(value) + count : intOf(value);
    return dim >= 0 && dim < count ? dim : -1;
}

Result<Value> seen(const Tensor& x, Sizes sizes, Sizes strides, int64_t offset) {
    FX_TRY(Tensor view, x.asStrided(std::move(sizes), std::move(strides), offset));
    return Value(std::move(view));
}

// --- view, _unsafe_view, reshape (self, size) of a row-major tensor

bool takesView(Values args) {
    return args[0].isTensor() && args[0].tensor().isContiguous() && args[0].tensor().numel() > 0 && isInts(args[1]);
}

Result<Value> runView(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    Sizes sizes;
    int64_t known = 1, open = -1;
    for (const Value& item : args[1].list()) {
        const int64_t size = intOf(item);
        if (size == 0 || size < -1 || (size == -1 && open >= 0) || known > x.numel())
            return op.reference(args, context);
        if (size == -1)
            open = static_cast<int64_t>(sizes.size());
        else
            known *= size;
        sizes.push_back(size);
    }
    if (open >= 0)
        sizes[static_cast<size_t>(open)] = x.numel() / known;
    if (open >= 0 ? x.numel() % known != 0 : known != x.numel())
        return op.reference(args, context);
    Sizes strides = sizes == x.sizes() ? x.strides() : rowMajorStrides(sizes);
    return seen(x, std::move(sizes), std::move(strides), x.offset());
}

// --- permute(self, dims), transpose(self, dim0, dim1)

bool takesPermute(Values args) {
    return args[0].isTensor() && isInts(args[1]) && args[1].list().size() == args[0].tensor().dim();
}

Result<Value> runPermute(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    Sizes sizes, strides;
    uint64_t used = 0;
    for (const Value& item : args[1].list()) {
        const int64_t dim = dimOf(item, x.dim());
        if (dim < 0 || dim >= 64 || (used >> dim & 1) != 0)
            return op.reference(args, context);
        used |= uint64_t(1) << dim;
        sizes.push_back(x.size(static_cast<size_t>(dim)));
        strides.push_back(x.strides()[static_cast<size_t>(dim)]);
    }
    return seen(x, std::move(sizes), std::move(strides), x.offset());
}

bool takesTranspose(Values args) { return args[0].isTensor() && isInt(args[1]) && isInt(args[2]); }

Result<Value> runTranspose(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    const int64_t a = dimOf(args[1], x.dim()), b = dimOf(args[2], x.dim());
    if (a < 0 || b < 0)
        return op.reference(args, context);
    Sizes sizes = x.sizes(), strides = x.strides();
    std::swap(sizes[static_cast<size_t>(a)], sizes[static_cast<size_t>(b)]);
    std::swap(strides[static_cast<size_t>(a)], strides[static_cast<size_t>(b)]);
    return seen(x, std::move(sizes), std::move(strides), x.offset());
}

// --- expand(self, size, implicit) without new dimensions

bool takesExpand(Values args) {
    return args[0].isTensor() && isInts(args[1]) && args[1].list().size() == args[0].tensor().dim();
}

Result<Value> runExpand(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    Sizes sizes, strides;
    for (size_t d = 0; d < x.dim(); ++d) {
        const int64_t wanted = intOf(args[1].list()[d]), size = x.size(d), step = x.strides()[d];
        if (wanted != -1 && wanted != size && (size != 1 || wanted < 0))
            return op.reference(args, context);
        sizes.push_back(wanted == -1 ? size : wanted);
        strides.push_back(size == 1 && sizes.back() != 1 ? 0 : step);
    }
    return seen(x, std::move(sizes), std::move(strides), x.offset());
}

// --- slice(self, dim, start, end, step), select(self, dim, index)

bool takesSlice(Values args) {
    return args[0].isTensor() && isInt(args[1]) && (isInt(args[2]) || args[2].isNone()) &&
           (isInt(args[3]) || args[3].isNone()) && isInt(args[4]) && intOf(args[4]) > 0;
}

int64_t boundOf(const Value& value, int64_t size, int64_t fallback) {
    const int64_t given = value.isNone() ? fallback : intOf(value);
    return std::clamp<int64_t>(given < 0 ? given + size : given, 0, size);
}

Result<Value> runSlice(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    const int64_t dim = dimOf(args[1], x.dim()), step = intOf(args[4]);
    if (dim < 0)
        return op.reference(args, context);
    const auto d = static_cast<size_t>(dim);
    const int64_t start = boundOf(args[2], x.size(d), 0);
    const int64_t end = std::max(start, boundOf(args[3], x.size(d), x.size(d)));
    Sizes sizes = x.sizes(), strides = x.strides();
    const int64_t offset = x.offset() + start * strides[d];
    sizes[d] = (end - start + step - 1) / step;
    if (sizes[d] == 0)
        return op.reference(args, context);
    strides[d] *= step;
    return seen(x, std::move(sizes), std::move(strides), offset);
}

bool takesSelectPart(Values args) { return args[0].isTensor() && isInt(args[1]) && isInt(args[2]); }

Result<Value> runSelectPart(const OpDef& op, Values args, KernelContext& context) {
    const Tensor& x = args[0].tensor();
    const int64_t dim = dimOf(args[1], x.dim());
    const int64_t size = dim < 0 ? 0 : x.size(static_cast<size_t>(dim)), given = intOf(args[2]);
    if (given < -size || given >= size)
        return op.reference(args, context);
    Sizes sizes = x.sizes(), strides = x.strides();
    const int64_t offset = x.offset() + (given < 0 ? given + size : given) * strides[static_cast<size_t>(dim)];
    sizes.erase(sizes.begin() + dim);
    strides.erase(strides.begin() + dim);
    return seen(x, std::move(sizes), std::move(strides), offset);
}

} // namespace

const CpuKernel view{"torch.ops.aten.view.default", takesView, runView};
const CpuKernel _unsafe_view{"torch.ops.aten._unsafe_view.default", takesView, runView};
const CpuKernel reshape{"torch.ops.aten.reshape.default", takesView, runView};
const CpuKernel permute{"torch.ops.aten.permute.default", takesPermute, runPermute};
const CpuKernel transpose_int{"torch.ops.aten.transpose.int", takesTranspose, runTranspose};
const CpuKernel expand{"torch.ops.aten.expand.default", takesExpand, runExpand};
const CpuKernel slice_Tensor{"torch.ops.aten.slice.Tensor", takesSlice, runSlice};
const CpuKernel select_int{"torch.ops.aten.select.int", takesSelectPart, runSelectPart};

} // namespace fxscope::cpu
