// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"
#include "core/ops/sum.h"
#include "core/ops/units.h"

// im2col copies every window of an image into a column: [N,] C, H, W -> [N,] C kh kw, windows; col2im adds the columns
// back up to an image. Padding is 0.

namespace fxscope::ops {
namespace {

/// One dimension of the windows.
struct WindowAxis {
    int64_t kernel = 1, dilation = 1, padding = 0, stride = 1;

    int64_t windows(int64_t in) const {
        const int64_t room = in + 2 * padding - dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : room / stride + 1;
    }
    int64_t place(int64_t window, int64_t tap) const { return window * stride - padding + tap * dilation; }
};
using WindowAxes = std::array<WindowAxis, 2>;

/// kernel_size, dilation, padding, stride from argument `first` on.
Result<WindowAxes> windowAxes(const auto args, size_t first) {
    std::array<Sizes, 4> lists;
    for (size_t i = 0; i < 4; ++i) {
        FX_TRY(lists[i], intsAt(args, first + i));
        if (lists[i].size() != 2)
            return Diagnostic{"kernel_size, dilation, padding and stride must have 2 elements", "", ""};
    }
    WindowAxes axes;
    for (size_t d = 0; d < 2; ++d) {
        axes[d] = {lists[0][d], lists[1][d], lists[2][d], lists[3][d]};
        if (axes[d].kernel < 1 || axes[d].dilation < 1 || axes[d].stride < 1 || axes[d].padding < 0)
            return Diagnostic{"kernel_size, dilation and stride should be greater than zero and padding not negative",
                              "", ""};
    }
    return axes;
}

/// fn(place in an image plane, or -1 in the padding; place in the plane's columns) for every tap of every window.
void forEachTapOfColumns(const WindowAxes& axes, int64_t height, int64_t width, auto&& fn) {
    const int64_t down = axes[0].windows(height), across = axes[1].windows(width);
    int64_t at = 0;
    for (int64_t kh = 0; kh < axes[0].kernel; ++kh)
        for (int64_t kw = 0; kw < axes[1].kernel; ++kw)
            for (int64_t i = 0; i < down; ++i)
                for (int64_t j = 0; j < across; ++j) {
                    const int64_t h = axes[0].place(i, kh), w = axes[1].place(j, kw);
                    fn(h < 0 || h >= height || w < 0 || w >= width ? -1 : h * width + w, at++);
                }
}

// --- im2col(self, kernel_size, dilation, padding, stride)

Result<ValueMeta> inferIm2col(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const WindowAxes axes, windowAxes(args, 1));
    const size_t rank = x.sizes.size();
    bool fits = rank == 3 || rank == 4;
    for (size_t d = rank == 4 ? 1 : 0; fits && d < rank; ++d)
        fits = !x.sizes[d].is(0);
    if (!fits)
        return Diagnostic{"Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
                          "dimensions for input, but got: " +
                              sizesText(x.sizes),
                          "", ""};
    const SymInt &height = x.sizes[rank - 2], &width = x.sizes[rank - 1];
    if (!height.isConstant() || !width.isConstant())
        return Diagnostic{"im2col needs an image of known size", "", ""};
    const int64_t windows = axes[0].windows(height.constant()) * axes[1].windows(width.constant());
    if (windows < 1)
        return Diagnostic{"Given input with spatial size (" + height.str() + ", " + width.str() +
                              "), the calculated shape of the array of sliding blocks has a component that is not "
                              "positive",
                          "", ""};
    SymSizes sizes(x.sizes.begin(), x.sizes.end() - 2);
    sizes.back() = sizes.back() * SymInt(axes[0].kernel * axes[1].kernel);
    sizes.push_back(windows);
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

Result<Value> runIm2col(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIm2col, args));
    FX_TRY(const WindowAxes axes, windowAxes(args, 1));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const int64_t height = x.size(x.dim() - 2), width = x.size(x.dim() - 1), planes = x.numel() / (height * width);
    const int64_t columns = planes ? out.numel() / planes : 0;
    return dispatchUnit(x.dtype(), [&]<class U>() -> Result<Value> {
        for (int64_t plane = 0; plane < planes; ++plane) {
            const U* from = x.data<U>() + plane * height * width;
            U* to = out.data<U>() + plane * columns;
            forEachTapOfColumns(axes, height, width,
                                [&](int64_t place, int64_t at) { to[at] = place < 0 ? U{} : from[place]; });
        }
        return Value(out);
    });
}

// --- col2im(self, output_size, kernel_size, dilation, padding, stride)

Result<ValueMeta> inferCol2im(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const Sizes size, intsAt(args, 1));
    FX_TRY(const WindowAxes axes, windowAxes(args, 2));
    const size_t rank = x.sizes.size();
    if ((rank != 2 && rank != 3) || size.size() != 2)
        return Diagnostic{"Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
                          "dimensions for input, but got: " +
                              sizesText(x.sizes),
                          "", ""};
    const int64_t taps = axes[0].kernel * axes[1].kernel, windows = axes[0].windows(size[0]) * axes[1].windows(size[1]);
    const SymInt &rows = x.sizes[rank - 2], &columns = x.sizes[rank - 1];
    if (rows.isConstant() && rows.constant() % taps != 0)
        return Diagnostic{"Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
                          "input.size(1)=" +
                              rows.str() + " and a product of " + std::to_string(taps),
                          "", ""};
    if (differ(columns, SymInt(windows)))
        return Diagnostic{"Given output_size, kernel_size, dilation, padding and stride, expected size of input's last "
                          "dimension to match the calculated number of sliding blocks " +
                              std::to_string(windows) + ", but got " + columns.str(),
                          "", ""};
    SymSizes sizes(x.sizes.begin(), x.sizes.end() - 2);
    sizes.insert(sizes.end(), {floorDiv(rows, taps), SymInt(size[0]), SymInt(size[1])});
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

Result<Value> runCol2im(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferCol2im, args));
    FX_CHECK(fill(out, Value(int64_t(0))));
    FX_TRY(const WindowAxes axes, windowAxes(args, 2));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const int64_t height = out.size(out.dim() - 2), width = out.size(out.dim() - 1);
    const int64_t planes = height != 0 && width != 0 ? out.numel() / (height * width) : 0,
                  columns = planes ? x.numel() / planes : 0;
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t plane = 0; plane < planes; ++plane) {
            const T* from = x.data<T>() + plane * columns;
            T* to = out.data<T>() + plane * height * width;
            forEachTapOfColumns(axes, height, width, [&](int64_t place, int64_t at) {
                if (place >= 0)
                    to[place] = sumOf(to[place], from[at]);
            });
        }
        return Value(out);
    });
}

} // namespace

const OpDef im2col{.target = "torch.ops.aten.im2col.default", .infer = inferIm2col, .reference = runIm2col};
const OpDef col2im{.target = "torch.ops.aten.col2im.default", .infer = inferCol2im, .reference = runCol2im};

} // namespace fxscope::ops
