// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/pointwise.h"

#include <fmt/format.h>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace fxscope::cuda {
namespace {

bool coversDType(DTypes set, DType dtype) {
    return covers(set, isFloating(dtype), isComplex(dtype), dtype == DType::Bool);
}

bool isOperand(char letter) { return letter == 'T' || letter == 'C' || letter == 'o' || letter == 'b'; }

DType computingType(DType dtype) {
    return dtype == DType::Float16 || dtype == DType::BFloat16 ? DType::Float32 : dtype;
}

/// The dtype T of a call.
DType commonOf(const PointwiseRule& rule, Values args, DType result) {
    switch (rule.common) {
    case CommonType::OfResult: return result;
    case CommonType::OfFirst: return args[0].isTensor() ? args[0].tensor().dtype() : result;
    case CommonType::OfOperands: break;
    }
    MetaArgs operands;
    for (size_t i = 0; i < rule.arguments.size(); ++i)
        if (isOperand(rule.arguments[i]))
            operands.push_back(metaArg(args[i]));
    return resultType(operands);
}

/// The dtype that an argument of this letter has as a number.
DType numberType(char letter, DType common) {
    switch (letter) {
    case 'b': return DType::Bool;
    case 'D': return DType::Float64;
    case 'C':
    case 'c': return computingType(common);
    default: return common;
    }
}

/// Operands that are tensors become inputs, the other arguments numbers. `tensors`: a bit for each of the first.
/// Error: what is no number.
Result<Done> addArguments(const PointwiseRule& rule, Values args, DType common, Elements& elements, uint32_t& tensors) {
    for (size_t i = 0; i < rule.arguments.size(); ++i) {
        const char letter = rule.arguments[i];
        if (letter == '-')
            continue;
        if (isOperand(letter) && args[i].isTensor()) {
            elements.inputs.push_back(args[i].tensor());
            tensors |= 1u << i;
            continue;
        }
        FX_TRY(const Number number, numberOf(args[i], numberType(letter, common)));
        elements.numbers.push_back(number);
    }
    return Done{};
}

/// Operands a, b, c and ta, tb, tc, numbers p, q, r, then the formula.
std::string bodyOf(const PointwiseRule& rule, uint32_t tensors) {
    std::string text;
    char operand = 'a', number = 'p';
    int inputs = 0, numbers = 0;
    for (size_t i = 0; i < rule.arguments.size(); ++i) {
        const char letter = rule.arguments[i];
        if (letter == '-')
            continue;
        const std::string read = tensors >> i & 1 ? fmt::format("in{}", inputs++) : fmt::format("n{}", numbers++);
        if (!isOperand(letter))
            text += fmt::format("const auto {} = {}; ", number++, read);
        else if (letter == 'b')
            text += fmt::format("const bool {} = castTo<bool>({}); ", operand++, read);
        else if (letter == 'C')
            text += fmt::format("const C {} = castTo<C>({}); ", operand++, read);
        else {
            text += fmt::format("const T t{0} = castTo<T>({1}); const C {0} = C(t{0}); ", operand, read);
            ++operand;
        }
    }
    const bool statements = rule.formula.starts_with('{');
    return text + (statements ? std::string(rule.formula) : fmt::format("out0 = castTo<O0>({});", rule.formula));
}

std::string prologueOf(DType common) {
    return fmt::format("using T = {};\nusing C = ComputeType<T>;\n"
                       "#define FX_NONZERO(x) do {{ if (formulas::isIntegerZero(x)) {{ "
                       "FX_FAULT(kDivisionByZero, 0, 0); return C(0); }} }} while (0)\n",
                       deviceType(common));
}

/// Body and prologue of a kernel.
struct Texts {
    std::string body, prologue;
};
const Texts& textsOf(const PointwiseRule& rule, uint32_t tensors, DType common) {
    static thread_local std::map<std::tuple<const PointwiseRule*, uint32_t, DType>, Texts> known; // rules live for ever
    Texts& texts = known[{&rule, tensors, common}];
    if (texts.body.empty())
        texts = {bodyOf(rule, tensors), prologueOf(common)};
    return texts;
}

/// What of an operator is the same in every call, found out once.
struct PointwiseForm {
    const OpDef* computing; ///< the functional form, whose shape rule says what is computed
    bool writes;            ///< into its first argument
};
const PointwiseForm& formOf(const OpDef& op, const PointwiseRule& rule) {
    static thread_local std::unordered_map<const OpDef*, PointwiseForm> forms;
    const auto [entry, isNew] = forms.try_emplace(&op);
    if (isNew) {
        const OpDef* functional = findOp(Target("torch.ops." + std::string(rule.target)));
        const Schema* schema = findSchema(op.target);
        entry->second = {functional ? functional : &op, schema && schema->mutates()};
    }
    return entry->second;
}

/// What an in-place call computes into, if the call is right.
std::optional<Tensor> writtenTensor(Values args, const TensorMeta& computed) {
    const auto category = [](DType d) { return d == DType::Bool ? 0 : isIntegral(d) ? 1 : isFloating(d) ? 2 : 3; };
    if (!args[0].isTensor())
        return std::nullopt;
    const Tensor& self = args[0].tensor();
    for (size_t d = 0; d < self.dim(); ++d)
        if (self.size(d) > 1 && self.strides()[d] == 0)
            return std::nullopt;
    Sizes sizes;
    for (const SymInt& size : computed.sizes)
        sizes.push_back(size.constant());
    const bool fits = category(computed.dtype) <= category(self.dtype()) && sizes == self.sizes();
    return fits ? std::optional(self) : std::nullopt;
}

/// An input that shares memory with what is written, other than element for element.
bool overlapsOtherwise(const Tensor& written, const Tensor& read) {
    return written.storage() == read.storage() &&
           !(written.sizes() == read.sizes() && written.strides() == read.strides() &&
             written.offset() == read.offset());
}

} // namespace

