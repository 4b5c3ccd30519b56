// SPDX-License-Identifier: BSD-3-Clause
#include "passes/randperm_index_add.h"

#include "passes/index_match.h"

namespace fxscope {
namespace {

enum class Form { IndexPut, IndexAdd };

/// The one addition an anchor asks for: x[..., index] += alpha * y at dimension `dim`.
struct Addition {
    Form form = Form::IndexPut;
    bool inPlace = false;
    NodeId root, x, index;
    int64_t dim = 0;
    Argument y, alpha = Argument::integer(1);
    ArgumentList indices; ///< as index_put takes them
};

constexpr int kParts = 6; // the anchor, one index, its entries known, all different, y as x wants it, unchanged since

std::optional<Form> formOf(const Node& node) {
    const std::string_view target = node.target.shortName();
    if (node.op != Op::CallFunction)
        return std::nullopt;
    if (target == "aten.index_put.default" || target == "aten.index_put_.default") {
        const Argument* accumulate = argumentOf(node, 3, "accumulate");
        const bool adds = accumulate && accumulate->kind() == Argument::Kind::Bool && accumulate->asBool();
        return adds ? std::optional(Form::IndexPut) : std::nullopt;
    }
    const bool add = target == "aten.index_add.default" || target == "aten.index_add_.default";
    return add ? std::optional(Form::IndexAdd) : std::nullopt;
}

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

std::variant<Addition, Miss> readAddition(const IndexAnalysis& analysis, const Node& node, Form form,
                                          const MissAt& miss) {
    Addition add{.form = form, .root = node.id};
    add.inPlace = node.target.str().ends_with("_.default");
    const Argument* x = argumentOf(node, 0, "self");
    if (!x || !x->isNode())
        return miss(1, "args_structure", "%1 has no tensor to add to", {node.id});
    add.x = x->asNode();
    return form == Form::IndexPut ? readIndexPut(node, std::move(add), miss)
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

bool isOne(const Argument& alpha) {
    return (alpha.isInt() && alpha.asInt() == 1) || (alpha.kind() == Argument::Kind::Float && alpha.asFloat() == 1.0) ||
           (alpha.kind() == Argument::Kind::Bool && alpha.asBool());
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
    if (add.form == Form::IndexPut)
        return std::nullopt;
    if (auto no = askShapes(ask, add, ask.analysis.of(add.index), miss))
        return no;
    return askAlpha(ask, add, miss);
}

std::variant<Addition, Miss> match(IndexQuestions& ask, const Node& node, Form form) {
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

Match asMatch(IndexQuestions& ask, const Addition& add) {
    Match match{add.root, {{"x", Argument::node(add.x)}, {"index", Argument::node(add.index)}, {"y", add.y}}, {}};
    if (!isOne(add.alpha))
        match.captures.push_back({"alpha", add.alpha});
    match.nodes = matchedNodes(ask, {add.index}, add.root);
    return match;
}

void warnOfRounding(const Graph& graph, const Addition& add, Rewriter& rewriter) {
    const TensorMeta* x = graph[add.x].tensor();
    if (!x || isFloating(x->dtype) || isComplex(x->dtype))
        rewriter.warn({"alpha * y is rounded before it is added; results may differ in the last bit",
                       graph[add.root].name,
                       {},
                       Severity::Note});
}

/// index_add's result is row-major whatever the strides of x, index_put's follows them.
bool needsRowMajorCopy(const Graph& graph, const Addition& add) {
    const TensorMeta* x = graph[add.x].tensor();
    return add.form == Form::IndexAdd && !add.inPlace && x && x->strides && *x->strides != contiguousStrides(x->sizes);
}

/// The node that takes the root's place, with the root's metadata where it has some.
NodeId replaceRoot(Rewriter& rewriter, const Addition& add, const Argument& sum) {
    const Graph& graph = rewriter.graph();
    const ArgumentList args{Argument::node(add.x), Argument::list(add.indices), sum};
    if (add.inPlace) {
        rewriter.setTarget(add.root, "torch.ops.aten.index_put_.default");
        rewriter.setArgs(add.root, args, {});
        return add.root;
    }
    NodeId result = rewriter.call("torch.ops.aten.index_put.default", args, {}, add.root, add.root);
    if (needsRowMajorCopy(graph, add))
        result =
            rewriter.call("torch.ops.aten.clone.default", {Argument::node(result)},
                          {{"memory_format", Argument::memoryFormat(MemoryFormat::Contiguous)}}, add.root, add.root);
    if (graph[add.root].meta.isKnown() && graph[result].meta != graph[add.root].meta)
        rewriter.setMeta(result, graph[add.root].meta);
    rewriter.replaceUses(add.root, result);
    rewriter.erase(add.root);
    return result;
}

/// Everything is inserted directly before the root: nothing moves, and x, index and y are read where they were.
Result<NodeId> rewrite(Rewriter& rewriter, IndexQuestions& ask, const Addition& add) {
    const auto size = ask.analysis.sizeOf(add.x, add.dim);
    const bool bounded = size && ask.analysis.inBounds(ask.analysis.of(add.index), *size);
    const auto call = [&](Target target, ArgumentList args) {
        return Argument::node(rewriter.call(target, std::move(args), {}, add.root, add.root));
    };
    const Argument gathered = call(bounded ? "torch.ops.aten._unsafe_index.Tensor" : "torch.ops.aten.index.Tensor",
                                   {Argument::node(add.x), Argument::list(add.indices)});
    Argument y = add.y;
    if (!isOne(add.alpha)) {
        y = call("torch.ops.aten.mul.Tensor", {y, add.alpha});
        warnOfRounding(rewriter.graph(), add, rewriter);
    }
    return replaceRoot(rewriter, add, call("torch.ops.aten.add.Tensor", {gathered, y}));
}

} // namespace

Result<Done> RandpermIndexAdd::run(PassContext& context) const {
    if (usesPatternFiles(context))
        return runPatternFiles(context, {std::string(name())});
    IndexQuestions ask(context.graph());
    for (const NodeId id : context.graph().ids()) {
        const auto form = formOf(context.graph()[id]);
        if (!form)
            continue;
        if (context.mustStop())
            break;
        auto outcome = match(ask, context.graph()[id], *form);
        if (auto* miss = std::get_if<Miss>(&outcome)) {
            context.miss(std::move(*miss));
            continue;
        }
        const Addition& add = std::get<Addition>(outcome);
        FX_CHECK(context.step(*form == Form::IndexPut ? "index_put" : "index_add", asMatch(ask, add),
                              [&](Rewriter& rewriter) { return rewrite(rewriter, ask, add); }));
    }
    return Done{};
}

} // namespace fxscope
