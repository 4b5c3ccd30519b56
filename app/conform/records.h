// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <nlohmann/json.hpp>

#include <string>

namespace fxscope::conform {

using Json = nlohmann::json;
/// A file of JSON, whole. Errors: unreadable, or no JSON. Only for .cpp files.
Result<Json> readJson(const std::string& path);
/// A member that must be there; `T` as nlohmann converts. Error names the record and the member.
template <class T> Result<T> member(const Json& record, const char* key, const std::string& where) {
    const auto found = record.find(key);
    try {
        if (found != record.end())
            return found->get<T>();
    } catch (const Json::exception&) { // of the wrong type
    }
    return Diagnostic{"the member '" + std::string(key) + "' is missing or of the wrong type", where,
                      "record again, or take an intact copy"};
}

} // namespace fxscope::conform
