// SPDX-License-Identifier: BSD-3-Clause
// The sentences of matcher.md section 9.
#include "core/pattern/reason_words.h"

#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
namespace {

std::string callWords(const Graph& graph, const Argument& value) {
    if (!value.isNode())
        return pythonRepr(value, graph);
    const Node& node = graph[value.asNode()];
    return node.name + " (" +
           (node.op == Op::CallFunction ? std::string(node.target.shortName()) : std::string(name(node.op))) + ")";
}

void structure(Miss& miss, const Pattern& pattern, const MatchFailure& failure) {
    const PatternExpr& expr = pattern[failure.pattern];
    const bool nested = pattern.nested[failure.pattern.index];
    const ArgumentList& parts = failure.found.items();
    miss.format = "The nesting or the keyword order of the arguments of %1 differs: %2, wanted %3.";
    miss.parts = {failure.node, structureText(parts[0].items(), parts[1].dict(), nested),
                  structureText(expr.args, expr.kwargs, nested)};
}

/// Format and parts where the pattern object and the value that did not fit say it all.
void words(Miss& miss, const Graph& graph, const Pattern& pattern, const MatchFailure& failure) {
    const auto set = [&](const char* format, std::vector<Miss::Part> parts) {
        miss.format = format;
        miss.parts = std::move(parts);
    };
    const auto want = [&] { return functionWords(pattern[failure.pattern]); };
    const std::string names = join(failure.names, ", ");
    switch (failure.reason) {
    case Reason::Match: return set("The pattern applies here.", {});
    case Reason::UnsupportedType:
        return set("Inductor leaves %1 nodes alone, so no pattern is tried here.", {failure.text});
    case Reason::FunctionMismatch:
        return set("The pattern wants %1 here, the graph has %2.", {want(), callWords(graph, failure.found)});
    case Reason::ArityMismatch:
        return set("%1 has %2 positional arguments, the pattern wants %3; a default written out, or given by keyword, "
                   "is enough to differ.",
                   {failure.node, failure.has, failure.wants});
    case Reason::NotNormalisable:
        return set("The arguments of %1 cannot be brought into the pattern's form.", {failure.node});
    case Reason::MultipleUsers:
        return set("%1 has %2 users, the pattern allows exactly %3, because it would be deleted.",
                   {failure.node, failure.has, failure.wants});
    case Reason::ArgsStructure: return structure(miss, pattern, failure);
    case Reason::ConstantArgs:
        return set("%1 has %2 where the pattern wants exactly %3.",
                   {failure.node, pythonRepr(failure.found, graph), pythonRepr(failure.wanted, graph)});
    case Reason::RepeatedPatternDiffers:
        return set("The same value must appear at both places, but one is %1 and the other %2.",
                   {pythonRepr(failure.wanted, graph), pythonRepr(failure.found, graph)});
    case Reason::KwargMismatch:
        return set("The input %1 would have to be %2 and %3 at once.",
                   {names, pythonRepr(failure.wanted, graph), pythonRepr(failure.found, graph)});
    case Reason::ExclusiveArgTwice:
        return set("%1 is used for two inputs that must differ.", {pythonRepr(failure.found, graph)});
    case Reason::NonList: return set("A list is wanted here, the graph has %1.", {pythonRepr(failure.found, graph)});
    case Reason::ListElement: {
        words(miss, graph, pattern, *failure.inner);
        miss.format = "Element " + std::to_string(failure.has) + " of the list does not fit: " + miss.format;
        return;
    }
    case Reason::ListNoMatch: return set("No element of the list fits.", {});
    case Reason::NoAnchorFound: return set("The second result of the pattern is not connected to what matched.", {});
    case Reason::MutationRegion:
        return set(
            "Memory changes between the nodes that matched (regions %1 to %2); PyTorch never rewrites across it.",
            {failure.numbers.front(), failure.numbers.back()});
    case Reason::MissingInput:
        return set("PyTorch stops with an error here: the traced pattern never mentions %1.", {names});
    case Reason::MissingValue:
        return set("%1 carries no shape, so the match cannot be checked again; PyTorch stops with an error.", {names});
    case Reason::NoFakeValue:
        return set("The values at %1 are real tensors, not traced ones; PyTorch stops with an error.", {names});
    case Reason::IntegerRequiresGrad:
        return set("The pattern was registered for a differentiable input, %1 is an integer.", {failure.node});
    case Reason::ExtraCheck:
        return set("The pattern fits, but its condition %1 cannot be shown for this graph.", {failure.text});
    case Reason::RetraceFailed:
        return set("With these shapes the pattern itself cannot be traced: %1.", {failure.text});
    case Reason::RetraceCrashes: return set("PyTorch stops with %1 while re-checking this match.", {failure.text});
    case Reason::RetraceUnsupported:
        return set("fxscope cannot trace the pattern with these shapes, so it does not know: %1.", {failure.text});
    case Reason::ReplacementCrashes:
    case Reason::ReplacementUnsupported:
        return set("The match is accepted but its replacement cannot be traced: %1.", {failure.text});
    }
}

bool isPhaseOneCode(Reason reason) { return reason >= Reason::FunctionMismatch && reason <= Reason::NoAnchorFound; }

} // namespace

Miss missOf(const Graph& graph, const Pattern& pattern, const MatchFailure& failure, int phase) {
    Miss miss;
    miss.code = name(failure.reason);
    miss.matched = failure.matched;
    miss.wanted = static_cast<int>(pattern.callCount());
    words(miss, graph, pattern, failure);
    if (phase == 2 && isPhaseOneCode(failure.reason))
        miss.format = "The general pattern fits; with the real shapes it does not: " + miss.format;
    return miss;
}

Miss missOf(const Graph& graph, const PatternTry& tried) {
    const Pattern& pattern = tried.specific ? tried.specific->pattern : tried.entry->pattern;
    Miss miss = missOf(graph, pattern, tried.failure, tried.phase);
    miss.rule = tried.entry->name();
    miss.node = tried.anchor;
    return miss;
}

} // namespace fxscope
