// SPDX-License-Identifier: BSD-3-Clause
// t[...] as Python's indexing of tensors does it: one call per dimension that changes, in order.
#include "core/pattern/tracer.h"

#include <algorithm>

namespace fxscope {
namespace {

using TraceKind = TraceValue::Kind;

bool isFull(const TraceValue& index) {
    return index.kind == TraceKind::Slice && index.items[0].isNone() && index.items[1].isNone() &&
           index.items[2].isNone();
}

} // namespace

Result<TraceValue> Tracer::subscript(const TraceValue& object, const TraceValue& index) {
    if (object.kind == TraceKind::Tensor) {
        if (index.kind == TraceKind::Sequence && !index.list)
            return indexTensor(object.node, index.items);
        return indexTensor(object.node, {index});
    }
    if (object.kind != TraceKind::Sequence)
        return error("TypeError: this object is not subscriptable");
    const auto size = static_cast<int64_t>(object.items.size());
    if (index.isInt()) {
        const int64_t at = index.constant.asInt() < 0 ? index.constant.asInt() + size : index.constant.asInt();
        if (at < 0 || at >= size)
            return error(object.list ? "IndexError: list index out of range" : "IndexError: tuple index out of range");
        return object.items[static_cast<size_t>(at)];
    }
    if (index.kind != TraceKind::Slice || !index.items[2].isNone())
        return unsupported("this subscript of a tuple");
    const auto bound = [size](const TraceValue& part, int64_t fallback) {
        const int64_t at = part.isInt() ? part.constant.asInt() : fallback;
        return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
    };
    const int64_t start = bound(index.items[0], 0), stop = std::max(start, bound(index.items[1], size));
    TraceValue part = object;
    part.items.assign(object.items.begin() + start, object.items.begin() + stop);
    return part;
}

/// x[a:b]: nothing if it covers the whole dimension, as Python's indexing returns the tensor itself then.
Result<NodeId> Tracer::sliceTensor(NodeId tensor, size_t dim, const TraceValue& slice) {
    const TraceValue start = slice.items[0].isNone() ? TraceValue::of(Argument::integer(0)) : slice.items[0];
    const TraceValue stop = slice.items[1].isNone() ? TraceValue::of(Argument::integer(INT64_MAX)) : slice.items[1];
    const TraceValue step = slice.items[2].isNone() ? TraceValue::of(Argument::integer(1)) : slice.items[2];
    const auto from = symOf(start), to = symOf(stop), by = symOf(step);
    if (!from || !to || !by)
        return unsupported("a slice whose bounds are no integers");
    if (by->isConstant() && by->constant() <= 0)
        return error("ValueError: step must be greater than zero");
    const SymInt& length = meta(tensor).sizes[dim];
    if (from->is(0) && by->is(1) && provablyLessEqual(length, *to, ranges()) == Proof::Yes)
        return tensor;
    FX_TRY(Argument first, argument(start));
    FX_TRY(Argument last, argument(stop));
    FX_TRY(Argument each, argument(step));
    FX_TRY(const TraceValue result, call("torch.ops.aten.slice.Tensor",
                                         {Argument::node(tensor), Argument::integer(int64_t(dim)), std::move(first),
                                          std::move(last), std::move(each)},
                                         {}));
    return result.node;
}

Result<TraceValue> Tracer::indexTensor(NodeId tensor, const std::vector<TraceValue>& indices) {
    const size_t rank = meta(tensor).sizes.size();
    const auto consumes = [](const TraceValue& i) {
        return !i.isNone() && !(i.kind == TraceKind::Constant && i.constant.kind() == Argument::Kind::Ellipsis);
    };
    const auto used = static_cast<size_t>(std::count_if(indices.begin(), indices.end(), consumes));
    if (used > rank)
        return error("IndexError: too many indices for tensor of dimension " + std::to_string(rank));

    size_t dim = 0;
    ArgumentList tensors; // None up to each dimension that a tensor indexes
    bool any = false;
    for (const TraceValue& index : indices) {
        const bool constant = index.kind == TraceKind::Constant;
        if (constant && index.constant.kind() == Argument::Kind::Ellipsis) {
            dim += rank - used;
        } else if (index.isNone()) {
            FX_TRY(const TraceValue result, call("torch.ops.aten.unsqueeze.default",
                                                 {Argument::node(tensor), Argument::integer(int64_t(dim))}, {}));
            tensor = result.node;
            ++dim;
        } else if (index.isInt() || index.kind == TraceKind::Sym) {
            FX_TRY(Argument at, argument(index));
            FX_TRY(const TraceValue result,
                   call("torch.ops.aten.select.int",
                        {Argument::node(tensor), Argument::integer(int64_t(dim)), std::move(at)}, {}));
            tensor = result.node;
        } else if (index.kind == TraceKind::Slice) {
            if (!isFull(index)) {
                FX_TRY(tensor, sliceTensor(tensor, dim, index));
            }
            ++dim;
        } else if (index.kind == TraceKind::Tensor) {
            tensors.resize(dim);
            tensors.push_back(Argument::node(index.node));
            any = true;
            ++dim;
        } else
            return unsupported("this kind of index");
    }
    if (any)
        return call("torch.ops.aten.index.Tensor", {Argument::node(tensor), Argument::list(std::move(tensors))}, {});
    TraceValue value;
    value.kind = TraceKind::Tensor;
    value.node = tensor;
    return value;
}

} // namespace fxscope
