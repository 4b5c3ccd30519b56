// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/launch_arguments.h"
#include "core/cuda/random_dropout.h"
#include "core/cuda/random_permutation.h"
#include "core/cuda/random_source.h"
#include "core/cuda/row_moves.h"
#include "core/tensor/half.h"

// Operators that draw from PyTorch's CUDA generator: Note [What each operator draws] in random_shape.h.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;
const std::optional<Value> kNotTaken;

DeviceFacts drawFacts(const CudaDevice& device) {
    return {static_cast<uint32_t>(device.facts().multiprocessors),
            static_cast<uint32_t>(device.facts().threadsPerMultiprocessor)};
}

/// The run's generator as PyTorch's CUDA one sees it, written back when the call is over.
class Draw {
public:
    explicit Draw(Generator& generator) : m_generator(generator), state{generator.seed(), generator.philoxOffset} {}
    ~Draw() { m_generator.philoxOffset = state.offset; }
    Draw(const Draw&) = delete;
    Draw& operator=(const Draw&) = delete;

private:
    Generator& m_generator;

public:
    PhiloxState state;
};

/// Calls fn(T{}) with the storage type of a floating dtype; false: it is none.
template <class Fn> bool withFloat(DType dtype, Fn&& fn) {
    switch (dtype) {
    case DType::Float32: return fn(float{}), true;
    case DType::Float64: return fn(double{}), true;
    case DType::Float16: return fn(Half{}), true;
    case DType::BFloat16: return fn(BFloat16{}), true;
    default: return false;
    }
}
template <class Fn> bool withNumber(DType dtype, Fn&& fn) {
    switch (dtype) {
    case DType::Bool: return fn(bool{}), true;
    case DType::UInt8: return fn(uint8_t{}), true;
    case DType::Int8: return fn(int8_t{}), true;
    case DType::Int16: return fn(int16_t{}), true;
    case DType::Int32: return fn(int32_t{}), true;
    case DType::Int64: return fn(int64_t{}), true;
    default: return withFloat(dtype, fn);
    }
}

bool isDenseTensor(const Tensor& x) { return isDense(x.meta().sizes, *x.meta().strides); }

/// Every element of a dense tensor from `make`, a `maker` of its dtype.
template <class Make>
Result<Done> fillDense(CudaDevice& device, const Tensor& out, std::string_view maker, const Make& make, Draw& draw) {
    const auto numel = static_cast<uint64_t>(out.numel());
    const DrawShape shape = drawShape(numel, Make::kUnroll, drawFacts(device));
    const PhiloxStart start = draw.state.take(shape.advance);
    const std::string source = fillSource(maker, out.dtype());
    LaunchArguments arguments;
    arguments.add(start);
    arguments.add(shape);
    arguments.add(make);
    arguments.add(out.raw());
    return device.launch(source, shape.grid, static_cast<int>(shape.block), arguments.bytes());
}

/// The same for any strides: what has gaps is drawn row-major and copied.
template <class Make>
Result<Done> fillWith(CudaDevice& device, const Tensor& out, std::string_view maker, const Make& make, Draw& draw) {
    if (out.numel() == 0)
        return Done{};
    if (isDenseTensor(out))
        return fillDense(device, out, maker, make, draw);
    FX_TRY(const Tensor dense, device.pool().empty(out.dtype(), out.sizes()));
    FX_CHECK(fillDense(device, dense, maker, make, draw));
    return device.copy(dense, out);
}

Result<bool> drawUniform(CudaDevice& device, const Tensor& out, double from, double to, Draw& draw) {
    Result<Done> done = Done{};
    const bool known = withFloat(
        out.dtype(), [&]<class T>(T) { done = fillWith(device, out, "Uniform", Uniform<T>(from, to), draw); });
    FX_CHECK(std::move(done));
    return known;
}

Result<bool> drawNormal(CudaDevice& device, const Tensor& out, double mean, double std, Draw& draw) {
    Result<Done> done = Done{};
    const bool known =
        withFloat(out.dtype(), [&]<class T>(T) { done = fillWith(device, out, "Normal", Normal<T>(mean, std), draw); });
    FX_CHECK(std::move(done));
    return known;
}

