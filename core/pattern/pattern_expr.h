// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/node.h"

#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

class Graph;

/// A pattern object of one Pattern. In the arguments of a pattern, an Argument of kind Node names an object, not a node
/// of a graph: objects that are shared are the same id (matching depends on identity, not on equal text).
using PatternId = NodeId;

inline constexpr int kAnyUsers = -1; ///< PyTorch's MULTIPLE

/// One object of a pattern tree, as PyTorch's matcher has them.
struct PatternExpr {
    enum class Kind : uint8_t {
        Ignored,
        Arg,
        KeywordArg,
        ExclusiveKeywordArg,
        CallFunction,
        CallMethod,
        CallModule,
        CallFunctionVarArgs,
        CallMethodVarArgs,
        CallModuleVarArgs,
        ListOf,
        Repeated,
        MultiOutput
    };
    Kind kind = Kind::Ignored;
    std::string name;            ///< of a (Exclusive)KeywordArg
    std::vector<Target> targets; ///< of a call; the first one is printed
    ArgumentList args; ///< of a call; the outputs of a MultiOutput (None where one is skipped); [inner] of a list
    Kwargs kwargs;
    int users = 1;        ///< of a call: how many users its node must have, or kAnyUsers
    bool partial = false; ///< of a ListOf

    bool isCall() const { return kind >= Kind::CallFunction && kind <= Kind::CallModuleVarArgs; }
    bool isVarArgs() const { return kind >= Kind::CallFunctionVarArgs && kind <= Kind::CallModuleVarArgs; }
    Op op() const; ///< of a call
};

/// A pattern tree (a graph of shared objects). Immutable once made.
struct Pattern {
    std::vector<PatternExpr> exprs;
    PatternId root;
    std::vector<PatternId> outputs; ///< of the match: those of a MultiOutput (invalid: skipped), else the root
    std::vector<std::vector<Argument>> leaves; ///< per object, its flattened arguments; see flatten()
    std::vector<bool> nested;                  ///< per object: its arguments hold a list, tuple or dict

    const PatternExpr& operator[](PatternId id) const { return exprs[id.index]; }
    PatternId add(PatternExpr expr);
    /// Sets root and what follows from it. To be called once, when all objects are there.
    void finish(PatternId newRoot);
    /// The call that output 0 is: where matching starts.
    const PatternExpr& anchor() const;
    size_t callCount() const; ///< objects that stand for nodes: the full score of a match
};

/// By object: whether the root refers to it. Only such objects are matched.
std::vector<bool> reachedObjects(const Pattern& pattern);

/// The leaves of a call's arguments, left to right, args before kwargs (matcher.md 3.5). `nested`: containers are
/// opened.
std::vector<Argument> flatten(const ArgumentList& args, const Kwargs& kwargs, bool nested);
/// Whether two calls have the same structure: number of args and kwarg names in order, or nesting and lengths.
bool sameStructure(const ArgumentList& args, const Kwargs& kwargs, const ArgumentList& otherArgs,
                   const Kwargs& otherKwargs, bool nested);
/// That structure as PyTorch words it: "(1, 'device')" or "TreeSpec(tuple, None, [...])".
std::string structureText(const ArgumentList& args, const Kwargs& kwargs, bool nested);

/// Of Python's numbers: bool, int, float.
bool isNumber(const Argument& value);
/// Python's ==: 1 == True == 1.0, a list never equals a tuple, nodes by identity.
bool pythonEqual(const Argument& a, const Argument& b);

/// Python's repr of a value; `node` words what a Node argument is.
using NodeWords = std::string (*)(const void* context, NodeId id);
std::string pythonRepr(const Argument& value, NodeWords node, const void* context);
std::string pythonRepr(const Argument& value, const Graph& graph);                 ///< nodes by their names in `graph`
std::string pythonStr(const Argument& value, NodeWords node, const void* context); ///< str(): devices and strings bare

/// The pattern as PyTorch's pretty printer writes it: one line per call object, then `output = `.
std::string printPattern(const Pattern& pattern);
/// repr of one object: "CallFunction(aten.slice.Tensor, KeywordArg('x'), *)".
std::string reprExpr(const Pattern& pattern, PatternId id);
/// How PyTorch calls what a call object calls: "aten.slice.Tensor", "operator.mul".
std::string functionWords(const PatternExpr& expr);

} // namespace fxscope
