// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/made_up.h"
#include "core/exec/run.h"
#include "core/io/tensor_bytes.h"
#include "core/support/text.h"

#include <algorithm>
#include <set>

namespace fxscope {
namespace {

/// Finds a value for each placeholder. Given and stored values come first: they fix the symbolic sizes that the made-up
/// ones then follow.
class InputBinder {
public:
    InputBinder(const Graph& graph, const Capture& capture, const TensorMap& given, uint64_t seed)
        : m_graph(graph), m_capture(capture), m_given(given), m_seed(seed), m_placeholders(graph.placeholders()) {}

    Result<BoundInputs> bind() {
        m_result.values.resize(m_placeholders.size());
        m_result.madeUp.assign(m_placeholders.size(), false);
        for (size_t i = 0; i < m_placeholders.size(); ++i)
            FX_CHECK(bindStored(i));
        FX_CHECK(nothingLeftOver());
        chooseSymbols(m_graph, m_symbols);
        for (size_t i = 0; i < m_placeholders.size(); ++i)
            if (m_result.madeUp[i])
                FX_CHECK(bindMadeUp(i));
        FX_CHECK(bindAttributes());
        describe();
        return std::move(m_result);
    }

private:
    const Node& placeholder(size_t i) const { return m_graph[m_placeholders[i]]; }
    InputSpec specOf(size_t i) const { return i < m_graph.inputSpecs.size() ? m_graph.inputSpecs[i] : InputSpec{}; }

    Result<Done> bindStored(size_t i) {
        const InputSpec spec = specOf(i);
        const size_t userIndex = m_userInputs;
        m_userInputs += spec.kind == InputSpec::Kind::UserInput;
        if (const Tensor* tensor = findGiven(spec, i, userIndex)) {
            ++m_givenCount;
            return take(i, fromTensor(*tensor, placeholder(i).meta));
        }
        switch (spec.kind) {
        case InputSpec::Kind::UserInput: return bindSample(i, userIndex);
        case InputSpec::Kind::ConstantInput: return bindConstant(i, spec.constant);
        case InputSpec::Kind::Token: return Done{}; // tokens order effects and carry no value
        case InputSpec::Kind::CustomObject:
            return Diagnostic{"the custom object '" + spec.target + "' cannot be given to a graph here", at(i), {}};
        default: return bindWeight(i, spec);
        }
    }

    const Tensor* findGiven(const InputSpec& spec, size_t i, size_t userIndex) {
        std::vector<std::string> names{placeholder(i).name, placeholder(i).target.str()};
        names.push_back(spec.kind == InputSpec::Kind::UserInput ? "in" + std::to_string(userIndex) : spec.target);
        for (const std::string& name : names)
            if (const auto found = m_given.find(name); found != m_given.end()) {
                m_used.insert(name);
                return &found->second;
            }
        return nullptr;
    }

    /// A graph input that is a number arrives as a tensor of one element in tensor files.
    static Value fromTensor(const Tensor& tensor, const ValueMeta& meta) {
        if (tensor.numel() != 1)
            return tensor;
        switch (meta.kind()) {
        case ValueMeta::Kind::SymInt: return static_cast<int64_t>(elementAsDouble(tensor, 0));
        case ValueMeta::Kind::SymFloat: return elementAsDouble(tensor, 0);
        case ValueMeta::Kind::SymBool: return elementAsDouble(tensor, 0) != 0;
        default: return tensor;
        }
    }

    Result<Done> bindSample(size_t i, size_t userIndex) {
        if (userIndex >= m_capture.sampleInputs.size()) {
            m_result.madeUp[i] = true;
            return Done{};
        }
        ++m_sampleCount;
        return take(i, m_capture.sampleInputs[userIndex]);
    }

    Result<Done> bindConstant(size_t i, const Argument& constant) {
        switch (constant.kind()) {
        case Argument::Kind::Bool: m_result.values[i] = constant.asBool(); break;
        case Argument::Kind::Int: m_result.values[i] = constant.asInt(); break;
        case Argument::Kind::Float: m_result.values[i] = constant.asFloat(); break;
        case Argument::Kind::String: m_result.values[i] = constant.asString(); break;
        default: break; // None, the only other constant that torch.export writes
        }
        return Done{};
    }

    Result<Done> bindWeight(size_t i, const InputSpec& spec) {
        const auto found = m_capture.weights.find(spec.target);
        if (found == m_capture.weights.end())
            return Diagnostic{"the weight '" + spec.target + "' is not in the file", at(i),
                              "give it with --inputs, under the name " + spec.target};
        ++m_weightCount;
        return take(i, found->second);
    }