Result<Tensor> newResult(const OpDef& op, Values args, CudaDevice& device) {
    FX_TRY(std::vector<Tensor> made, allocateResults(op, args, device));
    return made.front();
}

using Fill = Result<bool> (*)(CudaDevice&, const Tensor&, double, double, Draw&);

/// rand, randn and their _like: a new tensor.
template <Fill Fn> Taken runNew(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok())
        return kNotTaken;
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    Draw draw(call.context.generator);
    FX_TRY(const bool known, Fn(call.device, out[0], 0, 1, draw));
    return known ? std::optional(resultOf(std::move(out))) : kNotTaken;
}

/// uniform, normal_functional (self, a, b), and in place.
template <Fill Fn, bool InPlace> Taken runBetween(const OpDef& op, Values args, Call& call) {
    const auto a = doubleAt(args, 1), b = doubleAt(args, 2);
    if (!op.infer(metaArgs(args)).ok() || !a.ok() || !b.ok() || (InPlace && !checkWritable(args[0].tensor()).ok()))
        return kNotTaken;
    const bool isWrong = Fn == drawNormal ? *b < 0 : *b < *a;
    if (isWrong)
        return kNotTaken;
    FX_TRY(const Tensor out, InPlace ? Result<Tensor>(args[0].tensor()) : newResult(op, args, call.device));
    Draw draw(call.context.generator);
    FX_TRY(const bool known, Fn(call.device, out, *a, *b, draw));
    return known ? std::optional(Value(out)) : kNotTaken;
}

// --- randint([low,] high, sizes)

int significantBits(DType dtype) {
    switch (dtype) {
    case DType::Float64: return 53;
    case DType::Float32: return 24;
    case DType::Float16: return 11;
    case DType::BFloat16: return 8;
    default: return 0;
    }
}

template <bool HasLow> Taken runRandint(const OpDef& op, Values args, Call& call) {
    const auto low = HasLow ? intAt(args, 0) : Result<int64_t>(0);
    const auto high = intAt(args, HasLow ? 1 : 0);
    if (!op.infer(metaArgs(args)).ok() || !low.ok() || !high.ok() || *low >= *high)
        return kNotTaken;
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const DType dtype = out[0].dtype();
    IntegerBounds bounds{*low, *high};
    Result<Done> done = Done{};
    Draw draw(call.context.generator);
    const bool known = withNumber(dtype, [&]<class T>(T) {
        if (const int digits = significantBits(dtype))
            bounds = boundsIn<T>(bounds, digits);
        const auto range = static_cast<uint64_t>(bounds.high) - static_cast<uint64_t>(bounds.low);
        if (range >= kWideRange)
            done = fillWith(call.device, out[0], "WideIntegers", WideIntegers<T>{range, bounds.low}, draw);
        else
            done =
                fillWith(call.device, out[0], "Integers", Integers<T>{static_cast<uint32_t>(range), bounds.low}, draw);
    });
    FX_CHECK(std::move(done));
    return known ? std::optional(resultOf(std::move(out))) : kNotTaken;
}

// --- bernoulli

Result<bool> fillBernoulliNumber(CudaDevice& device, const Tensor& out, double p, Draw& draw) {
    Result<Done> done = Done{};
    const bool known =
        withNumber(out.dtype(), [&]<class T>(T) { done = fillWith(device, out, "Bernoulli", Bernoulli<T>(p), draw); });
    FX_CHECK(std::move(done));
    return known;
}

