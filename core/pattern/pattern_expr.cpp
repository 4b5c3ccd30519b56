// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_expr.h"

#include <algorithm>
#include <cassert>

namespace fxscope {
namespace {

using Kind = Argument::Kind;

bool isContainer(const Argument& value) { return value.isSequence() || value.kind() == Kind::Dict; }

void flattenInto(std::vector<Argument>& leaves, const Argument& value) {
    if (value.isSequence())
        for (const Argument& item : value.items())
            flattenInto(leaves, item);
    else if (value.kind() == Kind::Dict)
        for (const Kwarg& entry : value.dict())
            flattenInto(leaves, entry.second);
    else
        leaves.push_back(value);
}

bool sameNames(const Kwargs& a, const Kwargs& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Kwarg& x, const Kwarg& y) { return x.first == y.first; });
}

/// Lists and tuples are alike; everything that is no container is a leaf.
bool sameNesting(const Argument& a, const Argument& b) {
    if (a.isSequence() && b.isSequence())
        return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(), sameNesting);
    if (a.kind() == Kind::Dict && b.kind() == Kind::Dict)
        return sameNames(a.dict(), b.dict()) &&
               std::equal(a.dict().begin(), a.dict().end(), b.dict().begin(),
                          [](const Kwarg& x, const Kwarg& y) { return sameNesting(x.second, y.second); });
    return !isContainer(a) && !isContainer(b);
}

bool anyContainer(const PatternExpr& expr) {
    return std::any_of(expr.args.begin(), expr.args.end(), isContainer) ||
           std::any_of(expr.kwargs.begin(), expr.kwargs.end(), [](const Kwarg& k) { return isContainer(k.second); });
}

double number(const Argument& value) {
    return value.kind() == Kind::Bool ? value.asBool() : value.isInt() ? double(value.asInt()) : value.asFloat();
}
int64_t integer(const Argument& value) { return value.kind() == Kind::Bool ? value.asBool() : value.asInt(); }

} // namespace

bool isNumber(const Argument& value) {
    return value.kind() == Kind::Bool || value.kind() == Kind::Int || value.kind() == Kind::Float;
}

Op PatternExpr::op() const {
    assert(isCall());
    if (kind == Kind::CallMethod || kind == Kind::CallMethodVarArgs)
        return Op::CallMethod;
    return kind == Kind::CallModule || kind == Kind::CallModuleVarArgs ? Op::CallModule : Op::CallFunction;
}

PatternId Pattern::add(PatternExpr expr) {
    exprs.push_back(std::move(expr));
    return {static_cast<uint32_t>(exprs.size() - 1)};
}

void Pattern::finish(PatternId newRoot) {
    root = newRoot;
    outputs.clear();
    if ((*this)[root].kind == PatternExpr::Kind::MultiOutput)
        for (const Argument& output : (*this)[root].args)
            outputs.push_back(output.isNode() ? output.asNode() : PatternId{});
    else
        outputs.push_back(root);
    leaves.clear();
    nested.clear();
    for (const PatternExpr& expr : exprs) {
        nested.push_back(anyContainer(expr));
        leaves.push_back(flatten(expr.args, expr.kwargs, nested.back()));
    }
}

const PatternExpr& Pattern::anchor() const {
    const PatternExpr* expr = &(*this)[outputs.front()];
    while (expr->kind == PatternExpr::Kind::Repeated)
        expr = &(*this)[expr->args.front().asNode()];
    return *expr;
}

size_t Pattern::callCount() const {
    return static_cast<size_t>(
        std::count_if(exprs.begin(), exprs.end(), [](const PatternExpr& expr) { return expr.isCall(); }));
}

std::vector<bool> reachedObjects(const Pattern& pattern) {
    std::vector<bool> reached(pattern.exprs.size());
    std::vector<PatternId> todo{pattern.root};
    while (!todo.empty()) {
        const PatternId id = todo.back();
        todo.pop_back();
        if (reached[id.index])
            continue;
        reached[id.index] = true;
        for (const Argument& leaf : pattern.leaves[id.index])
            if (leaf.isNode())
                todo.push_back(leaf.asNode());
    }
    return reached;
}

std::vector<Argument> flatten(const ArgumentList& args, const Kwargs& kwargs, bool nested) {
    std::vector<Argument> leaves;
    leaves.reserve(args.size() + kwargs.size());
    for (const Argument& arg : args)
        nested ? flattenInto(leaves, arg) : leaves.push_back(arg);
    for (const Kwarg& kwarg : kwargs)
        nested ? flattenInto(leaves, kwarg.second) : leaves.push_back(kwarg.second);
    return leaves;
}

bool sameStructure(const ArgumentList& args, const Kwargs& kwargs, const ArgumentList& otherArgs,
                   const Kwargs& otherKwargs, bool nested) {
    if (args.size() != otherArgs.size() || !sameNames(kwargs, otherKwargs))
        return false;
    return !nested || (std::equal(args.begin(), args.end(), otherArgs.begin(), sameNesting) &&
                       std::equal(kwargs.begin(), kwargs.end(), otherKwargs.begin(),
                                  [](const Kwarg& x, const Kwarg& y) { return sameNesting(x.second, y.second); }));
}

bool pythonEqual(const Argument& a, const Argument& b) {
    if (isNumber(a) && isNumber(b)) {
        const bool integers = a.kind() != Kind::Float && b.kind() != Kind::Float;
        return integers ? integer(a) == integer(b) : number(a) == number(b); // NaN differs from itself, as in Python
    }
    if (a.kind() != b.kind())
        return false;
    if (a.isSequence() || a.kind() == Kind::Slice)
        return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(), pythonEqual);
    return a == b;
}

} // namespace fxscope
