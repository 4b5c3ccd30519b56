// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/root_cause.h"

#include "core/ops/op.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
namespace {

/// The part of the tree that PyTorch's answer names; the first that does not fit where none is marked.
const ExplainPart* decisivePart(const ExplainPart& part, bool marked) {
    if (marked ? part.decisive : !part.fits())
        return &part;
    for (const ExplainPart& inner : part.parts)
        if (const ExplainPart* found = decisivePart(inner, marked))
            return found;
    return nullptr;
}

class Cause {
public:
    Cause(const Graph& graph, const Explanation& explanation) : m_graph(graph), m_explanation(explanation) {
        m_part = decisivePart(explanation.tree, true);
        if (!m_part)
            m_part = decisivePart(explanation.tree, false);
    }

    RootCause find() {
        m_result.code = name(m_explanation.reason);
        switch (m_explanation.reason) {
        case Reason::Match: return {};
        case Reason::FunctionMismatch: functionMismatch(); break;
        case Reason::ArityMismatch: arity(); break;
        case Reason::MultipleUsers: users(); break;
        case Reason::ConstantArgs: constant(); break;
        case Reason::ArgsStructure: structure(); break;
        case Reason::RepeatedPatternDiffers: repeated(); break;
        case Reason::MutationRegion: mutation(); break;
        case Reason::MissingInput: missingInput(); break;
        case Reason::MissingValue:
        case Reason::NoFakeValue: m_result.change = "capture the graph with fake tensors in its nodes' meta"; break;
        case Reason::RetraceFailed:
            m_result.change = "give the inputs the shapes that the pattern's own operators accept";
            break;
        case Reason::ExtraCheck:
            m_result.change =
                "make the index by an operator whose entries are known (randperm, arange, argsort, nonzero), "
                "or give its tensor the size that they fit";
            break;
        case Reason::UnsupportedType:
            m_result.change = "compute in a dtype, and on a device, that Inductor supports";
            break;
        default: break;
        }
        return std::move(m_result);
    }

private:
    const Pattern& pattern() const {
        return m_explanation.specific ? m_explanation.specific->pattern : m_explanation.entry->pattern;
    }
    const PatternExpr* wanted() const {
        return m_part && m_part->pattern.valid() ? &pattern()[m_part->pattern] : nullptr;
    }
    const Node* found() const { return m_part && m_part->node.valid() ? &m_graph[m_part->node] : nullptr; }
    std::string words(const Node& node) const { return node.name + " (" + std::string(node.target.shortName()) + ")"; }
    void set(const char* code, std::string cause, std::string change) {
        m_result = {code, std::move(cause), std::move(change)};
    }

    /// A call of `target` that the pattern is written with and tracing removed, or null.
    const LostCall* lost(std::string_view target) const {
        for (const LostCall& call : m_explanation.entry->lost)
            if (call.target == target)
                return &call;
        return nullptr;
    }
    bool wantsAnywhere(std::string_view target) const {
        for (const PatternExpr& expr : pattern().exprs)
            for (const Target& own : expr.targets)
                if (own.shortName() == target)
                    return true;
        return false;
    }
    /// The nearest node that the pattern wants, behind calls of one tensor: what stands in between.
    std::vector<NodeId> between(const Node& from, const PatternExpr& expr) const {
        std::vector<NodeId> passed;
        NodeId at = from.id;
        for (int depth = 0; depth < 8; ++depth) {
            const Node& node = m_graph[at];
            if (std::find(expr.targets.begin(), expr.targets.end(), node.target) != expr.targets.end())
                return passed;
            passed.push_back(at);
            const auto inputs = m_graph.inputs(at);
            if (inputs.empty())
                break;
            at = inputs.front();
        }
        return {};
    }

    /// The call by which the pattern asks a captured input for its size, written with the graph's node; empty: none.
    std::string sizeAsked(const PatternExpr& expr) const {
        if (!expr.isCall() || expr.targets.front().shortName() != "aten.sym_size.int" || expr.args.size() != 2 ||
            !expr.args[0].isNode() || !expr.args[1].isInt() || !m_explanation.match)
            return {};
        const Argument* input = m_explanation.match->capture(pattern()[expr.args[0].asNode()].name);
        return input && input->isNode() ? "torch.ops.aten.sym_size.int(" + m_graph[input->asNode()].name + ", " +
                                              std::to_string(expr.args[1].asInt()) + ")"
                                        : std::string();
    }

