// SPDX-License-Identifier: BSD-3-Clause
#include "passes/index_addition.h"

namespace fxscope {
namespace {

constexpr int kParts = 6; // the anchor, one index, its entries known, all different, y as x wants it, unchanged since

std::variant<Addition, Miss> readIndexPut(const Node& node, Addition add, const MissAt& miss) {
    const Argument *list = argumentOf(node, 1, "indices"), *values = argumentOf(node, 2, "values");
    if (!list || !list->isSequence() || !values || !values->isNode())
        return miss(1, "args_structure", "the arguments of %1 are not those of index_put", {node.id});
    add.y = *values;
    add.indices = list->items();
    int64_t tensors = 0;
    for (size_t dim = 0; dim < add.indices.size(); ++dim)
        if (add.indices[dim].isNode()) {
            add.index = add.indices[dim].asNode();
            add.dim = static_cast<int64_t>(dim);
            ++tensors;
        }
    if (tensors != 1)
        return miss(1, "args_structure", "%1 has %2 index tensors, the rule wants exactly one", {node.id, tensors});
    return add;
}

std::variant<Addition, Miss> readIndexAdd(const IndexAnalysis& analysis, const Node& node, Addition add,
                                          const MissAt& miss) {
    const Argument *dim = argumentOf(node, 1, "dim"), *index = argumentOf(node, 2, "index"),
                   *source = argumentOf(node, 3, "source");
    if (!dim || !dim->isInt() || !index || !index->isNode() || !source || !source->isNode())
        return miss(1, "args_structure", "the arguments of %1 are not those of index_add", {node.id});
    add.y = *source;
    add.index = index->asNode();
    if (const Argument* alpha = argumentOf(node, 4, "alpha"))
        add.alpha = *alpha;
    const auto rank = analysis.rankOf(add.x);
    if (!rank || !analysis.rankOf(add.y.asNode()))
        return miss(1, "missing_value", "%1 or %2 carries no shape, so that they agree cannot be shown",
                    {add.x, add.y.asNode()});
    add.dim = dim->asInt() < 0 ? dim->asInt() + *rank : dim->asInt();
    if (add.dim < 0 || add.dim >= *rank)
        return miss(1, "source_shape", "%1 has no dimension %2", {add.x, dim->asInt()});
    add.indices = ArgumentList(static_cast<size_t>(add.dim));
    add.indices.push_back(*index);
    return add;
}

std::variant<Addition, Miss> readAddition(const IndexAnalysis& analysis, const Node& node, AdditionForm form,
                                          const MissAt& miss) {
    Addition add{.form = form, .root = node.id};
    add.inPlace = node.target.str().ends_with("_.default");
    const Argument* x = argumentOf(node, 0, "self");
    if (!x || !x->isNode())
        return miss(1, "args_structure", "%1 has no tensor to add to", {node.id});
    add.x = x->asNode();
    return form == AdditionForm::IndexPut ? readIndexPut(node, std::move(add), miss)
                                          : readIndexAdd(analysis, node, std::move(add), miss);
}

std::optional<Miss> askDistinct(IndexQuestions& ask, const Addition& add, const MissAt& miss) {
    const IndexFacts& facts = ask.analysis.of(add.index);
    if (ask.analysis.distinctRows(facts, ask.analysis.sizeOf(add.x, add.dim)))
        return std::nullopt;
    if (facts.distinct)
        return miss(3, "repeated_rows",
                    "the entries of %1 differ, but one from the end may mean the same row as one from the start",
                    {add.index});
    const NodeId blame = facts.blame.valid() ? facts.blame : add.index;
    return miss(3, "repeated_rows", "two entries of %1 may address the same row, because of %2 (%3)",
                {add.index, blame, producerName(ask.analysis.graph()[blame])});
}

/// index_add refuses what the rewritten form would broadcast: the shapes must be shown to agree.
std::optional<Miss> askShapes(const IndexQuestions& ask, const Addition& add, const IndexFacts& facts,
                              const MissAt& miss) {
    const IndexAnalysis& analysis = ask.analysis;
    const NodeId y = add.y.asNode();
    if (analysis.rankOf(add.x) != analysis.rankOf(y))
        return miss(4, "source_shape", "%1 and %2 have different numbers of dimensions; index_add refuses that",
                    {add.x, y});
    for (int64_t dim = 0; dim < *analysis.rankOf(add.x); ++dim) {
        const SymInt have = *analysis.sizeOf(y, dim);
        const auto want = dim == add.dim ? facts.length : analysis.sizeOf(add.x, dim);
        if (dim == add.dim && analysis.atMost(2, have)) // another length fails before and after: it cannot broadcast
            continue;
        if (!want || !analysis.equal(have, *want))
            return miss(4, "source_shape",
                        "dimension %1 of %2 is %3 where index_add wants %4; the rewritten form would broadcast it",
                        {dim, y, have.str(), want ? want->str() : "the length of the index"});
    }
    if (!analysis.notNegative(facts))
        return miss(4, "out_of_bounds", "the entries of %1 may count from the end, which index_add refuses",
                    {add.index});
    return std::nullopt;
}

/// Would alpha * y have another dtype or another value than inside index_add?
std::optional<Miss> askAlpha(const IndexQuestions& ask, const Addition& add, const MissAt& miss) {
    const TensorMeta* x = ask.analysis.graph()[add.x].tensor();
    if (isOne(add.alpha) || !x)
        return std::nullopt;
    const Argument::Kind kind = add.alpha.kind();
    const bool integer =
        kind == Argument::Kind::Int || kind == Argument::Kind::Sym ||
        (add.alpha.isNode() && ask.analysis.graph()[add.alpha.asNode()].meta.kind() == ValueMeta::Kind::SymInt);
    const bool complexAlpha = kind == Argument::Kind::Complex && !isComplex(x->dtype);
    if (x->dtype == DType::Bool || (isIntegral(x->dtype) && !integer) || complexAlpha)
        return miss(4, "alpha", "alpha times %1 would not have the dtype of %2", {add.y.asNode(), add.x});
    return std::nullopt;
}

std::optional<Miss> askSource(IndexQuestions& ask, const Addition& add, const MissAt& miss) {
    const Graph& graph = ask.analysis.graph();
    const TensorMeta *x = graph[add.x].tensor(), *y = graph[add.y.asNode()].tensor();
    if (x && y && x->dtype != y->dtype)
        return miss(4, "dtype_differs", "%1 is %2, %3 is %4; PyTorch wants one dtype",
                    {add.x, std::string(name(x->dtype)), add.y.asNode(), std::string(name(y->dtype))});
    if (add.form == AdditionForm::IndexPut)
        return std::nullopt;
    if (auto no = askShapes(ask, add, ask.analysis.of(add.index), miss))
        return no;
    return askAlpha(ask, add, miss);
}

} // namespace

bool isOne(const Argument& alpha) {
    return (alpha.isInt() && alpha.asInt() == 1) || (alpha.kind() == Argument::Kind::Float && alpha.asFloat() == 1.0) ||
           (alpha.kind() == Argument::Kind::Bool && alpha.asBool());
}

std::optional<AdditionForm> additionFormOf(const Node& node) {
    const std::string_view target = node.target.shortName();
    if (node.op != Op::CallFunction)
        return std::nullopt;
    if (target == "aten.index_put.default" || target == "aten.index_put_.default") {
        const Argument* accumulate = argumentOf(node, 3, "accumulate");
        const bool adds = accumulate && accumulate->kind() == Argument::Kind::Bool && accumulate->asBool();
        return adds ? std::optional(AdditionForm::IndexPut) : std::nullopt;
    }
    const bool add = target == "aten.index_add.default" || target == "aten.index_add_.default";
    return add ? std::optional(AdditionForm::IndexAdd) : std::nullopt;
}

std::variant<Addition, Miss> matchAddition(IndexQuestions& ask, const Node& node, AdditionForm form) {
    const MissAt miss{"randperm_index_add", node.id, kParts};
    auto read = readAddition(ask.analysis, node, form, miss);
    const Addition* add = std::get_if<Addition>(&read);
    if (!add)
        return read;
    if (auto no = askKnown(ask, add->index, miss, 2))
        return *no;
    if (auto no = askDistinct(ask, *add, miss))
        return *no;
    if (auto no = askSource(ask, *add, miss))
        return *no;
    if (auto no = askUnchanged(ask, add->index, miss, 5))
        return *no;
    return read;
}

Match matchOf(IndexQuestions& ask, const Addition& add) {
    Match match{add.root, {{"x", Argument::node(add.x)}, {"index", Argument::node(add.index)}, {"y", add.y}}, {}};
    if (!isOne(add.alpha))
        match.captures.push_back({"alpha", add.alpha});
    match.nodes = matchedNodes(ask, {add.index}, add.root);
    return match;
}

} // namespace fxscope
