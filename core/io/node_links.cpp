// SPDX-License-Identifier: BSD-3-Clause
// Which nodes and kernels became of which nodes: what Inductor's provenance tracking logs. See formats.md, 5.4.
#include "core/io/node_links.h"

#include "core/io/limits.h"
#include "core/io/output_code.h"
#include "core/support/text.h"

#include <simdjson.h>

#include <algorithm>

namespace fxscope::io {
namespace {

using Names = std::vector<std::string>;
using NameMap = std::map<std::string, Names>;

Result<NameMap> nameMap(simdjson::dom::element json, const std::string& where) {
    const Diagnostic broken{"expected names with lists of names", where, "the file is damaged"};
    simdjson::dom::object object;
    if (json.get(object))
        return broken;
    NameMap map;
    for (const auto field : object) {
        simdjson::dom::array array;
        if (field.value.get(array))
            return broken;
        Names& names = map[std::string(field.key)];
        for (const auto item : array) {
            std::string_view name;
            if (item.get(name))
                return broken;
            names.emplace_back(name);
        }
    }
    return map;
}

/// "triton_poi_fused_add_0:3" -> name and number of the call.
KernelCall kernelOf(const std::string& key, Names nodes) {
    KernelCall kernel{key, 0, std::move(nodes), {}};
    const size_t colon = key.rfind(':');
    if (const auto call = colon == std::string::npos ? std::nullopt : parseInt(key.substr(colon + 1))) {
        kernel.name = key.substr(0, colon);
        kernel.call = static_cast<int>(std::clamp<int64_t>(*call, 0, INT32_MAX));
    }
    return kernel;
}

NameMap reversed(const NameMap& map) {
    NameMap result;
    for (const auto& [name, others] : map)
        for (const std::string& other : others)
            result[other].push_back(name);
    return result;
}

} // namespace

void addSources(NodeLinks& links) {
    for (KernelCall& kernel : links.kernels) {
        if (!kernel.sources.empty())
            continue;
        for (const std::string& node : kernel.nodes)
            if (const auto found = links.postToPre.find(node); found != links.postToPre.end())
                for (const std::string& source : found->second)
                    if (std::find(kernel.sources.begin(), kernel.sources.end(), source) == kernel.sources.end())
                        kernel.sources.push_back(source);
    }
}

namespace {

void keepCalled(std::vector<KernelCall>& kernels, const std::vector<CodeCall>& calls, std::string_view code) {
    const auto isNoted = [&](const KernelCall& kernel) {
        return std::any_of(calls.begin(), calls.end(), [&](const CodeCall& call) {
            return call.kernel == kernel.name && call.call == kernel.call && call.call > 0;
        });
    };
    if (std::any_of(kernels.begin(), kernels.end(), isNoted))
        std::erase_if(kernels, [&](const KernelCall& kernel) { return !isNoted(kernel); });
    else
        std::erase_if(kernels,
                      [&](const KernelCall& kernel) { return code.find(kernel.name) == std::string_view::npos; });
}

/// Of library kernels the n-th one is the n-th call, unless their numbers are noted.
void addPlaces(std::vector<KernelCall>& kernels, const std::vector<CodeCall>& calls, std::string_view code) {
    const std::map<std::string_view, int> lines = kernelDefinitions(code);
    std::vector<bool> taken(calls.size());
    for (KernelCall& kernel : kernels) {
        if (const auto found = lines.find(kernel.name); found != lines.end()) {
            kernel.line = found->second;
            continue;
        }
        for (size_t i = 0; i < calls.size() && kernel.line == 0; ++i)
            if (!taken[i] && calls[i].kernel == kernel.name && (calls[i].call == 0 || calls[i].call == kernel.call)) {
                kernel.line = calls[i].line;
                taken[i] = true;
            }
    }
}

} // namespace

void fitToCode(NodeLinks& links, std::string_view code, const std::string& file, int firstLine) {
    if (code.empty())
        return;
    const std::vector<CodeCall> calls = kernelCalls(code);
    if (!calls.empty())
        keepCalled(links.kernels, calls, code);
    if (links.kernels.empty())
        links.kernels = kernelsOfCode(code);
    addPlaces(links.kernels, calls, code);
    for (KernelCall& kernel : links.kernels)
        if (kernel.line > 0) {
            kernel.file = file;
            kernel.line += firstLine - 1;
        }
}

Result<NodeLinks> readNodeLinks(std::string_view json, const std::string& where) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::object object;
    if (parser.allocate(json.size(), static_cast<size_t>(limits().nesting)) ||
        parser.parse(json.data(), json.size()).get(root) || root.get(object))
        return Diagnostic{"the links between nodes are no JSON object", where, "the record may be cut off"};
    NodeLinks links;
    NameMap kernels;
    bool sections = false;
    for (const auto field : object) {
        NameMap* into = field.key == "preToPost"       ? &links.preToPost
                        : field.key == "postToPre"     ? &links.postToPre
                        : field.key == "cppCodeToPost" ? &kernels
                                                       : nullptr;
        sections = sections || into || field.key == "version" || field.key == "postToCppCode";
        if (into) {
            FX_TRY(*into, nameMap(field.value, where + ", " + std::string(field.key)));
        }
    }
    if (!sections && object.size() > 0) { // an older version's single map
        FX_TRY(NameMap map, nameMap(root, where));
        const bool toKernels = where.find("kernel_to_post") != std::string::npos;
        (toKernels ? kernels : links.postToPre) = std::move(map);
    }
    if (links.preToPost.empty())
        links.preToPost = reversed(links.postToPre);
    for (auto& [key, nodes] : kernels)
        links.kernels.push_back(kernelOf(key, std::move(nodes)));
    std::stable_sort(links.kernels.begin(), links.kernels.end(),
                     [](const KernelCall& a, const KernelCall& b) { return a.call < b.call; });
    return links;
}

} // namespace fxscope::io
