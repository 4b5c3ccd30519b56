// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/json_fields.h"

#include <cmath>
#include <limits>

namespace fxscope::worker {

Json number(double value) {
    if (std::isnan(value))
        return "nan";
    return std::isinf(value) ? Json(value > 0 ? "inf" : "-inf") : Json(value);
}

Json diagnosticJson(const Diagnostic& diagnostic) {
    static constexpr const char* kSeverities[] = {"error", "warning", "note"};
    return {{"what", diagnostic.what},
            {"where", diagnostic.where},
            {"next", diagnostic.next},
            {"severity", kSeverities[static_cast<size_t>(diagnostic.severity)]}};
}

std::string text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Result<Json> parseObject(std::string_view bytes, const std::string& where) {
    Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded() || !json.is_object())
        return Diagnostic{"not a JSON object", where, {}};
    return json;
}

bool Fields::convert(const Json& json, bool& into) {
    if (!json.is_boolean())
        return false;
    into = json.get<bool>();
    return true;
}

bool Fields::convert(const Json& json, double& into) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (json.is_number())
        into = json.get<double>();
    else if (json == "nan")
        into = std::numeric_limits<double>::quiet_NaN();
    else if (json == "inf" || json == "-inf")
        into = json == "inf" ? kInfinity : -kInfinity;
    else
        return false;
    return true;
}

bool Fields::convert(const Json& json, std::string& into) {
    if (!json.is_string())
        return false;
    into = json.get<std::string>();
    return true;
}

bool Fields::convert(const Json& json, std::chrono::nanoseconds& into) {
    int64_t count = 0;
    if (!convert(json, count))
        return false;
    into = std::chrono::nanoseconds(count);
    return true;
}

bool Fields::convert(const Json& json, Diagnostic& into) {
    if (!json.is_object())
        return false;
    std::string severity = "error";
    Fields fields(json);
    fields.read("what", into.what).read("where", into.where).read("next", into.next).read("severity", severity);
    into.severity = severity == "warning" ? Severity::Warning : severity == "note" ? Severity::Note : Severity::Error;
    return fields.finish({}).ok();
}

} // namespace fxscope::worker
