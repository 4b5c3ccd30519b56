// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/pointwise.h"

#include <fmt/format.h>

namespace fxscope::cuda {
namespace {

/// One call of the chain: its rule, the type it computes in and the metadata of its result.
struct Link {
    const PointwiseRule* rule;
    DType common;
    TensorMeta result;
};

bool isOperand(char letter) { return letter == 'T' || letter == 'C' || letter == 'o' || letter == 'b'; }

DType computingType(DType dtype) {
    return dtype == DType::Float16 || dtype == DType::BFloat16 ? DType::Float32 : dtype;
}

/// Writes the body: a block per call, whose result the later ones read by name.
class Chain {
public:
    explicit Chain(Elements& elements) : m_elements(elements) {}

    /// Nothing: a call that is not by a rule.
    Result<bool> add(const FusedCall& call) {
        const PointwiseRule* rule = findCudaKernel(call.op->target) ? nullptr : findPointwiseRule(call.op->target);
        if (!rule || rule->formula.starts_with('{') || call.args.size() < rule->arguments.size())
            return false;
        MetaArgs metas = metaArgs(call.args);
        for (const auto& [place, earlier] : call.inner)
            metas[place] = MetaArg{m_links[earlier].result};
        const auto meta = call.op->infer(metas);
        if (!meta.ok() || !meta->isTensor())
            return false;
        Link link{rule, commonOf(*rule, metas, meta->tensor().dtype), meta->tensor()};
        const bool covered =
            covers(rule->dtypes, isFloating(link.common), isComplex(link.common), link.common == DType::Bool);
        const bool fits = m_links.empty() || link.result.sizes == m_links.front().result.sizes;
        if (!covered || !fits || deviceType(link.common).empty() || deviceType(link.result.dtype).empty())
            return false;
        FX_TRY(const bool written, write(call, link));
        m_links.push_back(std::move(link));
        return written;
    }

    const std::vector<Link>& links() const { return m_links; }

private:
    static DType commonOf(const PointwiseRule& rule, const MetaArgs& metas, DType result) {
        if (rule.common == CommonType::OfResult)
            return result;
        if (rule.common == CommonType::OfFirst)
            return metas[0].isTensor() ? metas[0].tensor().dtype : result;
        MetaArgs operands;
        for (size_t i = 0; i < rule.arguments.size(); ++i)
            if (isOperand(rule.arguments[i]))
                operands.push_back(metas[i]);
        return resultType(operands);
    }

    Result<bool> write(const FusedCall& call, const Link& link) {
        const size_t number = m_links.size();
        std::string text = fmt::format("{0} v{1}; {{ using T = {2}; using C = ComputeType<T>; using O = {0}; ",
                                       deviceType(link.result.dtype), number, deviceType(link.common));
        char operandName = 'a', numberName = 'p';
        for (size_t i = 0; i < link.rule->arguments.size(); ++i) {
            const char letter = link.rule->arguments[i];
            if (letter == '-')
                continue;
            const auto read = reading(call, i, letter, link.common);
            if (!read.ok())
                return false;
            if (!isOperand(letter))
                text += fmt::format("const auto {} = {}; ", numberName++, *read);
            else if (letter == 'b')
                text += fmt::format("const bool {} = castTo<bool>({}); ", operandName++, *read);
            else if (letter == 'C')
                text += fmt::format("const C {} = castTo<C>({}); ", operandName++, *read);
            else {
                text += fmt::format("const T t{0} = castTo<T>({1}); const C {0} = C(t{0}); ", operandName, *read);
                ++operandName;
            }
        }
        m_elements.body += text + fmt::format("v{} = castTo<O>({}); }}\n            ", number, link.rule->formula);
        return true;
    }

    /// The expression that reads argument `place`.
    Result<std::string> reading(const FusedCall& call, size_t place, char letter, DType common) {
        for (const auto& [at, earlier] : call.inner)
            if (at == place)
                return fmt::format("v{}", earlier);
        const Value& value = call.args[place];
        if (value.isTensor()) {
            if (deviceType(value.tensor().dtype()).empty() || value.tensor().onHost())
                return Diagnostic{"no operand of the device", "", ""};
            m_elements.inputs.push_back(value.tensor());
            return fmt::format("in{}", m_elements.inputs.size() - 1);
        }
        const DType type = letter == 'D'                    ? DType::Float64
                           : letter == 'b'                  ? DType::Bool
                           : letter == 'c' || letter == 'C' ? computingType(common)
                                                            : common;
        FX_TRY(Number number, numberOf(value, type));
        m_elements.numbers.push_back(number);
        return fmt::format("n{}", m_elements.numbers.size() - 1);
    }

    Elements& m_elements;
    std::vector<Link> m_links;
};

} // namespace

Result<std::optional<ValueList>> runPointwiseTogether(std::span<const FusedCall> calls, CudaDevice& device) {
    const std::optional<ValueList> notTaken;
    Elements elements;
    elements.prologue = "#define FX_NONZERO(x) do { if (formulas::isIntegerZero(x)) { FX_FAULT(kDivisionByZero, 0, 0); "
                        "return C(0); } } while (0)\n";
    Chain chain(elements);
    for (const FusedCall& call : calls) {
        FX_TRY(const bool added, chain.add(call));
        if (!added)
            return notTaken;
    }
    ValueList results;
    for (size_t i = 0; i < calls.size(); ++i) {
        if (!calls[i].kept)
            continue;
        FX_TRY(Tensor result, device.allocate(chain.links()[i].result));
        elements.body += fmt::format("out{} = v{}; ", elements.outputs.size(), i);
        elements.outputs.push_back(result);
        results.emplace_back(std::move(result));
    }
    if (elements.outputs.empty())
        return std::optional(std::move(results));
    FX_CHECK(launch(device, elements));
    return std::optional(std::move(results));
}

} // namespace fxscope::cuda