Result<Elements> pointwiseKernel(const PointwiseRule& rule, Values args, DType common) {
    Elements elements;
    uint32_t tensors = 0;
    FX_CHECK(addArguments(rule, args, common, elements, tensors));
    const Texts& texts = textsOf(rule, tensors, common);
    elements.body = texts.body;
    elements.prologue = texts.prologue;
    return elements;
}

Result<std::optional<Value>> runPointwise(const OpDef& op, const PointwiseRule& rule, Values args, Call& call) {
    const std::optional<Value> notTaken;
    const PointwiseForm& form = formOf(op, rule);
    const auto meta = form.computing->infer(metaArgs(args));
    if (!meta.ok() || args.size() < rule.arguments.size())
        return notTaken;
    std::vector<TensorMeta> metas;
    if (meta->isTensor())
        metas.push_back(meta->tensor());
    else
        for (const ValueMeta& item : meta->items())
            metas.push_back(item.tensor());
    const DType common = commonOf(rule, args, metas.front().dtype);
    if (!coversDType(rule.dtypes, common) || deviceType(common).empty())
        return notTaken;
    auto kernel = pointwiseKernel(rule, args, common);
    if (!kernel.ok())
        return notTaken;
    Elements& elements = *kernel;
    for (const Tensor& input : elements.inputs)
        if (deviceType(input.dtype()).empty())
            return notTaken;
    if (form.writes) {
        const auto written = writtenTensor(args, metas.front());
        if (!written)
            return notTaken;
        for (const Tensor& input : elements.inputs)
            if (overlapsOtherwise(*written, input))
                return notTaken;
        elements.outputs.push_back(*written);
    } else
        for (const TensorMeta& one : metas) {
            FX_TRY(Tensor result, call.device.allocate(one));
            elements.outputs.push_back(std::move(result));
        }
    FX_CHECK(launch(call.device, elements));
    return std::optional(form.writes ? args[0] : resultOf(elements.outputs));
}

} // namespace fxscope::cuda
