// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/ops/conv_shape.h"
#include "core/ops/memory_format.h"

#include <dnnl.hpp>
#include <map>

// Convolutions in float by oneDNN, transposed ones as its deconvolutions. oneDNN chooses layouts of its own; input,
// weight and result are reordered from and to the strides at hand. The direct algorithm, never Winograd: its rounding
// differs too much from PyTorch's.

namespace fxscope::cpu {
namespace {

using dnnl::memory;
using Dims = memory::dims;

const dnnl::engine& engine() {
    static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

memory::desc describe(const Dims& sizes, const Dims& strides) { return {sizes, memory::data_type::f32, strides}; }
memory::desc anyLayout(const Dims& sizes) { return {sizes, memory::data_type::f32, memory::format_tag::any}; }

/// Output channels, input channels, taps; with groups in front. PyTorch has input channels first if transposed.
memory::desc weightDesc(const ConvCall& call) {
    const Tensor& w = call.weight;
    Dims sizes(w.sizes().begin(), w.sizes().end()), strides(w.strides().begin(), w.strides().end());
    const int64_t leading = w.size(0) / call.groups, step = strides[0] * leading;
    sizes[0] = leading;
    if (call.transposed) {
        std::swap(sizes[0], sizes[1]);
        std::swap(strides[0], strides[1]);
    }
    if (call.groups > 1) {
        sizes.insert(sizes.begin(), call.groups);
        strides.insert(strides.begin(), step);
    }
    return describe(sizes, strides);
}

/// Stride, padding and dilation (0 for none) of the spatial dimensions.
struct Geometry {
    Dims stride, padding, dilation;
    explicit Geometry(const ConvShape& shape) {
        for (size_t i = 3 - shape.spatial; i < 3; ++i) {
            stride.push_back(shape.axes[i].stride);
            padding.push_back(shape.axes[i].padding);
            dilation.push_back(shape.axes[i].dilation - 1);
        }
    }
};

struct Descs {
    memory::desc x, w, bias, y;
};

template <class Primitive>
typename Primitive::desc describeCall(dnnl::algorithm algorithm, const Descs& d, const Geometry& g) {
    const auto kind = dnnl::prop_kind::forward_inference;
    const auto x = anyLayout(d.x.dims()), w = anyLayout(d.w.dims()), y = anyLayout(d.y.dims());
    if (d.bias.is_zero())
        return {kind, algorithm, x, w, y, g.stride, g.dilation, g.padding, g.padding};
    return {kind, algorithm, x, w, d.bias, y, g.stride, g.dilation, g.padding, g.padding};
}

/// `from` itself if it has the wanted layout, else a reordered copy.
memory arranged(dnnl::stream& stream, memory from, const memory::desc& wanted) {
    if (from.get_desc() == wanted)
        return from;
    memory to(wanted, engine());
    dnnl::reorder(from, to).execute(stream, from, to);
    return to;
}

/// Moves `pd` on to code generated for the shape ("jit..."), whose sums do not depend on the number of threads; the
/// other implementations cut them by it. False if there is none for this shape.
template <class Description> bool choosesGenerated(Description& pd) {
    while (!std::string_view(pd.impl_info_str()).starts_with("jit"))
        if (!pd.next_impl())
            return false;
    return true;
}

/// A primitive made for sizes and geometry, whatever the strides; making one costs more than running a small one.
template <class Primitive> struct Prepared {
    typename Primitive::primitive_desc pd;
    Primitive primitive;
    bool alone; ///< on one thread
};

template <class Primitive> Prepared<Primitive> prepare(dnnl::algorithm algorithm, const Descs& d, const Geometry& g) {
    const auto wanted = describeCall<Primitive>(algorithm, d, g); // next_impl() reads it again
    typename Primitive::primitive_desc pd(wanted, engine());
    if (choosesGenerated(pd))
        return {pd, Primitive(pd), false};
    const SingleThread alone;
    const typename Primitive::primitive_desc any(wanted, engine());
    return {any, Primitive(any), true};
}

/// Those made before on this thread: a primitive owns scratch memory that two threads must not share.
template <class Primitive>
const Prepared<Primitive>& prepared(dnnl::algorithm algorithm, const Descs& d, const Geometry& g) {
    constexpr size_t kMost = 256;
    thread_local std::map<std::vector<Dims>, Prepared<Primitive>> made;
    const std::vector<Dims> key{d.x.dims(), d.w.dims(),         d.bias.is_zero() ? Dims() : d.bias.dims(),
                                d.y.dims(), g.stride,           g.padding,
                                g.dilation, Dims{threadCount()}};
    if (const auto found = made.find(key); found != made.end())
        return found->second;
    if (made.size() >= kMost)
        made.clear();
    return made.emplace(key, prepare<Primitive>(algorithm, d, g)).first->second;
}

template <class Primitive>
void execute(const Prepared<Primitive>& with, const Descs& d, const ConvCall& call, const Tensor* bias, Tensor& out) {
    std::optional<SingleThread> alone;
    if (with.alone)
        alone.emplace();
    dnnl::stream stream(engine());
    const auto view = [](const memory::desc& desc, const float* data) {
        return memory(desc, engine(), const_cast<float*>(data));
    };
    const memory x = arranged(stream, view(d.x, call.input.data<float>()), with.pd.src_desc());
    const memory w = arranged(stream, view(d.w, call.weight.data<float>()), with.pd.weights_desc());
    const memory result = view(d.y, out.data<float>());
    const memory y = with.pd.dst_desc() == d.y ? result : memory(with.pd.dst_desc(), engine());
    std::unordered_map<int, memory> args{{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DST, y}};
    if (bias)
        args.emplace(DNNL_ARG_BIAS, view(d.bias, bias->data<float>()));
    with.primitive.execute(stream, args);
    if (y.get() != result.get())
        dnnl::reorder(y, result).execute(stream, const_cast<memory&>(y), const_cast<memory&>(result));
    stream.wait();
}

void convolve(const ConvCall& call, const Tensor* bias, const Tensor& batched) {
    Tensor out = batched;
    const auto desc = [](const Tensor& t) { return describe(t.sizes(), t.strides()); };
    const Descs d{desc(call.input), weightDesc(call), bias ? desc(*bias) : memory::desc(), desc(out)};
    const Geometry geometry(convShape(call, out.sizes()));
    const auto run = [&]<class Primitive>(dnnl::algorithm algorithm) {
        execute(prepared<Primitive>(algorithm, d, geometry), d, call, bias, out);
    };
    if (call.transposed)
        run.operator()<dnnl::deconvolution_forward>(dnnl::algorithm::deconvolution_direct);
    else
        run.operator()<dnnl::convolution_forward>(dnnl::algorithm::convolution_direct);
}

bool isFloat(const Value& value) { return value.isTensor() && value.tensor().dtype() == DType::Float32; }

bool takes(Values args) {
    const bool floats = isFloat(args[0]) && isFloat(args[1]) && (args[2].isNone() || isFloat(args[2]));
    return floats && args[0].tensor().numel() > 0 && args[1].tensor().numel() > 0;
}

/// What oneDNN refuses (it throws) the reference computes.
template <Result<ConvCall> (*Read)(Values)> Result<Value> run(const OpDef& op, Values args, KernelContext& context) {
    FX_TRY(const Tensor out, allocateResult(op.infer, args));
    FX_TRY(const ConvCall call, Read(args));
    FX_TRY(const Tensor bias, call.bias ? call.bias->contiguous() : Result<Tensor>(Tensor()));
    FX_TRY(const Tensor batched, out.dim() < call.input.dim() ? withBatch(out) : Result<Tensor>(out));
    if (out.numel() == 0)
        return Value(out);
    try {
        convolve(call, call.bias ? &bias : nullptr, batched);
    } catch (const dnnl::error&) {
        return op.reference(args, context);
    }
    return Value(out);
}

} // namespace

const CpuKernel convolution{"torch.ops.aten.convolution.default", takes, run<convCall>};
const CpuKernel conv1d{"torch.ops.aten.conv1d.default", takes, run<convNdCall>};
const CpuKernel conv2d{"torch.ops.aten.conv2d.default", takes, run<convNdCall>};
const CpuKernel conv3d{"torch.ops.aten.conv3d.default", takes, run<convNdCall>};

} // namespace fxscope::cpu
