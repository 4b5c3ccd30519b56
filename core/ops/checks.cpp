// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/checks.h"

#include "core/support/text.h"

namespace fxscope::ops {

Result<Done> checkElements(std::string_view name, const Tensor& x, int64_t wanted) {
    if (!x.defined() || x.numel() == wanted)
        return Done{};
    return Diagnostic{"expected " + std::string(name) + " to have " + counted(wanted, "element", "elements") +
                          ", got " + std::to_string(x.numel()),
                      "", ""};
}

Result<std::vector<bool>> outputMask(Metas args, size_t i, size_t count) {
    FX_TRY(const Sizes flags, intsAt(args, i));
    if (flags.size() != count)
        return Diagnostic{"output_mask must have " + std::to_string(count) + " elements", "", ""};
    std::vector<bool> wanted;
    for (const int64_t flag : flags)
        wanted.push_back(flag != 0);
    return wanted;
}

} // namespace fxscope::ops