    void functionMismatch() {
        const PatternExpr* expr = wanted();
        const Node* node = found();
        if (expr && m_part && !node && m_explanation.phase == 2 && expr->isCall() &&
            expr->targets.front().shortName() == "aten.sym_size.int")
            return set("size_not_asked_of_source",
                       "The number here must be the size asked of the source at this place; the graph has " +
                           m_part->found + ".",
                       "write " + sizeAsked(*expr) + " in place of " + m_part->found);
        if (!expr || !node)
            return;
        const std::string_view have = node->target.shortName();
        if (m_explanation.phase == 2)
            return specificForm(*node);
        if (const LostCall* call = lost(have))
            return set("sliced_gather",
                       "The pattern is written with " + call->call + ", but the traced pattern has none: " + call->why +
                           ". The graph has one: " + words(*node) + ".",
                       "use a pattern set whose pattern keeps it, or give the pattern an example that is large enough");
        if (const auto passed = between(*node, *expr); !passed.empty()) {
            std::vector<std::string> names;
            for (const NodeId id : passed)
                names.push_back(words(m_graph[id]));
            return set("nodes_between", "What the pattern wants is there, behind " + join(names, ", ") + ".",
                       "take " + join(names, ", ") + " out, or add to the pattern what stands in between");
        }
        if (have == "aten.randperm.default" && wantsAnywhere("aten.randperm.default"))
            return set("full_permutation",
                       words(*node) + " is used whole, where the pattern takes a slice of the permutation.",
                       "use a pattern set that has a form for full permutations");
        set("other_operator", "", "compute " + node->name + " by " + functionWords(*expr));
    }

    /// Phase two: with the real shapes the pattern itself takes another form.
    void specificForm(const Node& node) {
        const std::string anchor(pattern().anchor().targets.front().shortName());
        if (anchor == "aten.index_add.default")
            return set("bfloat16_keeps_index_add",
                       "With this dtype (bfloat16) PyTorch does not take index_add apart, so the pattern becomes an "
                       "index_add, and the graph has " +
                           words(node) + ".",
                       "use as_written, which knows both forms");
        if (anchor == "aten.clone.default")
            return set("permuted_source",
                       "With the strides of this source the pattern ends in a clone, which the graph does not have.",
                       "make the source contiguous");
        if (!wantsAnywhere("aten.slice.Tensor") && node.target.shortName() == "aten.slice.Tensor")
            return set("slice_covers_everything",
                       "With these shapes the pattern's slice covers the whole permutation and vanishes, but the graph "
                       "has " +
                           words(node) + ".",
                       "take the slice out, it changes nothing, and use a pattern set that has a form for full "
                       "permutations");
        const PatternExpr* expr = wanted();
        if (expr && expr->isCall() && expr->targets.front().shortName() == "aten.sym_size.int")
            return set("size_not_asked_of_source",
                       "The end of the slice must be the size asked of the source at this place; the graph computes it "
                       "as " +
                           words(node) + ".",
                       "write " + sizeAsked(*expr) + " in its place");
    }

    void arity() {
        const Node* node = found();
        const PatternExpr* expr = wanted();
        const Schema* schema = node ? findSchema(node->target) : nullptr;
        if (!expr || !schema || node->args.size() <= expr->args.size())
            return;
        std::vector<std::string> extra;
        for (size_t i = expr->args.size(); i < node->args.size() && i < schema->args.size(); ++i) {
            const SchemaArg& own = schema->args[i];
            extra.push_back(own.name + "=" + pythonRepr(node->args[i], m_graph));
            if (own.fallback && !pythonEqual(*own.fallback, node->args[i]))
                return set("default_differs",
                           words(*node) + " has " + extra.back() + ", the pattern has the default, " +
                               pythonRepr(*own.fallback, m_graph) + ".",
                           "leave " + own.name + " out, if " + pythonRepr(*own.fallback, m_graph) + " is meant");
            if (!own.fallback)
                return;
        }
        set("default_written_out",
            words(*node) + " writes " + join(extra, ", ") + " out, which is the default; PyTorch's traces never do.",
            "leave " + join(extra, ", ") + " out");
    }

    void users() {
        const Node* node = found();
        if (!node)
            return;
        std::vector<std::string> others;
        for (const NodeId user : node->users)
            if (!inTree(m_explanation.tree, user))
                others.push_back(m_graph[user].name);
        if (others.empty())
            return set("used_twice",
                       node->name +
                           " serves several places of what matched, in the pattern each has a call of its own.",
                       "repeat the call " + node->name + " for each of the places");
        const std::string own = wanted() ? sizeAsked(*wanted()) : std::string();
        if (!own.empty())
            return set("used_elsewhere", node->name + " is also used by " + join(others, ", ") + ".",
                       "write a new " + own + " in place of " + node->name + " where the permutation is sliced");
        set("used_elsewhere", node->name + " is also used by " + join(others, ", ") + ".",
            "compute what " + join(others, ", ") + (others.size() == 1 ? " needs" : " need") +
                " from another node than " + node->name);
    }

    void structure() {
        m_result.change = "write the arguments with the nesting and the keyword order of the pattern";
        const Node* node = found();
        const PatternExpr* expr = wanted();
        if (!node || !expr)
            return;
        for (size_t i = 0; i < std::min(node->args.size(), expr->args.size()); ++i) {
            const Argument &have = node->args[i], &want = expr->args[i];
            if (have.isSequence() && want.isSequence() && have.items().size() != want.items().size())
                return set("other_dimensions",
                           words(*node) + " has " + counted(int64_t(have.items().size()), "entry", "entries") + " in " +
                               pythonRepr(have, m_graph) + ", the pattern " + std::to_string(want.items().size()) + ".",
                           "write " + counted(int64_t(want.items().size()), "entry", "entries") +
                               " there: index along the first dimension alone (transpose where it is another)");
        }
    }
    /// Whether the node stands for a call of the pattern, not for one of its inputs.
    bool inTree(const ExplainPart& part, NodeId node) const {
        return (part.node == node && part.pattern.valid() && pattern()[part.pattern].isCall()) ||
               std::any_of(part.parts.begin(), part.parts.end(),
                           [&](const ExplainPart& inner) { return inTree(inner, node); });
    }

