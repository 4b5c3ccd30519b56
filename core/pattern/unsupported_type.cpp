// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/op.h"
#include "core/pattern/pattern_run.h"

namespace fxscope {
namespace {

using Verdict = std::optional<std::string>;

/// float8_e8m0fnu may be moved and viewed, not computed with.
bool mayCarryE8m0(const Node& node) {
    const std::string& target = node.target.str();
    const OpDef* op = findOp(node.target);
    return (op && op->view) || target == "torch.ops.aten.view.dtype" || target == "torch.ops.aten.cat.default" ||
           target == "torch.ops.aten.clone.default" || target == "torch.ops.aten._scaled_mm.default";
}

Verdict unreadable(const TensorMeta& tensor, const Node& node) {
    if (isComplex(tensor.dtype))
        return std::string(name(tensor.dtype));
    if (tensor.device && tensor.device->type == "meta")
        return "meta";
    if (tensor.layout >= Layout::SparseCoo && tensor.layout <= Layout::SparseBsc)
        return std::string(name(tensor.layout));
    if (tensor.dtype == DType::Float8E8M0FNU && !mayCarryE8m0(node))
        return std::string(name(tensor.dtype));
    return std::nullopt;
}

Verdict check(const ValueMeta& meta, const Node& node, bool isOutput, const PatternFacts& facts) {
    if (meta.kind() == ValueMeta::Kind::List) {
        for (const ValueMeta& item : meta.items())
            if (Verdict verdict = check(item, node, isOutput, facts))
                return verdict;
        return std::nullopt;
    }
    if (!meta.isTensor())
        return std::nullopt;
    const TensorMeta& tensor = meta.tensor();
    if (isOutput && isComplex(tensor.dtype) &&
        (node.target.str() == "torch.ops.aten.view.dtype" ||
         node.target.str() == "torch.ops.prims.convert_element_type.default"))
        return std::nullopt;
    if (Verdict verdict = unreadable(tensor, node))
        return verdict;
    return isOutput && facts.disableCppCodegen && tensor.device && tensor.device->type == "cpu" ? Verdict("cpu")
                                                                                                : std::nullopt;
}

} // namespace

std::optional<std::string> unsupportedType(const Graph& graph, const Node& node, const PatternFacts& facts) {
    if (node.op == Op::Placeholder || node.target.str() == "torch.ops.aten.view_as_complex.default" ||
        node.target.str() == "torch.ops.aten.lift_fresh_copy.default")
        return std::nullopt;
    const auto isTraced = [&](NodeId id) { return !facts.isReal || !facts.isReal(id); };
    for (const NodeId input : graph.inputs(node.id))
        if (isTraced(input))
            if (Verdict verdict = check(graph[input].meta, node, false, facts))
                return verdict;
    return isTraced(node.id) ? check(node.meta, node, true, facts) : std::nullopt;
}

} // namespace fxscope
