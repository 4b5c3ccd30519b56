// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/schema.h"
#include "core/support/resources.h"
#include "core/support/text.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace fxscope {
namespace {

std::string canonicalName(std::string_view line) {
    const std::string_view name = line.substr(0, line.find('('));
    const size_t colons = name.find("::");
    if (colons == std::string_view::npos)
        return {};
    std::string target =
        "torch.ops." + std::string(name.substr(0, colons)) + "." + std::string(name.substr(colons + 2));
    return name.find('.', colons) == std::string_view::npos ? target + ".default" : target;
}

/// Every line of the resource by target, indexed once; a line is parsed when somebody asks for it.
class SchemaTable {
public:
    static const SchemaTable& instance() {
        static const SchemaTable table;
        return table;
    }

    const Schema* find(const std::string& target) const {
        const auto found = m_entries.find(target);
        if (found == m_entries.end())
            return nullptr;
        Entry& entry = *found->second;
        std::call_once(entry.once, [&entry] {
            if (auto schema = parseSchema(entry.line); schema.ok())
                entry.schema = std::make_unique<const Schema>(std::move(schema).value());
        });
        return entry.schema.get();
    }

    const std::vector<std::string>& targets() const { return m_targets; } ///< sorted

private:
    struct Entry {
        std::string_view line;
        std::once_flag once;
        std::unique_ptr<const Schema> schema;
    };

    SchemaTable() {
        for (const std::string_view line : split(resource("schemas/aten_schemas.txt").value_or(""), '\n')) {
            std::string target = canonicalName(trim(line));
            if (target.empty())
                continue;
            auto entry = std::make_unique<Entry>();
            entry->line = trim(line);
            if (m_entries.emplace(target, std::move(entry)).second)
                m_targets.push_back(std::move(target));
        }
        std::sort(m_targets.begin(), m_targets.end());
    }

    std::unordered_map<std::string, std::unique_ptr<Entry>> m_entries;
    std::vector<std::string> m_targets;
};

} // namespace

const Schema* findTableSchema(Target target) { return SchemaTable::instance().find(target.str()); }

size_t schemaCount() { return SchemaTable::instance().targets().size(); }

std::vector<std::string> overloadsOf(std::string_view packet) {
    const std::string prefix = std::string(packet) + ".";
    const auto& all = SchemaTable::instance().targets();
    std::vector<std::string> overloads;
    for (auto it = std::lower_bound(all.begin(), all.end(), prefix); it != all.end() && it->starts_with(prefix); ++it)
        if (it->find('.', prefix.size()) == std::string::npos)
            overloads.push_back(*it);
    return overloads;
}

std::vector<std::string> nearestTargets(std::string_view target, size_t limit) {
    // The right packet with a wrong overload is nearer than any spelling: offer its overloads first.
    std::vector<std::string> found;
    for (const std::string_view packet : {target, target.substr(0, target.rfind('.'))})
        for (const std::string& overload : nearest(target, overloadsOf(packet), limit))
            if (std::find(found.begin(), found.end(), overload) == found.end())
                found.push_back(overload);
    for (const std::string& other : nearest(target, SchemaTable::instance().targets(), limit))
        if (std::find(found.begin(), found.end(), other) == found.end())
            found.push_back(other);
    found.resize(std::min(found.size(), limit));
    return found;
}

} // namespace fxscope
