// SPDX-License-Identifier: BSD-3-Clause
// The metadata strings of torch.export's nodes. See formats.md, 4.6.
#include "core/io/json_slices.h"
#include "core/io/pt2_parts.h"

#include "core/support/text.h"

namespace fxscope::io::pt2 {
namespace {

/// One traceback line 'File "P", line N, in F'. Nothing for all others.
std::optional<SourceLine> frameOf(std::string_view line) {
    if (!line.starts_with("File \""))
        return std::nullopt;
    const size_t close = line.find("\", line ", 6);
    if (close == std::string_view::npos)
        return std::nullopt;
    const std::string_view rest = line.substr(close + 8);
    const size_t comma = rest.find(", in ");
    const auto number = parseInt(rest.substr(0, comma));
    if (comma == std::string_view::npos || !number)
        return std::nullopt;
    return SourceLine{
        std::string(line.substr(6, close - 6)), static_cast<int>(*number), std::string(rest.substr(comma + 5)), {}};
}

std::vector<SourceLine> parseStack(std::string_view text) {
    std::vector<SourceLine> frames;
    bool wantsCode = false;
    for (const std::string_view raw : split(text, '\n')) {
        const std::string_view line = trim(raw);
        if (auto frame = frameOf(line)) {
            frames.push_back(std::move(*frame));
            wantsCode = true;
        } else if (wantsCode && !line.empty()) {
            frames.back().code = line;
            wantsCode = false;
        }
    }
    return frames;
}

/// Splits at `separator` where no bracket is open.
std::vector<std::string_view> splitOutside(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    int depth = 0;
    size_t from = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        if (c == separator && depth == 0) {
            parts.push_back(text.substr(from, i - from));
            from = i + 1;
        }
    }
    parts.push_back(text.substr(from));
    return parts;
}

std::vector<ModuleFrame> parseModules(std::string_view text) {
    std::vector<ModuleFrame> frames;
    for (const std::string_view item : splitOutside(text, ';')) {
        const auto fields = splitOutside(item, ',');
        if (fields.size() >= 3)
            frames.push_back({std::string(fields[0]), std::string(fields[1]),
                              std::string(item.substr(static_cast<size_t>(fields[2].data() - item.data())))});
    }
    return frames;
}

std::string_view textField(Json json, const char* key) {
    std::string_view text;
    return json[key].get(text) ? std::string_view{} : text;
}

/// [{name, target, graph_id, pass_name, action, from_node: [...]}]
std::vector<Provenance> parseProvenance(Json json, int depth = 0) {
    std::vector<Provenance> found;
    JsonArray array;
    if (json.get(array) || depth > 32)
        return found;
    for (const Json item : array) {
        Provenance provenance;
        provenance.name = textField(item, "name");
        provenance.target = textField(item, "target");
        provenance.pass = textField(item, "pass_name");
        if (item["graph_id"].get(provenance.graphId))
            provenance.graphId = 0;
        for (const std::string_view action : split(textField(item, "action"), '+'))
            if (!trim(action).empty())
                provenance.actions.emplace_back(trim(action));
        Json from;
        if (!item["from_node"].get(from))
            provenance.from = parseProvenance(from, depth + 1);
        found.push_back(std::move(provenance));
    }
    return found;
}

/// Most nodes of a module have the same stack as the one before.
template <class List, class Parse>
List kept(std::unordered_map<std::string, List>& known, std::string_view text, const Parse& parse) {
    const auto [entry, fresh] = known.try_emplace(std::string(text));
    if (fresh)
        entry->second = List(parse(text));
    return entry->second;
}

} // namespace

void OriginReader::addField(std::string_view key, std::string_view text, Origin& origin, const std::string& where,
                            Diagnostics& notes) {
    if (key == "stack_trace") {
        origin.stack = kept(m_stacks, text, parseStack);
    } else if (key == "nn_module_stack") {
        origin.modules = kept(m_modules, text, parseModules);
    } else if (key == "from_node") {
        origin.provenance = kept(m_provenance, text, [&](std::string_view source) {
            const auto json = parseJson(m_parser, source, where);
            if (json.ok())
                return parseProvenance(*json);
            notes.push_back({"from_node is no JSON", where, "", Severity::Warning});
            return std::vector<Provenance>();
        });
    } else {
        origin.meta[std::string(key)] = text; // torch_fn, custom, source_fn_stack ...
    }
}

Result<std::shared_ptr<const Origin>> OriginReader::readText(std::string_view text, const std::string& where,
                                                             Diagnostics& notes) {
    std::vector<std::pair<std::string_view, std::string_view>> members;
    if (!jsonMembers(text, members))
        return Diagnostic{"broken JSON in the metadata", where, "save the file again"};
    if (members.empty())
        return std::shared_ptr<const Origin>();
    Origin origin;
    for (const auto& [key, value] : members) {
        if (!value.starts_with('"'))
            continue;
        const auto [plain, fresh] = m_plain.try_emplace(value);
        if (fresh) {
            FX_TRY(const Json json, parseJson(m_stringParser, value, where));
            std::string_view unescaped;
            if (json.get(unescaped))
                return Diagnostic{"broken JSON in the metadata", where, "save the file again"};
            plain->second = unescaped;
        }
        addField(key, plain->second, origin, where, notes);
    }
    return std::make_shared<const Origin>(std::move(origin));
}

Result<std::shared_ptr<const Origin>> OriginReader::read(Json metadata, const std::string& where, Diagnostics& notes) {
    if (int64_t index = 0; !m_cut.empty() && !metadata.get(index))
        return index >= 0 && index < std::ssize(m_cut) ? readText(m_cut[static_cast<size_t>(index)], where, notes)
                                                       : std::shared_ptr<const Origin>();
    JsonObject object;
    if (metadata.get(object) || object.begin() == object.end())
        return std::shared_ptr<const Origin>();
    Origin origin;
    for (const auto field : object)
        if (std::string_view text; !field.value.get(text))
            addField(field.key, text, origin, where, notes);
    return std::make_shared<const Origin>(std::move(origin));
}

} // namespace fxscope::io::pt2
