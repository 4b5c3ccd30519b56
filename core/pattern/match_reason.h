// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_expr.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// What came of a try, in the words of matcher.md section 9.
enum class Reason : uint8_t {
    Match,
    UnsupportedType,
    FunctionMismatch,
    ArityMismatch,
    NotNormalisable,
    MultipleUsers,
    ArgsStructure,
    ConstantArgs,
    RepeatedPatternDiffers,
    KwargMismatch,
    ExclusiveArgTwice,
    NonList,
    ListElement,
    ListNoMatch,
    NoAnchorFound,
    MutationRegion,
    MissingInput,
    MissingValue,
    NoFakeValue,
    IntegerRequiresGrad,
    ExtraCheck, ///< a condition of the pattern file cannot be shown
    RetraceFailed,
    RetraceCrashes,
    RetraceUnsupported, ///< ours: the pattern cannot be traced with these shapes by fxscope
    ReplacementCrashes,
    ReplacementUnsupported
};
std::string_view name(Reason reason); ///< "function_mismatch"
/// PyTorch raises an exception here, and the pass that runs the patterns stops.
bool stopsPass(Reason reason);

/// Why a pattern does not match, as numbers and ids: words are made when somebody reads it (reason_words.h).
struct MatchFailure {
    Reason reason = Reason::Match;
    PatternId pattern; ///< the object that does not fit
    NodeId node;       ///< the node it was tried at, or whose argument it is
    NodeId parent;     ///< the node whose argument `node` or `found` is; invalid at the anchor
    Argument found;    ///< the value that does not fit
    Argument wanted;   ///< the constant of the pattern
    int64_t has = 0, wants = 0;
    std::vector<int64_t> numbers;   ///< region ids
    std::vector<std::string> names; ///< missing inputs, nodes without a value
    std::string text;               ///< an exception, a dtype
    int matched = 0;                ///< calls of the pattern that fit here, as an explanation counts them; set by a run
    std::shared_ptr<MatchFailure> inner; ///< of a list element
};

/// A place where a pattern fits.
struct PatternMatch {
    std::vector<std::pair<std::string, Argument>> captures; ///< parameter -> node or constant, in the order met
    std::vector<Argument> args;                             ///< of Arg objects
    std::vector<NodeId> nodes;                              ///< inputs before users, each once
    std::vector<NodeId> outputs;                            ///< per output of the pattern; invalid: skipped
    const Argument* capture(std::string_view parameter) const;
};

} // namespace fxscope
