// SPDX-License-Identifier: BSD-3-Clause
// Which producer of index values has which rule, and what the rules share.
#include "core/rewrite/index_rules.h"

namespace fxscope::detail {

const Argument* firstInput(const Node& node) {
    return !node.args.empty() && node.args[0].isNode() ? &node.args[0] : nullptr;
}

const IndexFacts& inputFacts(Analysis& analysis, const Node& node) {
    static const IndexFacts kNone;
    const Argument* input = firstInput(node);
    return input ? analysis.of(input->asNode()) : kNone;
}

std::optional<int64_t> constantOf(const Argument* argument) {
    return argument && argument->isInt() ? std::optional(argument->asInt()) : std::nullopt;
}

std::optional<std::pair<int64_t, int64_t>> limits(DType dtype) {
    switch (dtype) {
    case DType::UInt8: return std::pair<int64_t, int64_t>{0, 255};
    case DType::Int8: return std::pair<int64_t, int64_t>{-128, 127};
    case DType::Int16: return std::pair<int64_t, int64_t>{-32768, 32767};
    case DType::Int32: return std::pair<int64_t, int64_t>{INT32_MIN, INT32_MAX};
    case DType::Int64: return std::pair{INT64_MIN, INT64_MAX};
    default: return std::nullopt;
    }
}

bool fits(const Analysis& analysis, const IndexFacts& facts, DType dtype) {
    const auto range = limits(dtype);
    if (!range)
        return false;
    return dtype == DType::Int64 || (facts.low && facts.high && analysis.atMost(range->first, *facts.low) &&
                                     analysis.atMost(*facts.high, range->second));
}

IndexFacts distinctIn(const Node& node, SymInt low, SymInt high, std::optional<SymInt> length,
                      std::optional<DType> dtype) {
    IndexFacts facts{.known = true, .distinct = true, .low = std::move(low), .high = std::move(high), .dtype = dtype};
    facts.length = std::move(length);
    if (facts.length)
        facts.extent = Extent{node.id, 0, *facts.length};
    return facts;
}

std::optional<SymInt> statedLength(const Analysis& analysis, const Node& node) {
    return node.tensor() ? analysis.sizeOf(node.id, 0) : std::nullopt;
}

IndexFacts part(const Analysis& analysis, IndexFacts facts, const SymInt& begin, const SymInt& end,
                std::optional<SymInt> length) {
    if (facts.extent && facts.extent->inOrder) {
        facts.extent->end = facts.extent->begin + end;
        facts.extent->begin = facts.extent->begin + begin;
        facts.extent->inOrder = analysis.atMost(0, begin); // else clamped: begin only bounds it
    }
    facts.length = std::move(length);
    return facts;
}

IndexRule indexRuleFor(const Node& node) {
    using Entry = std::pair<const std::string_view, IndexRule>;
    static const std::unordered_map<std::string_view, IndexRule> kRules{
        Entry{"aten.randperm.default", randperm},
        Entry{"aten.randperm.generator", randperm},
        Entry{"aten.arange.default", arange},
        Entry{"aten.arange.start", arange},
        Entry{"aten.arange.start_step", arange},
        Entry{"prims.iota.default", iota},
        Entry{"aten.argsort.default", argsort},
        Entry{"aten.argsort.stable", argsort},
        Entry{"aten.randint.default", randint},
        Entry{"aten.randint.low", randint},
        Entry{"aten.multinomial.default", multinomial},
        Entry{"aten.slice.Tensor", slice},
        Entry{"aten.narrow.default", narrow},
        Entry{"aten.flip.default", otherOrder},
        Entry{"aten.roll.default", otherOrder},
        Entry{"aten.clone.default", sameEntries},
        Entry{"aten.contiguous.default", sameEntries},
        Entry{"aten.alias.default", sameEntries},
        Entry{"aten.detach.default", sameEntries},
        Entry{"aten.lift_fresh_copy.default", sameEntries},
        Entry{"prims.device_put.default", sameEntries},
        Entry{"aten.view.default", reshape},
        Entry{"aten.reshape.default", reshape},
        Entry{"aten._unsafe_view.default", reshape},
        Entry{"aten.flatten.using_ints", sameEntries},
        Entry{"aten._to_copy.default", cast},
        Entry{"aten.to.dtype", cast},
        Entry{"prims.convert_element_type.default", cast},
        Entry{"aten.index.Tensor", taken},
        Entry{"aten._unsafe_index.Tensor", taken},
        Entry{"aten.index_select.default", taken},
        Entry{"aten.take.default", taken},
        Entry{"aten.add.Tensor", arithmetic},
        Entry{"aten.add.Scalar", arithmetic},
        Entry{"aten.sub.Tensor", arithmetic},
        Entry{"aten.sub.Scalar", arithmetic},
        Entry{"aten.rsub.Scalar", arithmetic},
        Entry{"aten.mul.Tensor", arithmetic},
        Entry{"aten.mul.Scalar", arithmetic},
        Entry{"aten.neg.default", negated},
        Entry{"aten.remainder.Scalar", remainder},
        Entry{"aten.cat.default", cat},
        Entry{"operator.getitem", item},
        Entry{"aten.squeeze.dim", columnOfNonzero},
        Entry{"aten.select.int", columnOfNonzero},
    };
    if (node.op != Op::CallFunction)
        return nullptr;
    const auto found = kRules.find(node.target.shortName());
    return found == kRules.end() ? nullptr : found->second;
}

std::vector<NodeId> indexRuleInputs(const Graph& graph, const Node& node) {
    const IndexRule rule = indexRuleFor(node);
    std::vector<NodeId> inputs;
    if (!rule)
        return inputs;
    for (const NodeId input : graph.inputs(node.id)) {
        inputs.push_back(input);
        if (rule == item) // facts of a piece are read through the operator that made the pieces
            for (const NodeId whole : graph.inputs(input))
                inputs.push_back(whole);
    }
    return inputs;
}

} // namespace fxscope::detail
