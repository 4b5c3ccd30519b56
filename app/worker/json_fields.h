// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <type_traits>
#include <vector>

/// Reading and writing the objects of protocol.h. Only for .cpp files.
namespace fxscope::worker {

using Json = nlohmann::json;

/// A float as JSON has it, or "nan", "inf", "-inf".
Json number(double value);
Json diagnosticJson(const Diagnostic& diagnostic);
/// One line, invalid UTF-8 replaced.
std::string text(const Json& json);
/// Error: no JSON, or no object.
Result<Json> parseObject(std::string_view bytes, const std::string& where);

/// Reads members of one object; absent ones keep their default, the first wrong one becomes the error.
class Fields {
public:
    explicit Fields(const Json& object) : m_object(object) {}

    template <class T> Fields& read(const char* key, T& into) {
        const auto found = m_object.find(key);
        if (found != m_object.end() && !convert(*found, into) && m_wrong.empty())
            m_wrong = key;
        return *this;
    }
    bool has(const char* key) const { return m_object.contains(key); }
    const Json& at(const char* key) const {
        static const Json none;
        const auto found = m_object.find(key);
        return found == m_object.end() ? none : *found;
    }
    Result<Done> finish(const std::string& where) const {
        if (m_wrong.empty())
            return Done{};
        return Diagnostic{"the member '" + m_wrong + "' has the wrong type", where, "app/worker/protocol.h lists them"};
    }

    static bool convert(const Json& json, bool& into);
    static bool convert(const Json& json, double& into);
    static bool convert(const Json& json, std::string& into);
    static bool convert(const Json& json, std::chrono::nanoseconds& into);
    static bool convert(const Json& json, Diagnostic& into);
    template <class T>
    requires std::is_integral_v<T>
    static bool convert(const Json& json, T& into) {
        if (!json.is_number_integer() || (std::is_unsigned_v<T> && !json.is_number_unsigned()))
            return false;
        into = json.get<T>();
        return true;
    }
    template <class T> static bool convert(const Json& json, std::vector<T>& into) {
        if (!json.is_array())
            return false;
        into.resize(json.size());
        for (size_t i = 0; i < json.size(); ++i)
            if (!convert(json[i], into[i]))
                return false;
        return true;
    }

private:
    const Json& m_object;
    std::string m_wrong;
};

} // namespace fxscope::worker
