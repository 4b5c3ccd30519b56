// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/schema.h"
#include "core/support/text.h"

#include <array>

namespace fxscope {
namespace {

/// Splits at commas that stand outside brackets and quotes.
std::vector<std::string_view> splitTop(std::string_view text) {
    std::vector<std::string_view> parts;
    int depth = 0;
    bool quoted = false;
    size_t start = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"')
            quoted = true;
        else if (c == '(' || c == '[')
            ++depth;
        else if (c == ')' || c == ']')
            --depth;
        else if (c == ',' && depth == 0) {
            parts.push_back(trim(text.substr(start, i - start)));
            start = i + 1;
        }
    }
    if (const auto rest = trim(text.substr(std::min(start, text.size()))); !rest.empty())
        parts.push_back(rest);
    return parts;
}

/// "Tensor(a!)[]" is "Tensor[]"; `mutated` says whether the annotation had a '!'.
std::string withoutAlias(std::string_view type, bool& mutated) {
    std::string plain;
    const size_t from = type.starts_with("Dict(") || type.starts_with('(') ? type.find(')') + 1 : 0;
    for (size_t i = 0; i < type.size(); ++i) {
        if (type[i] != '(' || i < from || type.starts_with("RRef") || type.starts_with("Future")) {
            plain += type[i];
            continue;
        }
        const size_t close = std::min(type.find(')', i), type.size());
        mutated = mutated || type.substr(i, close - i).find('!') != std::string_view::npos;
        i = close;
    }
    return plain;
}

std::string unquoted(std::string_view text) {
    std::string plain;
    for (size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] != '\\' || i + 2 >= text.size()) {
            plain += text[i];
            continue;
        }
        const char c = text[++i];
        plain += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'f' ? '\f' : c == 'v' ? '\v' : c == 'r' ? '\r' : c;
    }
    return plain;
}

/// ATen's own numbers, which are not torch.export's.
std::optional<Argument> enumDefault(std::string_view type, int64_t number) {
    using enum DType;
    static constexpr std::array kScalarTypes{UInt8,   Int8,    Int16,     Int32,     Int64,      Float16,
                                             Float32, Float64, Complex32, Complex64, Complex128, Bool};
    static constexpr std::array kFormats{MemoryFormat::Contiguous, MemoryFormat::Preserve, MemoryFormat::ChannelsLast,
                                         MemoryFormat::ChannelsLast3d};
    const auto index = static_cast<size_t>(number);
    if (type.starts_with("ScalarType") && index < kScalarTypes.size())
        return Argument::dtype(kScalarTypes[index]);
    if (type.starts_with("MemoryFormat") && index < kFormats.size())
        return Argument::memoryFormat(kFormats[index]);
    return std::nullopt;
}

std::optional<Argument> scalarDefault(std::string_view text, std::string_view type) {
    if (text == "None")
        return Argument::none();
    if (text == "True" || text == "False")
        return Argument::boolean(text == "True");
    if (text.starts_with('"'))
        return Argument::string(unquoted(text));
    const bool wantsFloat = type.starts_with("float");
    if (const auto number = parseInt(text); number && !wantsFloat) {
        const auto special = enumDefault(type, *number);
        return special ? special : Argument::integer(*number);
    }
    const auto number = parseDouble(text);
    return number ? std::optional(Argument::floating(*number)) : std::nullopt;
}

std::optional<Argument> defaultValue(std::string_view text, std::string_view type) {
    const ListType list = listType(type);
    if (text.starts_with('[')) {
        ArgumentList items;
        for (const std::string_view part : splitTop(text.substr(1, text.size() - 2))) {
            const auto item = scalarDefault(part, list.element);
            if (!item)
                return std::nullopt;
            items.push_back(*item);
        }
        return Argument::list(std::move(items));
    }
    const auto value = scalarDefault(text, list.count < 0 ? type : list.element);
    if (!value || value->isNone() || list.count <= 0)
        return value;
    return Argument::list(ArgumentList(static_cast<size_t>(list.count), *value)); // "int[2] stride=1"
}

