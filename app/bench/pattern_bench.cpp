// SPDX-License-Identifier: BSD-3-Clause
#include "app/bench/pattern_bench.h"

#include "core/compare/compare.h"
#include "core/exec/outputs.h"
#include "passes/passes.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace fxscope::bench {
namespace {

constexpr int64_t kMostCompared = int64_t(64) << 20; ///< bytes of an output

Result<Value> permutation(int64_t rows, int64_t kept, uint64_t seed) {
    std::vector<int64_t> order(static_cast<size_t>(rows));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(seed));
    FX_TRY(Tensor index, Tensor::empty(DType::Int64, {kept}));
    std::copy_n(order.begin(), kept, index.data<int64_t>());
    return Value(std::move(index));
}

/// Bit for bit.
bool sameOutputs(const Value& a, const Value& b) {
    std::vector<Tensor> left, right;
    forEachTensor(a, [&](const Tensor& tensor) { left.push_back(tensor); });
    forEachTensor(b, [&](const Tensor& tensor) { right.push_back(tensor); });
    bool same = left.size() == right.size();
    for (size_t i = 0; same && i < left.size(); ++i)
        same = compareTensors(left[i], right[i]).bitEqual;
    return same;
}

class PatternBench {
public:
    PatternBench(const PatternProgram& program, const PatternShape& shape, Backend& backend,
                 const PatternBenchOptions& options)
        : m_backend(backend), m_options(options) {
        m_result.program = &program;
        m_result.shape = shape;
    }

    Result<PatternFigures> run() {
        FX_TRY(const auto before, programGraph(*m_result.program, m_result.shape, m_options.device));
        FX_CHECK(drawInputs());
        FX_TRY(m_index, permutation(m_result.shape.rows, m_result.shape.kept, m_options.measure.seed));
        FX_CHECK(measureForm("before", *before, 0));
        for (const std::string& set : m_options.sets)
            FX_CHECK(measureSet(before, set));
        for (FormFigures& form : m_result.forms) // they are large
            form.program.output = {};
        return std::move(m_result);
    }

private:
    /// Where they are read: large ones would take long to bring there.
    Result<Done> drawInputs() {
        FX_TRY(const auto graph, inputsGraph(*m_result.program, m_result.shape, m_options.device));
        FX_TRY(const RunResult drawn,
               fxscope::run(*graph, {}, m_backend, {.seed = m_options.measure.seed, .download = false}));
        m_inputs = drawn.output.list();
        return Done{};
    }

    Result<Done> measureSet(const std::shared_ptr<const Graph>& before, const std::string& set) {
        const std::vector<std::string> names{"randperm_index_add", "randperm_index"};
        FX_TRY(const auto passes, resolvePasses(names));
        FX_TRY(const Trace trace, runPasses(before, passes, {.patterns = set}));
        if (trace.steps.empty()) {
            m_result.notRewritten.push_back(set);
            return Done{};
        }
        return measureForm(set, *trace.result, trace.steps.size());
    }

    Result<Done> measureForm(const std::string& form, const Graph& graph, size_t rewrites) {
        FormFigures figures{.form = form, .rewrites = rewrites};
        MeasureOptions withOutput = m_options.measure;
        const PatternShape& shape = m_result.shape;
        withOutput.output = shape.rows * shape.columns * int64_t(bytesOf(shape.dtype)) <= kMostCompared;
        FX_TRY(figures.program, measure(graph, m_inputs, m_backend, withOutput));
        if (!m_result.forms.empty() && withOutput.output)
            figures.equal = sameOutputs(m_result.forms.front().program.output, figures.program.output);
        if (const auto rows = withGivenIndex(graph); rows.ok()) {
            ValueList inputs = m_inputs;
            inputs.push_back(m_index);
            FX_TRY(figures.rows, measure(**rows, inputs, m_backend, m_options.measure));
        }
        m_result.forms.push_back(std::move(figures));
        return Done{};
    }

    Backend& m_backend;
    const PatternBenchOptions& m_options;
    PatternFigures m_result;
    ValueList m_inputs;
    Value m_index;
};

} // namespace

Result<PatternFigures> benchPattern(const PatternProgram& program, const PatternShape& shape, Backend& backend,
                                    const PatternBenchOptions& options) {
    return PatternBench(program, shape, backend, options).run();
}

} // namespace fxscope::bench