/// A probability per element; one outside [0, 1] is a fault.
Result<bool> fillBernoulliTensor(CudaDevice& device, const Tensor& out, const Tensor& p, Draw& draw) {
    if (deviceType(out.dtype()).empty() || deviceType(p.dtype()).empty() || isComplex(out.dtype()) ||
        isComplex(p.dtype()))
        return false;
    if (out.numel() == 0)
        return true;
    FX_TRY(const Tensor target,
           isDenseTensor(out) ? Result<Tensor>(out) : device.pool().empty(out.dtype(), out.sizes()));
    FX_TRY(const Tensor chances, device.pool().empty(out.dtype() == DType::Float64 ? DType::Float64 : DType::Float32,
                                                     target.sizes(), target.strides()));
    FX_TRY(const Tensor spread, expandTo(p, target.sizes()));
    FX_CHECK(device.copy(spread, chances));
    // elements are counted in the order of memory, which both have
    FX_TRY(const Tensor flat, target.asStrided({target.numel()}, {1}, target.offset()));
    FX_TRY(const Tensor flatChances, chances.asStrided({target.numel()}, {1}, 0));
    const PhiloxStart start = draw.state.take(kBernoulliTensorAdvance);
    const auto asInteger = [](uint64_t value) { return static_cast<int64_t>(value); };
    FX_CHECK(launch(device, {.outputs = {flat},
                             .inputs = {flatChances},
                             .integers = {asInteger(start.seed), asInteger(start.offset)},
                             .body = "if (!(in0 >= 0 && in0 <= 1)) FX_FAULT(kBadProbability, 0, 0); "
                                     "PhiloxStart start; start.seed = (uint64_t)k0; start.offset = (uint64_t)k1; "
                                     "out0 = bernoulliTensorElement<O0>(start, (uint64_t)at[0], in0);",
                             .prologue = "#include \"core/cuda/random_elements.h\"\n",
                             .coordinates = true}));
    if (target.storage() != out.storage())
        FX_CHECK(device.copy(target, out));
    return true;
}

Result<bool> fillBernoulliWith(CudaDevice& device, const Tensor& out, const Value& p, Draw& draw) {
    if (p.isTensor())
        return fillBernoulliTensor(device, out, p.tensor(), draw);
    if (!p.isNumber() || !(p.toDouble() >= 0 && p.toDouble() <= 1))
        return false;
    return fillBernoulliNumber(device, out, p.toDouble(), draw);
}

Taken runBernoulli(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok())
        return kNotTaken;
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    Draw draw(call.context.generator);
    FX_TRY(const bool known, fillBernoulliTensor(call.device, out[0], args[0].tensor(), draw));
    return known ? std::optional(resultOf(std::move(out))) : kNotTaken;
}
template <bool InPlace> Taken runBernoulliOf(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || (InPlace && !checkWritable(args[0].tensor()).ok()))
        return kNotTaken;
    FX_TRY(const Tensor out, InPlace ? Result<Tensor>(args[0].tensor()) : newResult(op, args, call.device));
    Draw draw(call.context.generator);
    FX_TRY(const bool known, fillBernoulliWith(call.device, out, args[1], draw));
    return known ? std::optional(Value(out)) : kNotTaken;
}

// --- randperm(n)

Taken runRandperm(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || !hasCompiledKernels())
        return kNotTaken;
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    Draw draw(call.context.generator);
    FX_CHECK(drawPermutation(call.device, out[0], draw.state));
    return std::optional(resultOf(std::move(out)));
}

// --- native_dropout(x, p, train) -> (output, mask); dropout(x, p, train)

/// Output and mask of a dense input, both of its strides.
Result<Done> dropDense(CudaDevice& device, const Tensor& x, const Tensor& out, const Tensor& mask, double p,
                       Draw& draw) {
    const DrawShape shape = drawShape(static_cast<uint64_t>(x.numel()), 4, drawFacts(device));
    const PhiloxStart start = draw.state.take(shape.advance);
    const auto bytes = static_cast<uint32_t>(bytesOf(x.dtype()));
    const uint32_t width =
        dropoutWidth(static_cast<uint64_t>(x.numel()), bytes, static_cast<uint64_t>(x.offset()) * bytes, true);
    const std::string source = dropoutSource(x.dtype());
    LaunchArguments arguments;
    arguments.add(start);
    arguments.add(shape);
    withFloat(x.dtype(), [&]<class T>(T) { arguments.add(Dropout<T>(p, width)); });
    arguments.add(x.raw());
    arguments.add(out.raw());
    arguments.add(mask.raw());
    return device.launch(source, shape.grid, static_cast<int>(shape.block), arguments.bytes());
}

