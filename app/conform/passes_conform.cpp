// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/passes_conform.h"

#include "app/conform/records.h"
#include "core/compare/compare.h"
#include "core/io/capture.h"
#include "passes/passes.h"

#include <algorithm>

namespace fxscope::conform {
namespace {

constexpr uint64_t kSeed = 7;

Result<Trace> apply(std::shared_ptr<const Graph> graph, const std::vector<std::string>& names,
                    const std::string& patterns = {}) {
    FX_TRY(const auto passes, resolvePasses(names));
    return runPasses(std::move(graph), passes, {.patterns = patterns});
}

std::vector<Tensor> tensorsIn(const Value& value) {
    std::vector<Tensor> found;
    forEachTensor(value, [&](const Tensor& tensor) { found.push_back(tensor); });
    return found;
}

/// Empty if the record is reproduced, else what differs.
Result<std::string> numpyDifference(const Json& record, const std::string& where) {
    FX_TRY(const std::string before, member<std::string>(record, "before", where));
    FX_TRY(const std::string after, member<std::string>(record, "after", where));
    FX_TRY(const size_t count, member<size_t>(record, "count", where));
    FX_TRY(const Capture capture, io::openText(before, where));
    FX_TRY(const GraphEntry entry, capture.entry());
    FX_TRY(const Trace trace, apply(entry.graph, {"numpy_kwargs"}));
    if (trace.steps.size() != count)
        return std::to_string(trace.steps.size()) + " nodes renamed, PyTorch renamed " + std::to_string(count);
    const std::string text = io::writeText(*trace.result);
    return text == after ? std::string() : "the text differs:\n" + text + "\nPyTorch's:\n" + after;
}

/// The sizes that the symbols of `symbolic` have in the same program traced with numbers.
SymHints hintsFrom(const Graph& symbolic, const Graph& fixed) {
    SymHints hints;
    const auto symbols = symbolic.placeholders(), numbers = fixed.placeholders();
    for (size_t i = 0; i < std::min(symbols.size(), numbers.size()); ++i) {
        const TensorMeta *a = symbolic[symbols[i]].tensor(), *b = fixed[numbers[i]].tensor();
        for (size_t dim = 0; a && b && dim < std::min(a->sizes.size(), b->sizes.size()); ++dim) {
            std::vector<std::string> names;
            a->sizes[dim].collectSymbols(names);
            if (names.size() == 1 && a->sizes[dim] == SymInt::symbol(names[0]) && b->sizes[dim].isConstant())
                hints.emplace(names[0], b->sizes[dim].constant());
        }
    }
    return hints;
}

Result<std::shared_ptr<const Graph>> graphOf(const Json& record, const std::string& where) {
    FX_TRY(const std::string text, member<std::string>(record, "before_readable", where));
    FX_TRY(const Capture capture, io::openText(text, where));
    FX_TRY(const GraphEntry entry, capture.entry());
    return entry.graph;
}

/// The same program, decomposed alike, traced with numbers; null if it is not among the records.
const Json* fixedTwin(const Json& records, const Json& record) {
    for (const Json& other : records)
        if (other.contains("before") && other.at("name") == record.at("name") &&
            other.at("decomp") == record.at("decomp") && other.at("shapes") == "static")
            return &other;
    return nullptr;
}

/// index_add multiplies by alpha and adds in one rounding, the rewritten form in two.
bool mayRound(const Trace& trace) {
    return std::any_of(trace.steps.begin(), trace.steps.end(),
                       [](const RewriteStep& step) { return step.match.capture("alpha") != nullptr; });
}

Result<Done> checkRewrites(const Json& records, const Json& record, const std::string& where,
                           const std::string& patterns, Backend& backend, Report& report) {
    const std::string group = "randperm rewrites";
    FX_TRY(auto graph, graphOf(record, where));
    if (const Json* twin = fixedTwin(records, record); twin && record.at("shapes") == "symbolic") {
        FX_TRY(const auto fixed, graphOf(*twin, where));
        Graph hinted = *graph;
        hinted.symHints = hintsFrom(*graph, *fixed);
        graph = std::make_shared<const Graph>(std::move(hinted));
    }
    const std::vector<std::string> passes{"randperm_index_add", "randperm_index"};
    const auto trace = apply(graph, passes, patterns);
    if (!trace) {
        report.fail(group, where + ": " + trace.error().str());
        return Done{};
    }
    if (const auto again = apply(trace->result, passes, patterns); !again || !again->steps.empty()) {
        report.fail(group, where + ": a second run changes the graph again");
        return Done{};
    }
    const BitComparison bits = compareBits(*graph, *trace->result, backend, kSeed);
    if (!bits.ran)
        report.skip(group, "the program itself does not run: " + bits.why);
    else
        report.check(group, bits.equal || (bits.close && mayRound(*trace)) ? "" : where + ": " + bits.why);
    return Done{};
}

} // namespace

BitComparison compareBits(const Graph& before, const Graph& after, Backend& backend, uint64_t seed) {
    const auto inputs = bindInputs(before, {}, {}, seed);
    if (!inputs)
        return {false, false, inputs.error().str()};
    const ExecOptions options{.seed = seed};
    const auto a = run(before, inputs->values, backend, options);
    if (!a)
        return {false, false, a.error().str()};
    const auto b = run(after, inputs->values, backend, options);
    if (!b)
        return {true, false, "only the rewritten graph fails: " + b.error().str()};
    const std::vector<Tensor> left = tensorsIn(a->output), right = tensorsIn(b->output);
    if (left.size() != right.size())
        return {true, false, std::to_string(left.size()) + " outputs against " + std::to_string(right.size())};
    BitComparison result{true, true, {}, true};
    for (size_t i = 0; i < left.size(); ++i) {
        const TensorDifference difference = compareTensors(left[i], right[i]);
        result.close = result.close && difference.equal;
        if (result.equal && !difference.bitEqual)
            result = {true, false,
                      "output " + std::to_string(i) + " differs in " + std::to_string(difference.differing) +
                          " elements " + difference.mismatch,
                      result.close};
    }
    return result;
}

Result<Report> replayNumpyKwargs(const std::string& path, Backend&) {
    FX_TRY(const Json records, readJson(path));
    Report report;
    for (const Json& record : records) {
        FX_TRY(const std::string name, member<std::string>(record, "name", path));
        const std::string where = path + ": " + name;
        FX_TRY(const std::string difference, numpyDifference(record, where));
        report.check("numpy_kwargs", difference.empty() ? "" : name + ": " + difference);
    }
    return report;
}

Result<Report> replayRandpermRewrites(const std::string& path, const std::string& patterns, Backend& backend) {
    FX_TRY(const Json records, readJson(path));
    Report report;
    for (const Json& record : records) {
        if (!record.contains("before")) {
            report.skip("randperm rewrites", "PyTorch recorded an error and no graph");
            continue;
        }
        FX_TRY(const std::string name, member<std::string>(record, "name", path));
        const std::string where = name + " (" + record.value("shapes", "") + ", " + record.value("decomp", "") + ")";
        FX_CHECK(checkRewrites(records, record, where, patterns, backend, report));
    }
    return report;
}

} // namespace fxscope::conform
