// SPDX-License-Identifier: BSD-3-Clause
// Comments in the code that Inductor generates: the nodes that each kernel computes. See formats.md, 1.5.
#include "core/io/output_code.h"

#include "core/io/node_links.h"
#include "core/io/plain_text.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <algorithm>
#include <cstdint>

namespace fxscope::io {
namespace {

/// The comment's content: behind "# " in Python, "// " in C++; nothing if the line is no comment.
std::optional<std::string_view> commentIn(std::string_view line) {
    line = trim(line);
    for (const std::string_view mark : {"#", "//"})
        if (line.starts_with(mark)) {
            line.remove_prefix(mark.size());
            return line;
        }
    return std::nullopt;
}

std::vector<std::string_view> listAfter(std::string_view text, std::string_view title) {
    std::vector<std::string_view> names;
    const size_t from = text.find(title);
    const size_t close = from == std::string_view::npos ? from : text.find(']', from);
    if (close == std::string_view::npos)
        return names;
    const size_t start = from + title.size();
    for (const std::string_view name : split(text.substr(start, close - start), ','))
        if (!trim(name).empty())
            names.push_back(trim(name));
    return names;
}

std::string_view boundName(std::string_view line) {
    size_t end = 0;
    while (end < line.size() && isWordChar(line[end]))
        ++end;
    return end > 0 && line.substr(end).starts_with(" = ") ? line.substr(0, end) : std::string_view{};
}

constexpr std::string_view kSources = "Topologically Sorted Source Nodes: [";

} // namespace

std::vector<GraphFragment> graphFragments(std::string_view code) {
    std::vector<GraphFragment> fragments;
    std::vector<std::string_view> sources;
    bool inside = false, named = true;
    Lines lines(code);
    for (std::string_view line; lines.next(line);) {
        const auto comment = commentIn(line);
        if (inside && comment && comment->starts_with("   ")) {
            if (fragments.back().lines.empty())
                fragments.back().line = lines.number();
            fragments.back().lines.emplace_back(trim(*comment));
            continue;
        }
        inside = false;
        if (comment && comment->find(kSources) != std::string_view::npos) {
            sources = listAfter(*comment, kSources);
        } else if (comment && trim(*comment) == "Graph fragment:") {
            fragments.push_back({{}, std::move(sources), {}, lines.number()});
            sources.clear();
            inside = true;
            named = false;
        } else if (!named && !boundName(line).empty()) {
            fragments.back().kernel = boundName(line);
            named = true;
        }
    }
    return fragments;
}

std::map<std::string_view, int> kernelDefinitions(std::string_view code) {
    std::map<std::string_view, int> definitions;
    Lines lines(code);
    for (std::string_view line; lines.next(line);)
        if (const std::string_view name = boundName(line);
            !name.empty() && line.substr(name.size()).starts_with(" = async_compile."))
            definitions.emplace(name, lines.number());
    return definitions;
}

namespace {

/// The function that an indented line calls: "buf0 = extern_kernels.mm(...)" -> "extern_kernels.mm"; empty: none.
std::string_view calledName(std::string_view line) {
    if (!line.starts_with(' '))
        return {};
    line = trim(line);
    if (const std::string_view bound = boundName(line); !bound.empty())
        line.remove_prefix(bound.size() + 3);
    size_t end = 0;
    while (end < line.size() && (isWordChar(line[end]) || line[end] == '.'))
        ++end;
    return end < line.size() && line[end] == '(' ? line.substr(0, end) : std::string_view{};
}

bool isLibrary(std::string_view name) {
    return name.starts_with("extern_kernels.") || name.starts_with("torch.ops.") || name.starts_with("aten.");
}

constexpr std::string_view kHandle = "[Provenance debug handles] ";

/// N of "[Provenance debug handles] extern_kernels.mm:N"; 0: it is another comment.
int handleIn(std::string_view comment) {
    const size_t at = comment.find(kHandle), colon = comment.rfind(':');
    const auto number = at == std::string_view::npos || colon == std::string_view::npos
                            ? std::nullopt
                            : parseInt(trim(comment.substr(colon + 1)));
    return number && *number > 0 && *number <= INT32_MAX ? static_cast<int>(*number) : 0;
}

} // namespace

std::vector<CodeCall> kernelCalls(std::string_view code) {
    const auto definitions = kernelDefinitions(code);
    std::vector<CodeCall> calls;
    CodeCall next; // what the comments above it say
    Lines lines(code);
    for (std::string_view line; lines.next(line);) {
        if (const auto comment = commentIn(line)) {
            if (comment->find(kSources) != std::string_view::npos)
                next.sourceNodes = listAfter(*comment, kSources);
            if (const int number = handleIn(*comment))
                next.call = number;
            continue;
        }
        std::string_view name = calledName(line);
        if (name.ends_with(".run"))
            name.remove_suffix(4);
        if (definitions.contains(name) || isLibrary(name)) {
            next.kernel = name;
            next.line = lines.number();
            calls.push_back(next);
        }
        next = {};
    }
    return calls;
}

std::vector<KernelCall> kernelsOfCode(std::string_view code) {
    std::map<std::string_view, KernelCall> described;
    std::vector<KernelCall> kernels;
    const std::vector<CodeCall> calls = kernelCalls(code);
    for (const GraphFragment& fragment : graphFragments(code)) {
        KernelCall kernel{std::string(fragment.kernel), 0, {}, {}};
        for (const std::string_view line : fragment.lines)
            if (line.starts_with('%') && line.find("PlaceHolder[") == std::string_view::npos)
                kernel.nodes.emplace_back(line.substr(1, line.find(' ') - 1));
        kernel.sources.assign(fragment.sourceNodes.begin(), fragment.sourceNodes.end());
        const auto same = [&](const CodeCall& call) { return call.kernel == fragment.kernel; };
        if (std::any_of(calls.begin(), calls.end(), same))
            described.emplace(fragment.kernel, std::move(kernel));
        else
            kernels.push_back(std::move(kernel)); // no call of it was recognised
    }
    for (const CodeCall& call : calls) {
        KernelCall& kernel = kernels.emplace_back();
        if (const auto known = described.find(call.kernel); known != described.end())
            kernel = known->second;
        else
            kernel.sources.assign(call.sourceNodes.begin(), call.sourceNodes.end());
        kernel.name = call.kernel;
        kernel.call = call.call;
    }
    return kernels;
}

} // namespace fxscope::io