/// "Scalar alpha=1"; a default may hold spaces only inside quotes and brackets.
std::optional<SchemaArg> parseArg(std::string_view text) {
    const size_t equals = text.find('=');
    const std::string_view declaration = trim(text.substr(0, equals));
    const size_t space = declaration.rfind(' ');
    if (space == std::string_view::npos)
        return std::nullopt;
    SchemaArg arg;
    arg.name = declaration.substr(space + 1);
    arg.type = withoutAlias(trim(declaration.substr(0, space)), arg.mutated);
    if (equals == std::string_view::npos)
        return arg;
    arg.fallback = defaultValue(trim(text.substr(equals + 1)), arg.type);
    return arg.fallback ? std::optional(arg) : std::nullopt;
}

/// The parenthesis that closes the one at `open`; npos if none does.
size_t closing(std::string_view text, size_t open) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = open; i < text.size(); ++i) {
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] == '(')
            ++depth;
        else if (!quoted && text[i] == ')' && --depth == 0)
            return i;
    }
    return std::string_view::npos;
}

/// "Tensor(a!) values" is "Tensor".
std::string returnType(std::string_view text) {
    bool mutated = false;
    const std::string plain = withoutAlias(text, mutated);
    return std::string(trim(plain.starts_with('(') ? plain : plain.substr(0, plain.find(' '))));
}

std::string canonicalTarget(std::string_view name) {
    const size_t colons = name.find("::");
    std::string target = "torch.ops." + std::string(name.substr(0, colons)) + ".";
    const std::string_view rest = name.substr(colons + 2);
    return target.append(rest).append(rest.find('.') == std::string_view::npos ? ".default" : "");
}

} // namespace

ListType listType(std::string_view type) {
    if (type.ends_with('?'))
        type.remove_suffix(1);
    const size_t open = type.rfind('[');
    if (!type.ends_with(']') || open == std::string_view::npos)
        return {type, -1};
    return {type.substr(0, open), parseInt(type.substr(open + 1, type.size() - open - 2)).value_or(0)};
}

Result<Schema> parseSchema(std::string_view line, std::string target) {
    const size_t open = line.find('(');
    const size_t close = open == std::string_view::npos ? open : closing(line, open);
    const size_t arrow = close == std::string_view::npos ? close : line.find("->", close);
    const bool named = !target.empty() || line.substr(0, open).find("::") != std::string_view::npos;
    if (arrow == std::string_view::npos || !named)
        return Diagnostic{"\"" + std::string(line) + "\" is no operator schema", "",
                          "expected: ns::name(Tensor self) -> Tensor"};
    Schema schema;
    schema.text = line;
    schema.target = target.empty() ? canonicalTarget(line.substr(0, open)) : std::move(target);
    bool keywordOnly = false;
    for (const std::string_view part : splitTop(line.substr(open + 1, close - open - 1))) {
        if (part == "*" || part == "...") {
            keywordOnly = keywordOnly || part == "*";
            continue;
        }
        auto arg = parseArg(part);
        if (!arg)
            return Diagnostic{"\"" + std::string(part) + "\" is no schema parameter", schema.target, ""};
        arg->keywordOnly = keywordOnly;
        schema.args.push_back(std::move(*arg));
    }
    std::string_view returns = trim(line.substr(arrow + 2));
    if (returns.starts_with('(') && closing(returns, 0) == returns.size() - 1)
        returns = returns.substr(1, returns.size() - 2);
    for (const std::string_view part : splitTop(returns))
        schema.returns.push_back(returnType(part));
    return schema;
}

bool Schema::mutates() const {
    for (const SchemaArg& arg : args)
        if (arg.mutated)
            return true;
    return false;
}

int Schema::find(std::string_view argName) const {
    for (size_t i = 0; i < args.size(); ++i)
        if (args[i].name == argName)
            return static_cast<int>(i);
    return -1;
}

} // namespace fxscope