    void constant() {
        if (!m_part)
            return;
        const ExplainPart* leaf = m_part->parts.empty() ? m_part : nullptr;
        for (const ExplainPart& inner : m_part->parts)
            if (inner.reason == Reason::ConstantArgs && !leaf)
                leaf = &inner;
        if (!leaf)
            return;
        const std::string found = leaf->node.valid() ? words(m_graph[leaf->node]) : leaf->found;
        const bool device = leaf->expected.find("device(") != std::string::npos;
        if (leaf->found == "None" && leaf != m_part)
            return set("keyword_left_out",
                       m_graph[m_part->node].name + " leaves out what PyTorch's traces write out: " + leaf->expected +
                           ".",
                       device ? "write device=" + leaf->expected
                              : "write " + leaf->expected + " for it, and all other keywords that a trace writes");
        if (device)
            return set("device_differs",
                       "The permutation is made on " + found + ", the tensor lies on " + leaf->expected +
                           "; PyTorch compares the device with its index.",
                       "make it with device=x.device");
        if (m_explanation.phase == 2)
            return set("size_differs",
                       "With the shapes of this graph the number here is " + leaf->expected + ", not " + found + ".",
                       "write " + leaf->expected + " in place of " + found + ", if that is what is meant");
        m_result.change = "write " + leaf->expected + " in place of " + found;
    }

    void repeated() {
        for (const PatternExpr& expr : pattern().exprs)
            if (const std::string own = sizeAsked(expr);
                !own.empty() && m_part && expr.args[0].asNode() == m_part->pattern)
                return set("sources_differ", "The size is asked of another tensor than the one that is added.",
                           "write a new " + own + " where the permutation is sliced");
        set("sources_differ", "Two places that the pattern fills with one value hold different ones.",
            "use the same node at both places (a size must be asked of the very tensor that is added)");
    }

    void mutation() {
        if (!m_explanation.match || m_explanation.match->nodes.size() < 2)
            return;
        const auto& nodes = m_explanation.match->nodes;
        NodeId first = nodes.front(), last = nodes.front();
        for (const NodeId id : nodes) {
            first = m_graph.isBefore(id, first) ? id : first;
            last = m_graph.isBefore(last, id) ? id : last;
        }
        std::vector<std::string> writers;
        for (NodeId id = m_graph.next(first); id.valid() && id != last; id = m_graph.next(id))
            if (isMutating(m_graph[id]))
                writers.push_back(words(m_graph[id]));
        if (isMutating(m_graph[last]))
            writers.push_back(words(m_graph[last]));
        set("memory_changes",
            join(writers, ", ") + " changes memory between " + m_graph[first].name + " and " + m_graph[last].name + ".",
            "move it before " + m_graph[first].name + " or behind " + m_graph[last].name +
                ", or write it as a functional call");
    }

    void missingInput() {
        const std::vector<LostCall>& lost = m_explanation.entry->lost;
        std::string cause = "Nothing in the traced pattern mentions one of its inputs";
        if (!lost.empty())
            cause += ": it is written with " + lost.front().call + ", and " + lost.front().why;
        set("input_lost_in_tracing", cause + ".", "use a later pattern set, or as_written");
    }

    const Graph& m_graph;
    const Explanation& m_explanation;
    const ExplainPart* m_part = nullptr;
    RootCause m_result;
};

} // namespace

RootCause rootCauseOf(const Graph& graph, const Explanation& explanation) { return Cause(graph, explanation).find(); }

RootCause whyNoAnchor(const Graph& graph, const PatternEntry& entry) {
    const std::string_view anchor = entry.pattern.anchor().targets.front().shortName();
    std::string first;
    int count = 0;
    DType dtype = DType::Float32;
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        if (anchor != "aten.index_put.default" || node.target.shortName() != "aten.index_add.default")
            continue;
        if (count++ == 0) {
            first = node.name;
            dtype = node.tensor() ? node.tensor()->dtype : dtype;
        }
    }
    if (count == 0)
        return {};
    return {dtype == DType::BFloat16 ? "bfloat16_keeps_index_add" : "not_decomposed",
            "The graph has " + counted(count, "aten.index_add.default", "times aten.index_add.default") + " (" + first +
                (count > 1 ? ", ..." : "") + "): " +
                (dtype == DType::BFloat16 ? "PyTorch does not take it apart for bfloat16"
                                          : "it was not taken apart when the graph was traced") +
                ", and the pattern starts from aten.index_put.default.",
            "use as_written, which knows both forms"};
}

} // namespace fxscope
