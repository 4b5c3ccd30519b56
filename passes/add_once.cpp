// SPDX-License-Identifier: BSD-3-Clause
#include "passes/add_once.h"

#include <algorithm>
#include <limits>

namespace fxscope {
namespace {

bool shapesAgree(const IndexAnalysis& analysis, const IndexFacts& index, const Addition& add) {
    const NodeId y = add.y.asNode();
    if (analysis.rankOf(add.x) != analysis.rankOf(y) || !index.length)
        return false;
    for (int64_t dim = 0; dim < *analysis.rankOf(add.x); ++dim) {
        const auto want = dim == add.dim ? index.length : analysis.sizeOf(add.x, dim), have = analysis.sizeOf(y, dim);
        if (!want || !have || !analysis.equal(*want, *have))
            return false;
    }
    return true;
}

std::optional<Device> statedDevice(const Graph& graph, NodeId id) {
    const TensorMeta* tensor = graph[id].tensor();
    return tensor ? tensor->device : std::nullopt;
}

/// The one device that a chain of index tensors names; nothing if it names several, or moves without a name.
std::optional<Device> deviceOfChain(IndexAnalysis& analysis, NodeId index) {
    std::optional<Device> found;
    for (const NodeId id : analysis.chain(index)) {
        const Node& node = analysis.graph()[id];
        if (node.target.shortName() == "prims.device_put.default")
            return std::nullopt;
        for (const auto& [key, value] : node.kwargs) {
            if (key != "device" || value.kind() != Argument::Kind::Device)
                continue;
            if (found && *found != value.asDevice())
                return std::nullopt;
            found = value.asDevice();
        }
    }
    return found;
}

/// Where x lies: as stated of it or of y, else where the index lies, if x can be nowhere else. PyTorch lets an index of
/// the host address rows of a device in index_put, and nothing else.
std::optional<Device> deviceOf(IndexAnalysis& analysis, const Addition& add) {
    const Graph& graph = analysis.graph();
    for (const NodeId id : {add.x, add.y.asNode()})
        if (auto stated = statedDevice(graph, id))
            return stated;
    auto index = statedDevice(graph, add.index);
    if (!index)
        index = deviceOfChain(analysis, add.index);
    return index && (add.form == AdditionForm::IndexAdd || index->type != "cpu") ? index : std::nullopt;
}

/// Rows are numbered in int32 where that suffices: the inverse is read and written as often as there are rows.
DType numberingOf(const SymInt& rows) {
    return rows.isConstant() && rows.constant() <= std::numeric_limits<int32_t>::max() ? DType::Int32 : DType::Int64;
}

class Writer {
public:
    Writer(Rewriter& rewriter, const Addition& add, Device device, bool bounded)
        : m_rewriter(rewriter), m_add(add), m_device(std::move(device)), m_bounded(bounded),
          m_x(*rewriter.graph()[add.x].tensor()) {}

    NodeId write() {
        const Argument inverse = writeInverse();
        const Argument isAdded = call("torch.ops.aten.ge.Scalar", {inverse, Argument::integer(0)});
        const Argument row = call("torch.ops.aten.clamp_min.default", {inverse, Argument::integer(0)});
        const Argument gathered =
            call("torch.ops.aten._unsafe_index.Tensor", {m_add.y, Argument::list(atDimension(row))});
        Kwargs alpha;
        if (!isOne(m_add.alpha))
            alpha = {{"alpha", m_add.alpha}};
        const Argument x = Argument::node(m_add.x), sum = call("torch.ops.aten.add.Tensor", {x, gathered}, alpha);
        return call("torch.ops.aten.where.self", {alongDimension(isAdded), sum, x}).asNode();
    }

private:
    Argument call(Target target, ArgumentList args, Kwargs kwargs = {}) {
        return Argument::node(m_rewriter.call(target, std::move(args), std::move(kwargs), m_add.root, m_add.root));
    }

    Argument sizeOf(NodeId tensor) {
        const SymInt& size = m_rewriter.graph()[tensor].tensor()->sizes[static_cast<size_t>(m_add.dim)];
        return size.isConstant()
                   ? Argument::integer(size.constant())
                   : call("torch.ops.aten.sym_size.int", {Argument::node(tensor), Argument::integer(m_add.dim)});
    }

    ArgumentList atDimension(const Argument& index) const {
        ArgumentList indices(static_cast<size_t>(m_add.dim));
        indices.push_back(index);
        return indices;
    }

    /// Operators that Inductor lowers as they are: a pass may write them after its decompositions.
    Argument writeInverse() {
        const Kwarg dtype{"dtype", Argument::dtype(numberingOf(m_x.sizes[static_cast<size_t>(m_add.dim)]))},
            device{"device", Argument::device(m_device)};
        const Argument none =
            call("torch.ops.aten.full.default", {Argument::list({sizeOf(m_add.x)}), Argument::integer(-1)},
                 {dtype, device, {"pin_memory", Argument::boolean(false)}});
        const Argument numbers = call("torch.ops.prims.iota.default", {sizeOf(m_add.y.asNode())},
                                      {{"start", Argument::integer(0)},
                                       {"step", Argument::integer(1)},
                                       dtype,
                                       device,
                                       {"requires_grad", Argument::boolean(false)}});
        const Argument index = Argument::list({Argument::node(m_add.index)});
        return call(m_bounded ? "torch.ops.aten._unsafe_index_put.default" : "torch.ops.aten.index_put.default",
                    {none, index, numbers});
    }

    /// A value per row, shaped so that it broadcasts over the dimensions behind.
    Argument alongDimension(const Argument& perRow) {
        const size_t behind = m_x.sizes.size() - static_cast<size_t>(m_add.dim) - 1;
        if (behind == 0)
            return perRow;
        ArgumentList sizes{Argument::integer(-1)};
        sizes.resize(1 + behind, Argument::integer(1));
        return call("torch.ops.aten.view.default", {perRow, Argument::list(std::move(sizes))});
    }

    Rewriter& m_rewriter;
    const Addition& m_add;
    Device m_device;
    bool m_bounded;
    TensorMeta m_x;
};

} // namespace

std::optional<std::string> whyNotOnce(IndexAnalysis& analysis, const Addition& add) {
    const IndexFacts& index = analysis.of(add.index);
    const Graph& graph = analysis.graph();
    const TensorMeta *x = graph[add.x].tensor(), *y = graph[add.y.asNode()].tensor();
    if (add.inPlace)
        return "it writes in place, where storing the rows that change moves less";
    if (!x || !y)
        return "the sizes of " + graph[add.x].name + " or " + graph[add.y.asNode()].name + " are not known";
    if (!deviceOf(analysis, add))
        return "the device of " + graph[add.x].name + " is not known";
    if (!shapesAgree(analysis, index, add))
        return "that " + graph[add.y.asNode()].name + " has a row for each entry of the index cannot be shown";
    if (!analysis.atMost(1, *index.length))
        return "the index may be empty";
    if (x->strides && *x->strides != contiguousStrides(x->sizes))
        return graph[add.x].name + " is not row-major";
    return std::nullopt;
}

NodeId writeAddOnce(Rewriter& rewriter, IndexAnalysis& analysis, const Addition& add, bool bounded) {
    return Writer(rewriter, add, *deviceOf(analysis, add), bounded).write();
}

} // namespace fxscope
