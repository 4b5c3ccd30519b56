// SPDX-License-Identifier: BSD-3-Clause
// Where facts about index values come from: one rule per family of producers (matcher.md 10.1).
#include "core/rewrite/index_facts.h"

#include <algorithm>

namespace fxscope::detail {
namespace {

using Analysis = IndexAnalysis;

IndexFacts unknownAt(NodeId blame) { return {.blame = blame}; }

const Argument* firstInput(const Node& node) {
    return !node.args.empty() && node.args[0].isNode() ? &node.args[0] : nullptr;
}

const IndexFacts& inputFacts(Analysis& analysis, const Node& node) {
    static const IndexFacts kNone;
    const Argument* input = firstInput(node);
    return input ? analysis.of(input->asNode()) : kNone;
}

std::optional<int64_t> constantOf(const Argument* argument) {
    return argument && argument->isInt() ? std::optional(argument->asInt()) : std::nullopt;
}

/// Smallest and largest value of an integer dtype that may index or be cast to one; nothing for others.
std::optional<std::pair<int64_t, int64_t>> limits(DType dtype) {
    switch (dtype) {
    case DType::UInt8: return std::pair<int64_t, int64_t>{0, 255};
    case DType::Int8: return std::pair<int64_t, int64_t>{-128, 127};
    case DType::Int16: return std::pair<int64_t, int64_t>{-32768, 32767};
    case DType::Int32: return std::pair<int64_t, int64_t>{INT32_MIN, INT32_MAX};
    case DType::Int64: return std::pair{INT64_MIN, INT64_MAX};
    default: return std::nullopt;
    }
}

bool fits(const Analysis& analysis, const IndexFacts& facts, DType dtype) {
    const auto range = limits(dtype);
    if (!range)
        return false;
    return dtype == DType::Int64 || (facts.low && facts.high && analysis.atMost(range->first, *facts.low) &&
                                     analysis.atMost(*facts.high, range->second));
}

/// The dtype a factory call asks for; int64 if it does not say.
std::optional<DType> factoryDType(const Node& node) {
    if (const TensorMeta* meta = node.tensor())
        return meta->dtype;
    const Argument* dtype = node.kwarg("dtype");
    if (!dtype || dtype->isNone())
        return DType::Int64;
    return dtype->kind() == Argument::Kind::DType ? std::optional(dtype->asDType()) : std::nullopt;
}

/// Facts of a fresh tensor whose entries are all different.
IndexFacts distinctIn(const Node& node, SymInt low, SymInt high, std::optional<SymInt> length,
                      std::optional<DType> dtype) {
    IndexFacts facts{.known = true, .distinct = true, .low = std::move(low), .high = std::move(high), .dtype = dtype};
    facts.length = std::move(length);
    if (facts.length)
        facts.extent = Extent{node.id, 0, *facts.length};
    return facts;
}

/// The length that the node's own metadata states.
std::optional<SymInt> statedLength(const Analysis& analysis, const Node& node) {
    return node.tensor() ? analysis.sizeOf(node.id, 0) : std::nullopt;
}

IndexFacts randperm(Analysis& analysis, const Node& node) {
    const Argument* size = argumentOf(node, 0, "n");
    const auto n = size ? analysis.integer(*size) : std::nullopt;
    const auto dtype = factoryDType(node);
    if (!n || !dtype || !limits(*dtype)) // PyTorch refuses n beyond what the dtype can count
        return {};
    return distinctIn(node, 0, *n - 1, *n, dtype);
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

/// argsort and the indices of sort and topk: positions of a 1-D tensor, each at most once. All of them, if `every`.
IndexFacts positions(const Analysis& analysis, const Node& node, NodeId of, bool every) {
    const auto n = analysis.rankOf(of) == 1 ? analysis.sizeOf(of, 0) : std::nullopt;
    return n ? distinctIn(node, 0, *n - 1, every ? n : statedLength(analysis, node), DType::Int64) : IndexFacts{};
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

/// clone, alias, flip of a 1-D tensor ...: the same entries, maybe in another order.
IndexFacts sameEntries(Analysis& analysis, const Node& node) { return inputFacts(analysis, node); }
IndexFacts otherOrder(Analysis& analysis, const Node& node) {
    IndexFacts facts = inputFacts(analysis, node);
    if (facts.extent)
        facts.extent->inOrder = false;
    return facts;
}

/// A part of the input: positions [begin, begin + length) or some of them.
IndexFacts part(const Analysis& analysis, IndexFacts facts, const SymInt& begin, const SymInt& end,
                std::optional<SymInt> length) {
    if (facts.extent && facts.extent->inOrder) {
        facts.extent->end = facts.extent->begin + end;
        facts.extent->begin = facts.extent->begin + begin;
        facts.extent->inOrder = analysis.atMost(0, begin); // else clamped: begin only bounds it
    }
    facts.length = std::move(length);
    return facts;
}

/// One end of a slice as a position, at least for bounding: negative ends count from the length.
std::optional<SymInt> position(const Analysis& analysis, const Argument* argument, const SymInt& absent,
                               const std::optional<SymInt>& length) {
    if (!argument || argument->isNone())
        return absent;
    const auto value = analysis.integer(*argument);
    if (!value || analysis.atMost(0, *value))
        return value;
    return analysis.atMost(*value, -1) && length ? std::optional(*length + *value) : std::nullopt;
}

std::optional<SymInt> clampedLength(const Analysis& analysis, const SymInt& begin, const SymInt& end,
                                    const SymInt& whole) {
    if (analysis.atMost(0, begin) && analysis.atMost(begin, end) && analysis.atMost(end, whole))
        return end - begin;
    if (!begin.isConstant() || !end.isConstant() || !whole.isConstant())
        return std::nullopt;
    const int64_t from = std::clamp<int64_t>(begin.constant(), 0, whole.constant());
    return SymInt(std::max<int64_t>(std::clamp<int64_t>(end.constant(), 0, whole.constant()) - from, 0));
}

IndexFacts slice(Analysis& analysis, const Node& node) {
    IndexFacts facts = inputFacts(analysis, node);
    if (!facts.known)
        return facts;
    const std::optional<SymInt> whole = facts.length;
    const Argument* stepArg = argumentOf(node, 4, "step");
    const bool unitStep = !stepArg || (stepArg->isInt() && stepArg->asInt() == 1);
    const auto begin = position(analysis, argumentOf(node, 2, "start"), 0, whole);
    const auto end = position(analysis, argumentOf(node, 3, "end"), whole.value_or(INT64_MAX), whole);
    auto length = statedLength(analysis, node);
    if (!length && begin && end && whole && unitStep)
        length = clampedLength(analysis, *begin, *end, *whole);
    if (!begin || !end) {
        if (facts.extent)
            facts.extent->inOrder = false;
        facts.length = length;
        return facts;
    }
    const SymInt stop = whole && end->is(INT64_MAX) ? *whole : *end;
    facts = part(analysis, std::move(facts), *begin, stop, std::move(length));
    if (facts.extent && !unitStep)
        facts.extent->inOrder = false;
    return facts;
}

IndexFacts narrow(Analysis& analysis, const Node& node) {
    IndexFacts facts = inputFacts(analysis, node);
    const auto begin = position(analysis, argumentOf(node, 2, "start"), 0, facts.length);
    const Argument* lengthArg = argumentOf(node, 3, "length");
    const auto length = lengthArg ? analysis.integer(*lengthArg) : std::nullopt;
    if (!facts.known || !begin || !length)
        return facts.known ? IndexFacts{} : facts;
    return part(analysis, std::move(facts), *begin, *begin + *length, length);
}

/// view and its kin, if the result is 1-D again.
IndexFacts reshape(Analysis& analysis, const Node& node) {
    const Argument* size =
        argumentOf(node, 1, node.target.str().find("reshape") != std::string::npos ? "shape" : "size");
    const bool flat = size && size->isSequence() && size->items().size() == 1;
    return flat ? inputFacts(analysis, node) : IndexFacts{};
}

IndexFacts cast(Analysis& analysis, const Node& node) {
    IndexFacts facts = inputFacts(analysis, node);
    if (!facts.known)
        return facts;
    const Argument* wanted = node.kwarg("dtype");
    if (!wanted && node.target.str() != "torch.ops.aten._to_copy.default")
        wanted = argumentOf(node, 1, "dtype");
    if (!wanted || wanted->isNone())
        return facts;
    if (wanted->kind() != Argument::Kind::DType || !fits(analysis, facts, wanted->asDType()))
        return {};
    facts.dtype = wanted->asDType();
    return facts;
}

/// index(s, [i]): entries of s; all different if those of s are and i takes no position twice.
IndexFacts taken(Analysis& analysis, const Node& node) {
    const bool select = node.target.str() == "torch.ops.aten.index_select.default";
    const Argument* where = argumentOf(node, select ? 2 : 1, select ? "index" : "indices");
    if (where && where->isSequence() && where->items().size() == 1)
        where = &where->items()[0];
    if (!where || !where->isNode())
        return {};
    IndexFacts facts = inputFacts(analysis, node);
    const IndexFacts& chosen = analysis.of(where->asNode());
    if (!facts.known || !chosen.known)
        return unknownAt(facts.known ? chosen.blame : facts.blame);
    if (!chosen.mayIndex())
        return {};
    if (facts.distinct && !analysis.distinctRows(chosen, facts.length)) {
        facts.distinct = false;
        facts.blame = chosen.blame.valid() ? chosen.blame : node.id;
        facts.extent.reset();
    }
    if (facts.extent)
        facts.extent->inOrder = false;
    facts.length = chosen.length;
    return facts;
}

/// factor * s + offset, in the dtype of s.
IndexFacts linear(const Analysis& analysis, const Node& node, IndexFacts facts, int64_t factor, const SymInt& offset) {
    // A product beyond the dtype wraps and may repeat; a factor this small only does for tensors no machine holds.
    constexpr int64_t kSafeFactor = int64_t{1} << 31;
    if (!facts.known || !facts.dtype || factor == 0 || factor > kSafeFactor || factor < -kSafeFactor)
        return facts.known ? IndexFacts{} : facts;
    const bool ranged = facts.low && facts.high;
    if (!ranged && factor != 1 && factor != -1)
        return {};
    if (ranged) {
        const SymInt a = *facts.low * factor + offset, b = *facts.high * factor + offset;
        if ((facts.low->isConstant() && !a.isConstant() && offset.isConstant()) ||
            (facts.high->isConstant() && !b.isConstant() && offset.isConstant()))
            return {}; // beyond int64
        facts.low = factor > 0 ? a : b;
        facts.high = factor > 0 ? b : a;
    }
    if (ranged && !fits(analysis, facts, *facts.dtype))
        return {};
    if (facts.extent && facts.length)
        facts.extent = Extent{node.id, 0, *facts.length};
    else
        facts.extent.reset();
    return facts;
}

IndexFacts arithmetic(Analysis& analysis, const Node& node) {
    const std::string_view target = node.target.shortName();
    const Argument *other = argumentOf(node, 1, "other"), *alphaArg = argumentOf(node, 2, "alpha");
    const auto constant = other ? analysis.integer(*other) : std::nullopt;
    const auto alpha = alphaArg ? constantOf(alphaArg) : std::optional<int64_t>(1);
    if (!constant || !alpha || (other->isNode() && analysis.graph()[other->asNode()].meta.isTensor()))
        return {};
    const IndexFacts& facts = inputFacts(analysis, node);
    if (target.starts_with("aten.mul"))
        return constant->isConstant() ? linear(analysis, node, facts, constant->constant(), 0) : IndexFacts{};
    if (target.starts_with("aten.rsub"))
        return linear(analysis, node, facts, -*alpha, *constant);
    const int64_t sign = target.starts_with("aten.sub") ? -1 : 1;
    return linear(analysis, node, facts, 1, *constant * SymInt(sign) * SymInt(*alpha));
}

IndexFacts negated(Analysis& analysis, const Node& node) {
    return linear(analysis, node, inputFacts(analysis, node), -1, 0);
}

/// remainder(s, m) for m > 0: in [0, m - 1]; entries stay apart only if they lay within m consecutive values.
IndexFacts remainder(Analysis& analysis, const Node& node) {
    const Argument* other = argumentOf(node, 1, "other");
    const auto m = other ? analysis.integer(*other) : std::nullopt;
    IndexFacts facts = inputFacts(analysis, node);
    if (!facts.known || !m || !analysis.atMost(1, *m))
        return facts.known ? IndexFacts{} : facts;
    const bool apart = facts.low && facts.high && analysis.atMost(*facts.high - *facts.low + 1, *m);
    if (facts.distinct && !apart) {
        facts.distinct = false;
        facts.blame = node.id;
    }
    facts.low = SymInt(0);
    facts.high = *m - 1;
    facts.extent.reset();
    if (facts.distinct && facts.length)
        facts.extent = Extent{node.id, 0, *facts.length};
    return facts;
}

const SymInt* smaller(const Analysis& analysis, const SymInt& a, const SymInt& b) {
    return analysis.atMost(a, b) ? &a : analysis.atMost(b, a) ? &b : nullptr;
}

bool disjoint(const Analysis& analysis, const std::optional<Extent>& a, const std::optional<Extent>& b) {
    return a && b && a->of == b->of && (analysis.atMost(a->end, b->begin) || analysis.atMost(b->end, a->begin));
}

/// Range and length of two tensors one behind the other.
void unite(const Analysis& analysis, IndexFacts& all, const IndexFacts& next) {
    const SymInt* low = all.low && next.low ? smaller(analysis, *all.low, *next.low) : nullptr;
    const SymInt* high = all.high && next.high ? smaller(analysis, *all.high, *next.high) : nullptr;
    const SymInt* larger = high ? (high == &*all.high ? &*next.high : &*all.high) : nullptr;
    std::optional<SymInt> newLow, newHigh;
    if (low)
        newLow = *low;
    if (larger)
        newHigh = *larger;
    all.low = newLow;
    all.high = newHigh;
    all.length = all.length && next.length ? std::optional(*all.length + *next.length) : std::nullopt;
    if (all.dtype != next.dtype)
        all.dtype.reset();
}

/// cat of parts of one distinct tensor that share no position: all different again.
IndexFacts cat(Analysis& analysis, const Node& node) {
    const Argument* list = argumentOf(node, 0, "tensors");
    if (!list || !list->isSequence() || list->items().empty())
        return {};
    std::vector<const IndexFacts*> parts;
    for (const Argument& item : list->items()) {
        if (!item.isNode())
            return {};
        parts.push_back(&analysis.of(item.asNode()));
        if (!parts.back()->known)
            return unknownAt(parts.back()->blame);
    }
    IndexFacts all = *parts[0];
    for (size_t i = 1; i < parts.size(); ++i) {
        for (size_t k = 0; k < i; ++k)
            all.distinct = all.distinct && disjoint(analysis, parts[i]->extent, parts[k]->extent);
        all.distinct = all.distinct && parts[i]->distinct;
        unite(analysis, all, *parts[i]);
    }
    if (parts.size() == 1)
        return all;
    all.extent.reset();
    if (!all.distinct)
        all.blame = node.id;
    else if (all.length)
        all.extent = Extent{node.id, 0, *all.length};
    return all;
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

/// getitem of an operator with several results.
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

/// nonzero of a 1-D tensor has one column; without it, positions that each occur once.
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

} // namespace

IndexRule indexRuleFor(const Node& node) {
    using Entry = std::pair<const std::string_view, IndexRule>;
    static const std::unordered_map<std::string_view, IndexRule> kRules{
        Entry{"aten.randperm.default", randperm},
        Entry{"aten.randperm.generator", randperm},
        Entry{"aten.arange.default", arange},
        Entry{"aten.arange.start", arange},
        Entry{"aten.arange.start_step", arange},
        Entry{"prims.iota.default", iota},
        Entry{"aten.argsort.default", argsort},
        Entry{"aten.argsort.stable", argsort},
        Entry{"aten.randint.default", randint},
        Entry{"aten.randint.low", randint},
        Entry{"aten.multinomial.default", multinomial},
        Entry{"aten.slice.Tensor", slice},
        Entry{"aten.narrow.default", narrow},
        Entry{"aten.flip.default", otherOrder},
        Entry{"aten.roll.default", otherOrder},
        Entry{"aten.clone.default", sameEntries},
        Entry{"aten.contiguous.default", sameEntries},
        Entry{"aten.alias.default", sameEntries},
        Entry{"aten.detach.default", sameEntries},
        Entry{"aten.lift_fresh_copy.default", sameEntries},
        Entry{"prims.device_put.default", sameEntries},
        Entry{"aten.view.default", reshape},
        Entry{"aten.reshape.default", reshape},
        Entry{"aten._unsafe_view.default", reshape},
        Entry{"aten.flatten.using_ints", sameEntries},
        Entry{"aten._to_copy.default", cast},
        Entry{"aten.to.dtype", cast},
        Entry{"prims.convert_element_type.default", cast},
        Entry{"aten.index.Tensor", taken},
        Entry{"aten._unsafe_index.Tensor", taken},
        Entry{"aten.index_select.default", taken},
        Entry{"aten.take.default", taken},
        Entry{"aten.add.Tensor", arithmetic},
        Entry{"aten.add.Scalar", arithmetic},
        Entry{"aten.sub.Tensor", arithmetic},
        Entry{"aten.sub.Scalar", arithmetic},
        Entry{"aten.rsub.Scalar", arithmetic},
        Entry{"aten.mul.Tensor", arithmetic},
        Entry{"aten.mul.Scalar", arithmetic},
        Entry{"aten.neg.default", negated},
        Entry{"aten.remainder.Scalar", remainder},
        Entry{"aten.cat.default", cat},
        Entry{"operator.getitem", item},
        Entry{"aten.squeeze.dim", columnOfNonzero},
        Entry{"aten.select.int", columnOfNonzero},
    };
    if (node.op != Op::CallFunction)
        return nullptr;
    const auto found = kRules.find(node.target.shortName());
    return found == kRules.end() ? nullptr : found->second;
}

std::vector<NodeId> indexRuleInputs(const Graph& graph, const Node& node) {
    const IndexRule rule = indexRuleFor(node);
    std::vector<NodeId> inputs;
    if (!rule)
        return inputs;
    for (const NodeId input : graph.inputs(node.id)) {
        inputs.push_back(input);
        if (rule == item) // facts of a piece are read through the operator that made the pieces
            for (const NodeId whole : graph.inputs(input))
                inputs.push_back(whole);
    }
    return inputs;
}

} // namespace fxscope::detail
