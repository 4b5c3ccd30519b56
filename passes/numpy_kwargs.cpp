// SPDX-License-Identifier: BSD-3-Clause
#include "passes/numpy_kwargs.h"

#include "passes/numpy_signatures.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr std::string_view kRule = "numpy_kwargs";

bool hasNumpyName(const Node& node) {
    return std::any_of(node.kwargs.begin(), node.kwargs.end(),
                       [](const Kwarg& kwarg) { return !torchKeyword(kwarg.first).empty(); });
}

/// Calls whose answer somebody may want: any torch-level call with keywords, and others only if a NumPy name is among
/// them.
bool mayTakeNumpyNames(const Node& node) {
    const bool call = node.op == Op::CallFunction || node.op == Op::CallMethod || node.op == Op::CallModule;
    if (!call || node.kwargs.empty())
        return false;
    const bool torchLevel = node.op == Op::CallFunction && !node.target.str().starts_with("torch.ops.");
    return torchLevel || hasNumpyName(node);
}

Miss missAt(const Node& node, std::string code, std::string format, std::vector<Miss::Part> parts, int matched) {
    return {std::string(kRule), node.id, std::move(code), std::move(format), std::move(parts), matched, 3};
}

std::string_view renamed(const std::vector<std::string_view>& renameable, std::string_view keyword) {
    const bool known = std::find(renameable.begin(), renameable.end(), keyword) != renameable.end();
    return known ? torchKeyword(keyword) : keyword;
}

/// The new keywords: first position, last value where two become one, as a Python dict does it.
Kwargs renameAll(const Node& node, const std::vector<std::string_view>& renameable, Rewriter& rewriter) {
    Kwargs result;
    std::vector<std::string> from;
    for (const auto& [keyword, value] : node.kwargs) {
        const std::string name(renamed(renameable, keyword));
        const auto same = std::find_if(result.begin(), result.end(), [&](const Kwarg& k) { return k.first == name; });
        if (same == result.end()) {
            result.emplace_back(name, value);
            from.push_back(keyword);
            continue;
        }
        const std::string& earlier = from[static_cast<size_t>(same - result.begin())];
        rewriter.warn({"kwarg_collision: " + earlier + " and " + keyword + " both became " + name + "; the value of " +
                           keyword + " won, that of " + earlier + " is lost",
                       node.name, "PyTorch itself refuses such a call; keep one of the two", Severity::Warning});
        same->second = value;
    }
    return result;
}

/// input given by position and, renamed, by keyword: kept as it is, and worth a warning.
void warnOfPositional(const Node& node, Rewriter& rewriter, const Kwargs& kwargs) {
    const bool renamedInput = !node.kwarg("input") && std::any_of(kwargs.begin(), kwargs.end(),
                                                                  [](const Kwarg& k) { return k.first == "input"; });
    if (renamedInput && !node.args.empty())
        rewriter.warn({"kwarg_collision: the first argument is given by position and again as input", node.name,
                       "PyTorch itself refuses such a call where both mean the same parameter", Severity::Warning});
}

} // namespace

std::variant<Match, Miss> NumpyKwargs::match(const Graph&, const Node& node) {
    if (node.op != Op::CallFunction)
        return missAt(node, "not_a_function", "%1 calls a method or module; only functions are renamed", {node.id}, 0);
    const std::string& target = node.target.str();
    if (target.starts_with("torch.ops."))
        return missAt(node, "aten_target", "%1 is an ATen operator and has torch names already", {target}, 0);
    const auto* renameable = numpyKeywords(target);
    if (!renameable)
        return missAt(node, "no_signature", "PyTorch knows no signature of %1", {target}, 1);
    if (renameable->empty())
        return missAt(node, "nothing_renameable", "none of the parameters of %1 has a NumPy name", {target}, 2);
    Match match{node.id, {}, {node.id}};
    for (const auto& [keyword, value] : node.kwargs)
        if (renamed(*renameable, keyword) != keyword)
            match.captures.push_back({keyword, value});
    if (match.captures.empty())
        return missAt(node, "no_such_keyword", "%1 uses no NumPy keyword that %2 has", {node.id, target}, 2);
    return match;
}

Result<Done> NumpyKwargs::run(PassContext& context) const {
    for (const NodeId id : context.graph().ids()) {
        const Node& node = context.graph()[id];
        if (!mayTakeNumpyNames(node))
            continue;
        if (context.mustStop())
            break;
        auto outcome = match(context.graph(), node);
        if (auto* miss = std::get_if<Miss>(&outcome)) {
            context.miss(std::move(*miss));
            continue;
        }
        const auto rename = [&](Rewriter& rewriter) -> Result<NodeId> {
            Kwargs kwargs = renameAll(node, *numpyKeywords(node.target.str()), rewriter);
            warnOfPositional(node, rewriter, kwargs);
            rewriter.setArgs(id, node.args, std::move(kwargs));
            return id;
        };
        FX_CHECK(context.step(std::string(kRule), std::get<Match>(std::move(outcome)), rename));
    }
    return Done{};
}

} // namespace fxscope