    Result<Done> take(size_t i, Value value) {
        if (auto fits = unifyValue(placeholder(i).meta, value, m_symbols); !fits)
            return Diagnostic{fits.error().what, at(i), "give an input that fits, or another graph with --graph"};
        if (value.isTensor() && value.tensor().defined()) {
            FX_TRY(Tensor tensor, m_aligner.aligned(value.tensor()));
            value = std::move(tensor);
        }
        m_result.values[i] = std::move(value);
        return Done{};
    }

    Result<Done> bindMadeUp(size_t i) {
        std::string how;
        auto value = makeUp(m_graph, m_placeholders[i], m_symbols, m_seed, how);
        if (!value)
            return Diagnostic{value.error().what, at(i),
                              value.error().next + ", as in" + indexOf(i) + " or " + placeholder(i).name};
        m_madeUp.push_back(placeholder(i).name + ": " + how);
        m_result.values[i] = std::move(value).value();
        return Done{};
    }

    std::string indexOf(size_t i) const {
        size_t index = 0;
        for (size_t k = 0; k < i; ++k)
            index += specOf(k).kind == InputSpec::Kind::UserInput;
        return std::to_string(index);
    }

    Result<Done> bindAttributes() {
        for (const NodeId id : m_graph.order()) {
            const Node& node = m_graph[id];
            if (node.op != Op::GetAttr || m_graph.children.contains(node.target.str()))
                continue;
            const auto given = m_given.find(node.target.str()), stored = m_capture.weights.find(node.target.str());
            if (given != m_given.end() || stored != m_capture.weights.end()) {
                FX_TRY(m_result.attributes[node.target.str()],
                       m_aligner.aligned(given != m_given.end() ? given->second : stored->second));
                continue;
            }
            std::string how;
            auto value = makeUp(m_graph, id, m_symbols, m_seed, how);
            if (!value || !value->isTensor())
                return Diagnostic{"the attribute '" + node.target.str() + "' has no value in the file",
                                  "node " + node.name, "give it with --inputs, under the name " + node.target.str()};
            m_madeUp.push_back(node.target.str() + ": " + how);
            m_result.attributes[node.target.str()] = value->tensor();
        }
        return Done{};
    }

    Result<Done> nothingLeftOver() const {
        for (const auto& [name, tensor] : m_given) {
            const auto isAttribute = [&](NodeId id) {
                return m_graph[id].op == Op::GetAttr && m_graph[id].target.str() == name;
            };
            const std::vector<NodeId> ids = m_graph.ids();
            if (m_used.contains(name) || std::any_of(ids.begin(), ids.end(), isAttribute))
                continue;
            std::vector<std::string> names;
            for (size_t i = 0; i < m_placeholders.size(); ++i)
                if (specOf(i).kind == InputSpec::Kind::UserInput && names.size() < 10)
                    names.push_back("in" + std::to_string(names.size()) + " (" + placeholder(i).name + ")");
            return Diagnostic{"the tensor '" + name + "' belongs to no input of the graph",
                              {},
                              names.empty() ? "the graph takes no inputs" : "its inputs are " + join(names, ", ")};
        }
        return Done{};
    }

    void describe() {
        const auto say = [&](size_t count, std::string_view one, std::string_view many, std::string_view from) {
            if (count > 0)
                m_result.sources.push_back(counted(static_cast<int64_t>(count), one, many) + std::string(from));
        };
        say(m_givenCount, "input", "inputs", " given");
        say(m_weightCount, "weight", "weights", " from the file");
        say(m_sampleCount, "input", "inputs", " from the file's sample inputs");
        if (m_madeUp.empty())
            return;
        std::vector<std::string> shown(m_madeUp.begin(),
                                       m_madeUp.begin() + static_cast<long>(std::min<size_t>(m_madeUp.size(), 4)));
        if (m_madeUp.size() > shown.size())
            shown.push_back("...");
        say(m_madeUp.size(), "input", "inputs",
            " made up from seed " + std::to_string(m_seed) + " (" + join(shown, ", ") + ")");
    }

    std::string at(size_t i) const { return "input " + placeholder(i).name; }

    const Graph& m_graph;
    const Capture& m_capture;
    const TensorMap& m_given;
    uint64_t m_seed;
    std::vector<NodeId> m_placeholders;
    io::TensorAligner m_aligner; ///< tensors in a file may begin where their elements must not
    BoundInputs m_result;
    SymHints m_symbols;
    std::set<std::string> m_used;
    std::vector<std::string> m_madeUp;
    size_t m_userInputs = 0, m_givenCount = 0, m_weightCount = 0, m_sampleCount = 0;
};

} // namespace

Result<BoundInputs> bindInputs(const Graph& graph, const Capture& capture, const TensorMap& given, uint64_t seed) {
    return InputBinder(graph, capture, given, seed).bind();
}

} // namespace fxscope
