// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/add_once.h"

#include "core/exec/evaluate.h"

#include <algorithm>
#include <limits>

namespace fxscope {
namespace {

bool isInt(const Argument& argument, int64_t value) { return argument.isInt() && argument.asInt() == value; }

/// Walks from `out` to the inputs and writes down what it passes. A step that fits nothing ends the search.
class Search {
public:
    explicit Search(const Graph& graph) : m_graph(graph) {}

    std::optional<AddOnce> from(NodeId root) {
        const bool found = readChoice(root) && readMask() && readSum() && readRows() && readInverse() &&
                           inverseAgrees() && sizesAgree() && !isInside(m_found.x) && !isInside(m_found.y) &&
                           !isInside(m_found.index);
        if (!found || !isPrivate(root))
            return std::nullopt;
        std::sort(m_found.nodes.begin(), m_found.nodes.end(),
                  [&](NodeId a, NodeId b) { return m_graph.isBefore(a, b); });
        return m_found;
    }

private:
    /// The arguments of a call of `target`, which becomes part of what is found; nothing: another node.
    std::optional<ArgumentList> call(NodeId id, std::string_view target) {
        const Node& node = m_graph[id];
        if (node.op != Op::CallFunction || node.target.shortName() != target)
            return std::nullopt;
        const Schema* schema = findSchema(node.target);
        auto bound = schema ? bindArguments(*schema, node.args, node.kwargs, node.name)
                            : Result<ArgumentList>(Diagnostic{"no schema", {}, {}});
        if (!bound.ok())
            return std::nullopt;
        if (std::find(m_found.nodes.begin(), m_found.nodes.end(), id) == m_found.nodes.end())
            m_found.nodes.push_back(id);
        return std::move(bound).value();
    }
    std::optional<ArgumentList> call(const Argument& argument, std::string_view target) {
        return argument.isNode() ? call(argument.asNode(), target) : std::nullopt;
    }

    /// where(mask, sum, x)
    bool readChoice(NodeId root) {
        const auto args = call(root, "aten.where.self");
        if (!args || !(*args)[0].isNode() || !(*args)[1].isNode() || !(*args)[2].isNode())
            return false;
        m_root = root;
        m_mask = (*args)[0];
        m_sum = (*args)[1];
        m_found.x = (*args)[2].asNode();
        return true;
    }

    /// view(inverse >= 0, [-1, 1 ...]); without the view where rows lie along the last dimension
    bool readMask() {
        if (const auto view = call(m_mask, "aten.view.default")) {
            if (!(*view)[1].isSequence() || (*view)[1].items().empty())
                return false;
            const ArgumentList& sizes = (*view)[1].items();
            for (size_t d = 1; d < sizes.size(); ++d)
                if (!isInt(sizes[d], 1))
                    return false;
            if (!isInt(sizes[0], -1))
                return false;
            m_behind = static_cast<int64_t>(sizes.size()) - 1;
            m_mask = (*view)[0];
        }
        const auto args = call(m_mask, "aten.ge.Scalar");
        if (!args || !isInt((*args)[1], 0))
            return false;
        m_inverse = (*args)[0];
        return m_inverse.isNode();
    }

    /// add(x, rows, alpha)
    bool readSum() {
        const auto args = call(m_sum, "aten.add.Tensor");
        if (!args || !(*args)[0].isNode() || (*args)[0].asNode() != m_found.x || (*args)[2].isNode())
            return false;
        m_rows = (*args)[1];
        m_found.alpha = (*args)[2];
        return true;
    }

    /// _unsafe_index(y, [None ..., clamp_min(inverse, 0)])
    bool readRows() {
        auto args = call(m_rows, "aten._unsafe_index.Tensor");
        if (!args)
            args = call(m_rows, "aten.index.Tensor");
        if (!args || !(*args)[0].isNode() || !(*args)[1].isSequence() || (*args)[1].items().empty())
            return false;
        m_found.y = (*args)[0].asNode();
        const ArgumentList& indices = (*args)[1].items();
        m_found.dim = static_cast<int64_t>(indices.size()) - 1;
        for (size_t d = 0; d + 1 < indices.size(); ++d)
            if (!indices[d].isNone())
                return false;
        const auto row = call(indices.back(), "aten.clamp_min.default");
        return row && isInt((*row)[1], 0) && (*row)[0].isNode() && (*row)[0].asNode() == m_inverse.asNode();
    }

