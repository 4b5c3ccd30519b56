// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/annotation.h"

#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

/// The bracket that closes the one at `open`; expressions inside have brackets of their own.
size_t closing(std::string_view text, size_t open) {
    int depth = 0;
    for (size_t i = open; i < text.size(); ++i) {
        if (text[i] == '[' || text[i] == '(')
            ++depth;
        else if ((text[i] == ']' || text[i] == ')') && --depth == 0)
            return i;
    }
    return std::string_view::npos;
}

/// "2, s0, Max(1, s0)" as sizes.
SymSizes parseSizes(std::string_view text) {
    SymSizes sizes;
    int depth = 0;
    size_t from = 0;
    for (size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : ',';
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        if (c != ',' || (depth != 0 && i < text.size()))
            continue;
        const std::string_view item = trim(text.substr(from, i - from));
        if (!item.empty())
            sizes.push_back(SymInt::parse(item));
        from = i + 1;
    }
    return sizes;
}

std::optional<TensorMeta> parseTensor(std::string_view text, std::string_view& rest) {
    const size_t open = text.find('[');
    if (open == std::string_view::npos)
        return std::nullopt;
    const auto dtype = dtypeFromReadable(text.substr(0, open));
    const size_t close = closing(text, open);
    if (!dtype || close == std::string_view::npos)
        return std::nullopt;
    TensorMeta meta;
    meta.dtype = *dtype;
    meta.sizes = parseSizes(text.substr(open + 1, close - open - 1));
    rest = text.substr(close + 1);
    if (rest.starts_with('[')) {
        const size_t end = closing(rest, 0);
        if (end == std::string_view::npos)
            return std::nullopt;
        meta.strides = parseSizes(rest.substr(1, end - 1));
        if (meta.strides->size() != meta.sizes.size())
            return std::nullopt;
        rest = rest.substr(end + 1);
    }
    return meta;
}

bool containsAny(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words)
        if (text.find(word) != std::string_view::npos)
            return true;
    return false;
}

} // namespace

ValueMeta symbolicValue(std::string_view expression) {
    if (containsAny(expression, {"==", "!=", "<", ">", "Eq(", "Ne(", "True", "False", "&", "|", "~"}))
        return ValueMeta::symBool(std::string(expression));
    if (containsAny(expression, {"zf", "zuf", "ToFloat", "TrueDiv", "FloatPow", "RoundDecimal", "."}))
        return ValueMeta::symFloat(std::string(expression));
    return ValueMeta::symInt(SymInt::parse(expression));
}

std::optional<ValueMeta> parseAnnotation(std::string_view text) {
    if (text.starts_with("Sym(") && text.ends_with(')'))
        return symbolicValue(text.substr(4, text.size() - 5));
    std::string_view rest;
    if (auto meta = parseTensor(text, rest)) {
        if (rest.empty())
            return ValueMeta::tensor(std::move(*meta));
        meta->device = Device::parse(rest);
        return meta->device ? std::optional(ValueMeta::tensor(std::move(*meta))) : std::nullopt;
    }
    const size_t open = text.find('(');
    if (open == std::string_view::npos || !isIdentifier(text.substr(0, open)) || !text.ends_with(')'))
        return std::nullopt;
    auto meta = parseTensor(text.substr(open + 1), rest);
    return meta ? std::optional(ValueMeta::tensor(std::move(*meta))) : std::nullopt;
}

} // namespace fxscope::io
