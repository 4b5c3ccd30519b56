// SPDX-License-Identifier: BSD-3-Clause
#include "passes/randperm_index.h"

#include "passes/index_match.h"

namespace fxscope {
namespace {

/// x[indices] as the anchor writes it: index tensors with the dimension that each addresses.
struct Gather {
    NodeId root, x;
    ArgumentList indices; ///< as _unsafe_index takes them, None where a dimension is taken whole
    std::vector<std::pair<int64_t, NodeId>> tensors; ///< dimension, index
    bool select = false;                             ///< index_select
};

bool isGather(const Node& node) {
    const std::string& target = node.target.str();
    return node.op == Op::CallFunction &&
           (target == "torch.ops.aten.index.Tensor" || target == "torch.ops.aten.index_select.default");
}

std::optional<Gather> readIndex(const Node& node, const Argument& x, const Argument& list) {
    if (!list.isSequence())
        return std::nullopt;
    Gather gather{node.id, x.asNode(), list.items(), {}, false};
    for (size_t dim = 0; dim < gather.indices.size(); ++dim)
        if (gather.indices[dim].isNode())
            gather.tensors.emplace_back(static_cast<int64_t>(dim), gather.indices[dim].asNode());
    return gather;
}

std::optional<Gather> readSelect(const IndexAnalysis& analysis, const Node& node, const Argument& x) {
    const Argument *dimArg = argumentOf(node, 1, "dim"), *index = argumentOf(node, 2, "index");
    if (!dimArg || !dimArg->isInt() || !index || !index->isNode())
        return std::nullopt;
    const int64_t rank = analysis.rankOf(x.asNode()).value_or(0);
    const int64_t dim = dimArg->asInt() < 0 ? dimArg->asInt() + rank : dimArg->asInt();
    if (dim < 0 || dim > 64)
        return std::nullopt;
    Gather gather{node.id, x.asNode(), ArgumentList(static_cast<size_t>(dim)), {{dim, index->asNode()}}, true};
    gather.indices.push_back(*index);
    return gather;
}

std::optional<Gather> readGather(const IndexAnalysis& analysis, const Node& node) {
    const Argument* x = argumentOf(node, 0, "self");
    if (!x || !x->isNode())
        return std::nullopt;
    if (node.target.str() == "torch.ops.aten.index_select.default")
        return readSelect(analysis, node, *x);
    const Argument* list = argumentOf(node, 1, "indices");
    return list ? readIndex(node, *x, *list) : std::nullopt;
}

/// index_select gives row-major results, index may follow the strides of x.
bool isRowMajor(const Node& x) {
    const TensorMeta* meta = x.tensor();
    return !meta || !meta->strides || *meta->strides == contiguousStrides(meta->sizes);
}

std::optional<Miss> askInBounds(IndexQuestions& ask, const Gather& gather, int64_t dim, NodeId index,
                                const MissAt& miss, int matched) {
    const IndexAnalysis& analysis = ask.analysis;
    const IndexFacts& facts = ask.analysis.of(index);
    const auto size = analysis.sizeOf(gather.x, dim);
    if (size && analysis.inBounds(facts, *size) && (!gather.select || analysis.notNegative(facts)))
        return std::nullopt;
    const Node& x = analysis.graph()[gather.x];
    if (!facts.low || !facts.high)
        return miss(matched, "range_unknown", "the range of the entries of %1 is not known", {index});
    if (!size || !x.tensor())
        return miss(matched, "missing_value", "%1 carries no shape, so %2 cannot be shown to stay inside it",
                    {gather.x, index});
    if (gather.select && !analysis.notNegative(facts))
        return miss(matched, "out_of_bounds", "the entries of %1 may count from the end, which index_select refuses",
                    {index});
    const bool mayExceed = provablyLessEqual(*facts.high + 1, *size, analysis.ranges()) == Proof::No;
    return miss(matched, mayExceed ? "out_of_bounds" : "bounds_not_proven",
                mayExceed
                    ? "the entries of %1 lie in %2 to %3, dimension %4 of %5 has only %6"
                    : "the entries of %1 lie in %2 to %3; that dimension %4 of %5, %6, covers them cannot be shown",
                {index, facts.low->str(), facts.high->str(), dim, gather.x, size->str()});
}

std::variant<Match, Miss> match(IndexQuestions& ask, const Node& node, const std::optional<Gather>& gather) {
    const int parts = gather ? 3 * static_cast<int>(gather->tensors.size()) : 0;
    const MissAt miss{"randperm_index", node.id, 1 + parts};
    if (!gather || gather->tensors.empty())
        return miss(0, "args_structure", "the arguments of %1 name no tensor and index this rule can read", {node.id});
    if (gather->select && !isRowMajor(ask.analysis.graph()[gather->x]))
        return miss(0, "strides",
                    "%1 is not row-major: index_select and _unsafe_index would lay out the result differently",
                    {gather->x});
    Match match{node.id, {{"x", Argument::node(gather->x)}}, {}};
    std::vector<NodeId> indices;
    int matched = 1;
    for (const auto& [dim, index] : gather->tensors) {
        if (auto no = askKnown(ask, index, miss, matched))
            return *no;
        if (auto no = askInBounds(ask, *gather, dim, index, miss, matched + 1))
            return *no;
        if (auto no = askUnchanged(ask, index, miss, matched + 2))
            return *no;
        match.captures.push_back({"index", Argument::node(index)});
        indices.push_back(index);
        matched += 3;
    }
    match.nodes = matchedNodes(ask, indices, node.id);
    return match;
}

} // namespace

Result<Done> RandpermIndex::run(PassContext& context) const {
    if (usesPatternFiles(context))
        return runPatternFiles(context, {std::string(name())});
    IndexQuestions ask(context.graph());
    for (const NodeId id : context.graph().ids()) {
        const Node& node = context.graph()[id];
        if (!isGather(node))
            continue;
        if (context.mustStop())
            break;
        const auto gather = readGather(ask.analysis, node);
        auto outcome = match(ask, node, gather);
        if (auto* miss = std::get_if<Miss>(&outcome)) {
            context.miss(std::move(*miss));
            continue;
        }
        const auto retarget = [&](Rewriter& rewriter) -> Result<NodeId> {
            rewriter.setTarget(id, "torch.ops.aten._unsafe_index.Tensor");
            if (gather->select)
                rewriter.setArgs(id, {Argument::node(gather->x), Argument::list(gather->indices)}, {});
            return id;
        };
        FX_CHECK(
            context.step(gather->select ? "index_select" : "index", std::get<Match>(std::move(outcome)), retarget));
    }
    return Done{};
}

} // namespace fxscope
