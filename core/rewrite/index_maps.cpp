// SPDX-License-Identifier: BSD-3-Clause
// Facts of tensors made of other index tensors: parts, casts, arithmetic, one behind the other.
#include "core/rewrite/index_rules.h"

#include <algorithm>

namespace fxscope::detail {
namespace {

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

} // namespace

IndexFacts sameEntries(Analysis& analysis, const Node& node) { return inputFacts(analysis, node); }

IndexFacts otherOrder(Analysis& analysis, const Node& node) {
    IndexFacts facts = inputFacts(analysis, node);
    if (facts.extent)
        facts.extent->inOrder = false;
    return facts;
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

} // namespace fxscope::detail
