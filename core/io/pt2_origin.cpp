// SPDX-License-Identifier: BSD-3-Clause
// The metadata strings of torch.export's nodes. See formats.md, 4.6.
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

} // namespace

Result<std::string_view> OriginReader::plain(std::string_view quoted, const std::string& where) {
    if (quoted.find('\\') == std::string_view::npos)
        return quoted.substr(1, quoted.size() - 2);
    FX_TRY(const Json json, m_parsers.outer.parse(quoted, where));
    std::string_view text;
    if (json.get(text))
        return Diagnostic{"broken JSON in the metadata", where, "save the file again"};
    return text;
}

template <class List, class Parse>
Result<List> OriginReader::known(Known<List>& lists, std::string_view text, const std::string& where,
                                 const Parse& parse) {
    if (text == lists.lastText)
        return lists.last;
    const auto [entry, fresh] = lists.all.try_emplace(text);
    if (fresh) {
        FX_TRY(const std::string_view content, plain(text, where));
        entry->second = List(parse(content));
    }
    lists.lastText = text;
    return lists.last = entry->second;
}

std::vector<Provenance> OriginReader::parseNodes(std::string_view text, const std::string& where, Diagnostics& notes) {
    const auto json = m_parsers.inner.parse(text, where);
    if (json.ok())
        return parseProvenance(*json);
    notes.push_back({"from_node is no JSON", where, "", Severity::Warning});
    return {};
}

Result<Done> OriginReader::addField(const JsonMember& field, Origin& origin, const std::string& where,
                                    Diagnostics& notes) {
    const auto& [key, text] = field;
    if (key == "stack_trace") {
        FX_TRY(origin.stack, known(m_stacks, text, where, parseStack));
    } else if (key == "nn_module_stack") {
        FX_TRY(origin.modules, known(m_modules, text, where, parseModules));
    } else if (key == "from_node") {
        const auto parse = [&](std::string_view content) { return parseNodes(content, where, notes); };
        FX_TRY(origin.provenance, known(m_provenance, text, where, parse));
    } else {
        FX_TRY(origin.meta[std::string(key)], plain(text, where)); // torch_fn, custom, source_fn_stack ...
    }
    return Done{};
}

Result<std::shared_ptr<const Origin>> OriginReader::read(std::string_view metadata, const std::string& where,
                                                         Diagnostics& notes) {
    if (metadata == m_lastText)
        return m_last;
    std::vector<JsonMember> members;
    if (!jsonMembers(metadata, members))
        return Diagnostic{"broken JSON in the metadata", where, "save the file again"};
    std::shared_ptr<Origin> origin;
    if (!members.empty())
        origin = std::make_shared<Origin>();
    for (const JsonMember& member : members)
        if (member.second.starts_with('"'))
            FX_CHECK(addField(member, *origin, where, notes));
    m_lastText = metadata;
    return m_last = std::move(origin);
}

} // namespace fxscope::io::pt2