    /// _unsafe_index_put(full([n], -1), [index], iota(k))
    bool readInverse() {
        auto args = call(m_inverse, "aten._unsafe_index_put.default");
        if (!args)
            args = call(m_inverse, "aten.index_put.default");
        if (!args || !(*args)[1].isSequence() || (*args)[1].items().size() != 1 || !(*args)[1].items()[0].isNode() ||
            (*args)[3].kind() != Argument::Kind::Bool || (*args)[3].asBool())
            return false;
        m_found.index = (*args)[1].items()[0].asNode();
        m_none = (*args)[0];
        m_numbers = (*args)[2];
        const auto none = call(m_none, "aten.full.default"), numbers = call(m_numbers, "prims.iota.default");
        return none && isInt((*none)[1], -1) && numbers && isInt((*numbers)[1], 0) && isInt((*numbers)[2], 1);
    }

    const TensorMeta* tensor(const Argument& argument) const {
        return argument.isNode() ? m_graph[argument.asNode()].tensor() : nullptr;
    }

    /// One number per entry of the index, numbers that the inverse's dtype holds.
    bool inverseAgrees() const {
        const TensorMeta *none = tensor(m_none), *numbers = tensor(m_numbers), *inverse = tensor(m_inverse),
                         *index = m_graph[m_found.index].tensor();
        if (!none || !numbers || !inverse || !index || none->sizes != inverse->sizes ||
            numbers->sizes != index->sizes || none->dtype != inverse->dtype || numbers->dtype != inverse->dtype)
            return false;
        const SymInt& count = index->sizes.empty() ? SymInt(0) : index->sizes.front();
        const bool fits = count.isConstant() && count.constant() <= std::numeric_limits<int32_t>::max();
        return inverse->dtype == DType::Int64 || (inverse->dtype == DType::Int32 && fits);
    }

    bool isInside(NodeId id) const {
        return std::find(m_found.nodes.begin(), m_found.nodes.end(), id) != m_found.nodes.end();
    }

    /// Nothing is broadcast, and nothing changes its dtype.
    bool sizesAgree() const {
        const TensorMeta *x = m_graph[m_found.x].tensor(), *y = m_graph[m_found.y].tensor(),
                         *out = m_graph[m_root].tensor(), *index = m_graph[m_found.index].tensor(),
                         *inverse = tensor(m_inverse);
        if (!x || !y || !out || !index || !inverse || x->dtype != y->dtype || x->dtype != out->dtype ||
            x->sizes != out->sizes || x->sizes.size() != y->sizes.size())
            return false;
        const auto dim = static_cast<size_t>(m_found.dim);
        if (dim >= x->sizes.size() || static_cast<size_t>(m_behind) != x->sizes.size() - dim - 1 ||
            (index->dtype != DType::Int64 && index->dtype != DType::Int32))
            return false;
        SymSizes expected = x->sizes;
        expected[dim] = y->sizes[dim];
        return expected == y->sizes && index->sizes == SymSizes{y->sizes[dim]} &&
               inverse->sizes == SymSizes{x->sizes[dim]};
    }

    bool isPrivate(NodeId root) const {
        const auto& nodes = m_found.nodes;
        return std::all_of(nodes.begin(), nodes.end(), [&](NodeId id) {
            const auto& users = m_graph[id].users;
            return id == root || std::all_of(users.begin(), users.end(), [&](NodeId user) {
                       return std::find(nodes.begin(), nodes.end(), user) != nodes.end();
                   });
        });
    }

    const Graph& m_graph;
    AddOnce m_found;
    NodeId m_root;
    Argument m_mask, m_sum, m_rows, m_inverse, m_none, m_numbers;
    int64_t m_behind = 0; ///< dimensions after that of the rows
};

} // namespace

std::optional<AddOnce> findAddOnce(const Graph& graph, NodeId root) { return Search(graph).from(root); }

PlannedCall callOf(const AddOnce& add) {
    static const OpDef* const op = findOp(Target("torch.ops.fxscope.index_add_once.default"));
    PlannedCall call{op, ValueList(5), {}};
    call.arguments[1] = Value(add.dim);
    for (const auto& [place, node] : {std::pair(size_t{0}, add.x), {2, add.index}, {3, add.y}})
        call.open.emplace_back(place, Argument::node(node));
    call.open.emplace_back(4, add.alpha);
    return call;
}

} // namespace fxscope
