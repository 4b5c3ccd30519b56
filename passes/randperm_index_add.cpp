// SPDX-License-Identifier: BSD-3-Clause
#include "passes/randperm_index_add.h"

#include "passes/add_once.h"
#include "passes/index_addition.h"

namespace fxscope {
namespace {

void warnOfRounding(const Graph& graph, const Addition& add, Rewriter& rewriter) {
    const TensorMeta* x = graph[add.x].tensor();
    if (!x || isFloating(x->dtype) || isComplex(x->dtype))
        rewriter.warn({"alpha * y may be rounded otherwise before it is added; results may differ in the last bit",
                       graph[add.root].name,
                       {},
                       Severity::Note});
}

/// index_add's result is row-major whatever the strides of x, index_put's follows them.
bool needsRowMajorCopy(const Graph& graph, const Addition& add) {
    const TensorMeta* x = graph[add.x].tensor();
    return add.form == AdditionForm::IndexAdd && !add.inPlace && x && x->strides &&
           *x->strides != contiguousStrides(x->sizes);
}

/// `result` takes the root's place, with the root's metadata where it has some.
NodeId replaceRoot(Rewriter& rewriter, const Addition& add, NodeId result) {
    const Graph& graph = rewriter.graph();
    if (graph[add.root].meta.isKnown() && graph[result].meta != graph[add.root].meta)
        rewriter.setMeta(result, graph[add.root].meta);
    rewriter.replaceUses(add.root, result);
    rewriter.erase(add.root);
    return result;
}

NodeId store(Rewriter& rewriter, const Addition& add, const Argument& sum) {
    const ArgumentList args{Argument::node(add.x), Argument::list(add.indices), sum};
    if (add.inPlace) {
        rewriter.setTarget(add.root, "torch.ops.aten.index_put_.default");
        rewriter.setArgs(add.root, args, {});
        return add.root;
    }
    NodeId result = rewriter.call("torch.ops.aten.index_put.default", args, {}, add.root, add.root);
    if (needsRowMajorCopy(rewriter.graph(), add))
        result =
            rewriter.call("torch.ops.aten.clone.default", {Argument::node(result)},
                          {{"memory_format", Argument::memoryFormat(MemoryFormat::Contiguous)}}, add.root, add.root);
    return replaceRoot(rewriter, add, result);
}

/// Everything is inserted directly before the root: nothing moves, and x, index and y are read where they were.
NodeId gatherAddStore(Rewriter& rewriter, const Addition& add, bool bounded) {
    const auto call = [&](Target target, ArgumentList args) {
        return Argument::node(rewriter.call(target, std::move(args), {}, add.root, add.root));
    };
    const Argument gathered = call(bounded ? "torch.ops.aten._unsafe_index.Tensor" : "torch.ops.aten.index.Tensor",
                                   {Argument::node(add.x), Argument::list(add.indices)});
    const Argument y = isOne(add.alpha) ? add.y : call("torch.ops.aten.mul.Tensor", {add.y, add.alpha});
    return store(rewriter, add, call("torch.ops.aten.add.Tensor", {gathered, y}));
}

enum class Writing { Stores, Once };

Result<NodeId> rewrite(Rewriter& rewriter, IndexQuestions& ask, const Addition& add, Writing writing) {
    const IndexFacts& facts = ask.analysis.of(add.index);
    const auto size = ask.analysis.sizeOf(add.x, add.dim);
    const bool bounded = size && ask.analysis.inBounds(facts, *size);
    if (!isOne(add.alpha))
        warnOfRounding(rewriter.graph(), add, rewriter);
    if (writing == Writing::Once) {
        const auto whyNot = whyNotOnce(ask.analysis, add);
        if (!whyNot)
            return replaceRoot(rewriter, add, writeAddOnce(rewriter, ask.analysis, add, bounded));
        rewriter.warn({"stores rows instead of passing over all once: " + *whyNot,
                       rewriter.graph()[add.root].name,
                       {},
                       Severity::Note});
    }
    return gatherAddStore(rewriter, add, bounded);
}

} // namespace

Result<Done> RandpermIndexAdd::run(PassContext& context) const {
    if (usesPatternFiles(context))
        return runPatternFiles(context, {std::string(name())});
    const Writing writing = context.patterns() == kOncePatterns ? Writing::Once : Writing::Stores;
    IndexQuestions ask(context.graph());
    for (const NodeId id : context.graph().ids()) {
        const auto form = additionFormOf(context.graph()[id]);
        if (!form)
            continue;
        if (context.mustStop())
            break;
        auto outcome = matchAddition(ask, context.graph()[id], *form);
        if (auto* miss = std::get_if<Miss>(&outcome)) {
            context.miss(std::move(*miss));
            continue;
        }
        const Addition& add = std::get<Addition>(outcome);
        FX_CHECK(context.step(*form == AdditionForm::IndexPut ? "index_put" : "index_add", matchOf(ask, add),
                              [&](Rewriter& rewriter) { return rewrite(rewriter, ask, add, writing); }));
    }
    return Done{};
}

} // namespace fxscope
