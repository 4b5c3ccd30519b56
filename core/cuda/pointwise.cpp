// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/pointwise.h"

#include <fmt/format.h>
#include <optional>
#include <tuple>

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

/// Builds the body: operands a, b, c and ta, tb, tc, then the formula.
class Builder {
public:
    Builder(Elements& elements, DType common) : m_elements(elements), m_common(common) {}

    Result<Done> operand(char letter, const Value& value) {
        const char name = static_cast<char>('a' + m_operands++);
        std::string read;
        if (value.isTensor()) {
            read = fmt::format("in{}", m_elements.inputs.size());
            m_elements.inputs.push_back(value.tensor());
        } else {
            const DType type = letter == 'C' ? computingType(m_common) : m_common;
            read = fmt::format("n{}", m_elements.numbers.size());
            FX_TRY(Number number, numberOf(value, letter == 'b' ? DType::Bool : type));
            m_elements.numbers.push_back(number);
        }
        if (letter == 'b')
            text += fmt::format("const bool {0} = castTo<bool>({1}); ", name, read);
        else if (letter == 'C')
            text += fmt::format("const C {0} = castTo<C>({1}); ", name, read);
        else
            text += fmt::format("const T t{0} = castTo<T>({1}); const C {0} = C(t{0}); ", name, read);
        return Done{};
    }
    Result<Done> number(char letter, const Value& value) {
        const DType type = letter == 'D' ? DType::Float64 : letter == 'c' ? computingType(m_common) : m_common;
        FX_TRY(Number number, numberOf(value, type));
        text += fmt::format("const auto {} = n{}; ", static_cast<char>('p' + m_numbers++), m_elements.numbers.size());
        m_elements.numbers.push_back(number);
        return Done{};
    }
    std::string text;

private:
    Elements& m_elements;
    DType m_common;
    int m_operands = 0, m_numbers = 0;
};

bool isWriting(const OpDef& op) {
    const Schema* schema = findSchema(op.target);
    return schema && schema->mutates();
}

/// What an in-place call computes into, if the call is right.
std::optional<Tensor> writtenTensor(Values args, const TensorMeta& computed, const PointwiseRule& rule) {
    const auto category = [](DType d) { return d == DType::Bool ? 0 : isIntegral(d) ? 1 : isFloating(d) ? 2 : 3; };
    if (!args[0].isTensor())
        return std::nullopt;
    const Tensor& self = args[0].tensor();
    std::ignore = rule;
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

/// The functional form of an in-place operator, whose shape rule says what is computed.
const OpDef& computingForm(const OpDef& op, const PointwiseRule& rule) {
    const OpDef* functional = findOp(Target("torch.ops." + std::string(rule.target)));
    return functional ? *functional : op;
}

} // namespace

Result<std::optional<Value>> runPointwise(const OpDef& op, const PointwiseRule& rule, Values args, Call& call) {
    const std::optional<Value> notTaken;
    const auto meta = computingForm(op, rule).infer(metaArgs(args));
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
    Elements elements;
    Builder builder(elements, common);
    for (size_t i = 0; i < rule.arguments.size(); ++i) {
        const char letter = rule.arguments[i];
        if (letter == '-')
            continue;
        if (!isOperand(letter) ? !builder.number(letter, args[i]).ok() : !builder.operand(letter, args[i]).ok())
            return notTaken;
    }
    for (const Tensor& input : elements.inputs)
        if (deviceType(input.dtype()).empty())
            return notTaken;
    if (isWriting(op)) {
        const auto written = writtenTensor(args, metas.front(), rule);
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
    elements.prologue = fmt::format("using T = {};\nusing C = ComputeType<T>;\n"
                                    "#define FX_NONZERO(x) do {{ if (formulas::isIntegerZero(x)) {{ "
                                    "FX_FAULT(kDivisionByZero, 0, 0); return C(0); }} }} while (0)\n",
                                    deviceType(common));
    const bool statements = rule.formula.starts_with('{');
    elements.body =
        builder.text + (statements ? std::string(rule.formula) : fmt::format("out0 = castTo<O0>({});", rule.formula));
    FX_CHECK(launch(call.device, elements));
    return std::optional(isWriting(op) ? args[0] : resultOf(elements.outputs));
}

} // namespace fxscope::cuda
