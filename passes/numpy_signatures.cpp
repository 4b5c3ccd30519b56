// SPDX-License-Identifier: BSD-3-Clause
#include "passes/numpy_signatures.h"

#include "core/support/resources.h"
#include "core/support/text.h"

#include <unordered_map>

namespace fxscope {
namespace {

using Table = std::unordered_map<std::string_view, std::vector<std::string_view>>;

/// Lines "torch.sum: x a x1 axis keepdims" of resources/schemas/torch_kwargs.txt.
Table readTable() {
    Table table;
    const std::string_view text = resource("schemas/torch_kwargs.txt").value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const size_t colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos)
            continue;
        std::vector<std::string_view>& keywords = table[line.substr(0, colon)];
        for (const std::string_view keyword : split(line.substr(colon + 1), ' '))
            if (!keyword.empty())
                keywords.push_back(keyword);
    }
    return table;
}

const std::vector<std::string_view>* lookUp(const std::string& name) {
    static const Table kTable = readTable();
    const auto found = kTable.find(name);
    return found == kTable.end() ? nullptr : &found->second;
}

/// A printed prefix and the public one that PyTorch's table of signatures uses.
struct Alias {
    std::string_view printed, known;
};
constexpr Alias kAliases[] = {
    {"torch.functional.", "torch."},
    {"torch.random.", "torch."},
    {"torch.serialization.", "torch."},
    {"torch._C._linalg.linalg_", "torch.linalg."},
    {"torch._C._special.special_", "torch.special."},
    {"torch._C._fft.fft_", "torch.fft."},
    {"torch._C._VariableFunctions.", "torch."},
    {"torch._VF.", "torch."},
    {"torch._C._", "torch.nn.functional."}, // has_torch_function and its kin
    {"torch._C.", "torch.nn.functional."},  // _infer_size
};

} // namespace

std::string_view torchKeyword(std::string_view keyword) {
    if (keyword == "axis")
        return "dim";
    if (keyword == "keepdims")
        return "keepdim";
    if (keyword == "x" || keyword == "a" || keyword == "x1")
        return "input";
    return keyword == "x2" ? "other" : std::string_view{};
}

const std::vector<std::string_view>* numpyKeywords(std::string_view target) {
    if (const auto* found = lookUp(std::string(target)))
        return found;
    for (const Alias& alias : kAliases)
        if (target.starts_with(alias.printed))
            if (const auto* found = lookUp(std::string(alias.known).append(target.substr(alias.printed.size()))))
                return found;
    return nullptr;
}

} // namespace fxscope