/// Output and mask; nothing for dtypes that PyTorch does not drop here.
Result<std::optional<std::vector<Tensor>>> dropped(const Tensor& x, double p, Call& call) {
    if (!isFloating(x.dtype()) || deviceType(x.dtype()).empty() || !(p >= 0 && p < 1) || !isDenseTensor(x))
        return std::optional<std::vector<Tensor>>();
    FX_TRY(Tensor out, call.device.pool().empty(x.dtype(), x.sizes(), x.strides()));
    FX_TRY(Tensor mask, call.device.pool().empty(DType::Bool, x.sizes(), x.strides()));
    Draw draw(call.context.generator);
    if (x.numel() > 0)
        FX_CHECK(dropDense(call.device, x, out, mask, p, draw));
    return std::optional(std::vector<Tensor>{out, mask});
}

Taken runNativeDropout(const OpDef& op, Values args, Call& call) {
    const auto p = doubleAt(args, 1);
    const auto train = isNoneAt(args, 2) ? Result<bool>(true) : boolAt(args, 2);
    if (!op.infer(metaArgs(args)).ok() || !p.ok() || !train.ok())
        return kNotTaken;
    if (!*train || *p == 1 || args[0].tensor().numel() == 0)
        return kNotTaken; // draws nothing; wrong probabilities are refused
    FX_TRY(auto both, dropped(args[0].tensor(), *p, call));
    return both ? std::optional(resultOf(*std::move(both))) : kNotTaken;
}
Taken runDropout(const OpDef& op, Values args, Call& call) {
    const auto p = doubleAt(args, 1);
    const auto train = boolAt(args, 2);
    if (!op.infer(metaArgs(args)).ok() || !p.ok() || !train.ok())
        return kNotTaken;
    if (!*train || *p == 0 || args[0].tensor().numel() == 0)
        return std::optional(args[0]);
    if (*p == 1)
        return kNotTaken;
    FX_TRY(auto both, dropped(args[0].tensor(), *p, call));
    return both ? std::optional(Value(both->front())) : kNotTaken;
}

} // namespace

const CudaKernel rand{"torch.ops.aten.rand.default", runNew<drawUniform>};
const CudaKernel rand_like{"torch.ops.aten.rand_like.default", runNew<drawUniform>};
const CudaKernel randn{"torch.ops.aten.randn.default", runNew<drawNormal>};
const CudaKernel randn_like{"torch.ops.aten.randn_like.default", runNew<drawNormal>};
const CudaKernel uniform_default{"torch.ops.aten.uniform.default", runBetween<drawUniform, false>};
const CudaKernel uniform_{"torch.ops.aten.uniform_.default", runBetween<drawUniform, true>};
const CudaKernel normal_functional{"torch.ops.aten.normal_functional.default", runBetween<drawNormal, false>};
const CudaKernel normal_{"torch.ops.aten.normal_.default", runBetween<drawNormal, true>};
const CudaKernel randint_default{"torch.ops.aten.randint.default", runRandint<false>};
const CudaKernel randint_low{"torch.ops.aten.randint.low", runRandint<true>};
const CudaKernel bernoulli_default{"torch.ops.aten.bernoulli.default", runBernoulli};
const CudaKernel bernoulli_p{"torch.ops.aten.bernoulli.p", runBernoulliOf<false>};
const CudaKernel bernoulli_Tensor{"torch.ops.aten.bernoulli.Tensor", runBernoulliOf<false>};
const CudaKernel bernoulli__float{"torch.ops.aten.bernoulli_.float", runBernoulliOf<true>};
const CudaKernel bernoulli__Tensor{"torch.ops.aten.bernoulli_.Tensor", runBernoulliOf<true>};
const CudaKernel randperm_default{"torch.ops.aten.randperm.default", runRandperm};
const CudaKernel native_dropout{"torch.ops.aten.native_dropout.default", runNativeDropout};
const CudaKernel dropout_default{"torch.ops.aten.dropout.default", runDropout};

} // namespace fxscope::cuda
