// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/limits.h"

#include "core/support/text.h"

#include <array>
#include <limits>

namespace fxscope::io {
namespace {

constexpr int kDeepest = 1'000; // parsers call themselves once a level

Limits& current() {
    static Limits limits;
    return limits;
}

template <class Number> bool take(Number& into, int64_t value) {
    if (value < 1 || (std::numeric_limits<Number>::max() < static_cast<uint64_t>(value)))
        return false;
    into = static_cast<Number>(value);
    return true;
}

bool setLimit(Limits& limits, std::string_view name, int64_t value) {
    if (name == "nesting")
        return value <= kDeepest && take(limits.nesting, value);
    if (name == "inflated")
        return take(limits.inflated, value);
    if (name == "tensorHeader")
        return take(limits.tensorHeader, value);
    const std::array<std::pair<std::string_view, size_t*>, 5> sizes{{{"line", &limits.line},
                                                                     {"nodes", &limits.nodes},
                                                                     {"arguments", &limits.arguments},
                                                                     {"zipEntries", &limits.zipEntries},
                                                                     {"zipName", &limits.zipName}}};
    for (const auto& [known, size] : sizes)
        if (known == name)
            return take(*size, value);
    return false;
}

} // namespace

const Limits& limits() { return current(); }
void setLimits(const Limits& limits) { current() = limits; }

std::string raiseLimit(std::string_view name) {
    return "if the file is what it should be, raise the limit: FXSCOPE_LIMITS=" + std::string(name) + "=NUMBER";
}

Result<Limits> parseLimits(std::string_view text) {
    Limits changed = limits();
    for (const std::string_view part : split(text, ',')) {
        const size_t equals = part.find('=');
        const auto value = equals == std::string_view::npos ? std::nullopt : parseInt(trim(part.substr(equals + 1)));
        if (!trim(part).empty() && (!value || !setLimit(changed, trim(part.substr(0, equals)), *value)))
            return Diagnostic{"'" + displayText(trim(part)) + "' is no limit", "limits",
                              "write NAME=NUMBER, names: nesting (up to 1000), line, nodes, arguments, zipEntries, "
                              "zipName, inflated, tensorHeader"};
    }
    return changed;
}

} // namespace fxscope::io
