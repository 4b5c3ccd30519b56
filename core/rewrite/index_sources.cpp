// SPDX-License-Identifier: BSD-3-Clause
// Facts of tensors that begin a chain: factories, orders, pieces of an operator with several results.
#include "core/rewrite/index_rules.h"

#include <algorithm>

namespace fxscope::detail {
namespace {

/// The dtype a factory call asks for; int64 if it does not say.
std::optional<DType> factoryDType(const Node& node) {
    if (const TensorMeta* meta = node.tensor())
        return meta->dtype;
    const Argument* dtype = node.kwarg("dtype");
    if (!dtype || dtype->isNone())
        return DType::Int64;
    return dtype->kind() == Argument::Kind::DType ? std::optional(dtype->asDType()) : std::nullopt;
}

/// start, start + step, ...: `last` bounds the values on the far side.
IndexFacts sequence(const Analysis& analysis, const Node& node, SymInt start, int64_t step, SymInt last,
                    std::optional<SymInt> length) {
    const auto dtype = factoryDType(node);
    if (!dtype || !limits(*dtype) || step == 0)
        return {};
    IndexFacts facts =
        step > 0 ? distinctIn(node, start, last, length, dtype) : distinctIn(node, last, start, length, dtype);
    return fits(analysis, facts, *dtype) ? facts : IndexFacts{};
}

/// argsort and the indices of sort and topk: positions of a 1-D tensor, each at most once. All of them, if `every`.
IndexFacts positions(const Analysis& analysis, const Node& node, NodeId of, bool every) {
    const auto n = analysis.rankOf(of) == 1 ? analysis.sizeOf(of, 0) : std::nullopt;
    return n ? distinctIn(node, 0, *n - 1, every ? n : statedLength(analysis, node), DType::Int64) : IndexFacts{};
}

/// Piece `index` of split, split_with_sizes or chunk along dimension 0 of a 1-D tensor.
IndexFacts piece(Analysis& analysis, const Node& node, const Node& source, int64_t index) {
    const IndexFacts& facts = inputFacts(analysis, source);
    if (!facts.known || index < 0)
        return facts.known ? IndexFacts{} : facts;
    const Argument* sizes = argumentOf(source, 1, "split_size");
    sizes = sizes ? sizes : argumentOf(source, 1, "split_sizes");
    SymInt begin = 0, end = 0;
    if (sizes && sizes->isSequence() && static_cast<size_t>(index) < sizes->items().size()) {
        for (int64_t i = 0; i <= index; ++i) {
            const auto size = analysis.integer(sizes->items()[static_cast<size_t>(i)]);
            if (!size)
                return {};
            begin = end;
            end = end + *size;
        }
        return part(analysis, facts, begin, end, end - begin);
    }
    const auto length = statedLength(analysis, node);
    std::optional<SymInt> step = sizes ? analysis.integer(*sizes) : std::nullopt;
    if (source.target.shortName().starts_with("aten.chunk")) {
        const auto chunks = constantOf(argumentOf(source, 1, "chunks"));
        const bool whole = chunks && *chunks > 0 && facts.length && facts.length->isConstant();
        step = whole ? std::optional(SymInt((facts.length->constant() + *chunks - 1) / *chunks)) : std::nullopt;
    }
    if (!step) { // which entries is unknown, that they are some of them is not
        IndexFacts some = facts;
        if (some.extent)
            some.extent->inOrder = false;
        some.length = length;
        return some;
    }
    return part(analysis, facts, *step * SymInt(index), *step * SymInt(index + 1), length);
}

} // namespace

IndexFacts randperm(Analysis& analysis, const Node& node) {
    const Argument* size = argumentOf(node, 0, "n");
    const auto n = size ? analysis.integer(*size) : std::nullopt;
    const auto dtype = factoryDType(node);
    if (!n || !dtype || !limits(*dtype)) // PyTorch refuses n beyond what the dtype can count
        return {};
    return distinctIn(node, 0, *n - 1, *n, dtype);
}

IndexFacts arange(Analysis& analysis, const Node& node) {
    const bool endOnly = node.target.str().ends_with(".default");
    const Argument* startArg = endOnly ? nullptr : argumentOf(node, 0, "start");
    const Argument* endArg = argumentOf(node, endOnly ? 0 : 1, "end");
    const Argument* stepArg = endOnly ? nullptr : argumentOf(node, 2, "step");
    const auto start = startArg ? analysis.integer(*startArg) : SymInt(0);
    const auto end = endArg ? analysis.integer(*endArg) : std::nullopt;
    const auto step = stepArg ? constantOf(stepArg) : std::optional<int64_t>(1);
    if (!start || !end || !step || (!endOnly && !startArg))
        return {};
    const auto length = *step == 1 ? std::optional(*end - *start) : statedLength(analysis, node);
    return sequence(analysis, node, *start, *step, *step > 0 ? *end - 1 : *end + 1, length);
}

IndexFacts iota(Analysis& analysis, const Node& node) {
    const Argument *lengthArg = argumentOf(node, 0, "length"), *startArg = node.kwarg("start"),
                   *stepArg = node.kwarg("step");
    const auto length = lengthArg ? analysis.integer(*lengthArg) : std::nullopt;
    const auto start = startArg ? analysis.integer(*startArg) : std::nullopt;
    const auto step = constantOf(stepArg);
    if (!length || !start || !step)
        return {};
    const SymInt last = *start + (*length - 1) * SymInt(*step);
    if (start->isConstant() && length->isConstant() && !last.isConstant())
        return {}; // beyond int64
    return sequence(analysis, node, *start, *step, last, length);
}

IndexFacts argsort(Analysis& analysis, const Node& node) {
    const Argument* self = firstInput(node);
    return self ? positions(analysis, node, self->asNode(), true) : IndexFacts{};
}

IndexFacts randint(Analysis& analysis, const Node& node) {
    const bool hasLow = node.target.str().ends_with(".low");
    const Argument *lowArg = hasLow ? argumentOf(node, 0, "low") : nullptr,
                   *highArg = argumentOf(node, hasLow ? 1 : 0, "high");
    const Argument* size = argumentOf(node, hasLow ? 2 : 1, "size");
    const auto low = lowArg ? analysis.integer(*lowArg) : SymInt(0);
    const auto high = highArg ? analysis.integer(*highArg) : std::nullopt;
    const auto dtype = factoryDType(node);
    if (!low || !high || !dtype || !limits(*dtype) || !size || !size->isSequence() || size->items().size() != 1)
        return {};
    IndexFacts facts{.known = true, .low = *low, .high = *high - 1, .dtype = dtype, .blame = node.id};
    facts.length = analysis.integer(size->items()[0]);
    return facts;
}

IndexFacts multinomial(Analysis& analysis, const Node& node) {
    const Argument* self = firstInput(node);
    const auto n = self && analysis.rankOf(self->asNode()) == 1 ? analysis.sizeOf(self->asNode(), 0) : std::nullopt;
    if (!n)
        return {};
    return {.known = true,
            .low = SymInt(0),
            .high = *n - 1,
            .length = statedLength(analysis, node),
            .dtype = DType::Int64,
            .blame = node.id};
}

IndexFacts item(Analysis& analysis, const Node& node) {
    const Argument* self = firstInput(node);
    const auto index = constantOf(argumentOf(node, 1, "index"));
    if (!self || !index)
        return {};
    const Node& source = analysis.graph()[self->asNode()];
    const std::string_view target = source.target.shortName();
    const Argument* input = firstInput(source);
    if (!input)
        return {};
    if (target.starts_with("aten.split") || target.starts_with("aten.chunk"))
        return piece(analysis, node, source, *index);
    if (*index == 1 && (target.starts_with("aten.sort.") || target.starts_with("aten.topk.")))
        return positions(analysis, node, input->asNode(), !target.starts_with("aten.topk."));
    if (*index == 0 && (target == "aten._unique2.default" || target == "aten._unique.default")) {
        const TensorMeta* meta = analysis.graph()[input->asNode()].tensor();
        const IndexFacts& of = analysis.of(input->asNode());
        IndexFacts facts{
            .known = of.known || (meta && limits(meta->dtype)), .distinct = true, .low = of.low, .high = of.high};
        facts.dtype = meta ? std::optional(meta->dtype) : of.dtype;
        facts.length = statedLength(analysis, node);
        return facts;
    }
    return {};
}

IndexFacts columnOfNonzero(Analysis& analysis, const Node& node) {
    const Argument* self = firstInput(node);
    const Node* source = self ? &analysis.graph()[self->asNode()] : nullptr;
    const std::string_view target = node.target.shortName();
    if (!source || source->target.str() != "torch.ops.aten.nonzero.default" || !firstInput(*source))
        return {};
    const auto dim = constantOf(argumentOf(node, 1, "dim"));
    const bool last = dim == 1 || dim == -1;
    const auto column = constantOf(argumentOf(node, 2, "index"));
    if (!last || (target == "aten.select.int" && column != 0 && column != -1))
        return {};
    return positions(analysis, node, firstInput(*source)->asNode(), false);
}

} // namespace fxscope::detail
