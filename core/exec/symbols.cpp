// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/symbols.h"

#include <algorithm>

namespace fxscope {
namespace {

std::optional<std::string> plainSymbol(const SymInt& size) {
    std::vector<std::string> names;
    size.collectSymbols(names);
    return names.size() == 1 && names.front() == size.str() ? std::optional(names.front()) : std::nullopt;
}

Diagnostic sizesDiffer(const TensorMeta& stated, const Tensor& actual, const std::string& why) {
    const std::string want = ValueMeta::tensor(stated).str(), have = Value(actual).str();
    return {"the graph wants " + want + ", the value is " + have + (why.empty() ? "" : " (" + why + ")"), {}, {}};
}

void collect(const ValueMeta& meta, std::vector<std::string>& names) {
    if (meta.kind() == ValueMeta::Kind::SymInt)
        meta.symInt().collectSymbols(names);
    if (meta.isTensor())
        for (const SymInt& size : meta.tensor().sizes)
            size.collectSymbols(names);
}

} // namespace

Result<Done> unifySize(const SymInt& stated, int64_t actual, SymHints& symbols) {
    if (const auto name = plainSymbol(stated); name && !symbols.contains(*name)) {
        symbols.emplace(*name, actual);
        return Done{};
    }
    const auto known = stated.eval(symbols);
    if (!known || *known == actual)
        return Done{};
    const std::string text = stated.isConstant() ? stated.str() : stated.str() + " = " + std::to_string(*known);
    return Diagnostic{text + " against " + std::to_string(actual), {}, {}};
}

Result<Done> unifyTensor(const TensorMeta& stated, const Tensor& actual, SymHints& symbols) {
    if (stated.dtype != actual.dtype() || stated.sizes.size() != actual.dim())
        return sizesDiffer(stated, actual, {});
    for (size_t i = 0; i < actual.dim(); ++i)
        if (auto same = unifySize(stated.sizes[i], actual.size(i), symbols); !same)
            return sizesDiffer(stated, actual, "dimension " + std::to_string(i) + ": " + same.error().what);
    return Done{};
}

Result<Done> unifyValue(const ValueMeta& stated, const Value& actual, SymHints& symbols) {
    if (stated.isTensor() && actual.isTensor())
        return unifyTensor(stated.tensor(), actual.tensor(), symbols);
    if (stated.kind() == ValueMeta::Kind::SymInt && actual.isNumber()) {
        if (auto same = unifySize(stated.symInt(), actual.toInt(), symbols); !same)
            return Diagnostic{"the graph and the value differ: " + same.error().what, {}, {}};
        return Done{};
    }
    if (stated.isTensor())
        return Diagnostic{"the graph wants " + stated.str() + ", the value is " + actual.str(), {}, {}};
    return Done{};
}

std::vector<std::string> symbolsOfInputs(const Graph& graph) {
    std::vector<std::string> names;
    for (const NodeId id : graph.placeholders())
        collect(graph[id].meta, names);
    std::vector<std::string> distinct;
    for (const std::string& name : names)
        if (std::find(distinct.begin(), distinct.end(), name) == distinct.end())
            distinct.push_back(name);
    return distinct;
}

void chooseSymbols(const Graph& graph, SymHints& symbols) {
    int64_t next = 6;
    for (const std::string& name : symbolsOfInputs(graph)) {
        if (symbols.contains(name))
            continue;
        const auto hint = graph.symHints.find(name);
        if (hint != graph.symHints.end()) {
            symbols.emplace(name, hint->second);
            continue;
        }
        const auto range = graph.symRanges.find(name);
        const SymRange limits = range == graph.symRanges.end() ? SymRange{} : range->second;
        symbols.emplace(name, std::max(limits.low, std::min(limits.high, next)));
        next += 4;
    }
}

} // namespace fxscope
