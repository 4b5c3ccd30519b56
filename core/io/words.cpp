// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/words.h"

#include "core/support/text.h"

#include <algorithm>
#include <limits>

namespace fxscope::io {

bool isIdentifier(std::string_view text) {
    return !text.empty() && isWordStart(text[0]) && std::all_of(text.begin(), text.end(), isWordChar);
}

bool isSymbolName(std::string_view word) {
    const size_t digits = word.find_first_of("0123456789");
    if (digits == std::string_view::npos || !std::all_of(word.begin() + static_cast<long>(digits), word.end(), isDigit))
        return false;
    const std::string_view stem = word.substr(0, digits);
    return stem == "s" || stem == "u" || stem == "zf" || stem == "zuf";
}

bool isSymbolic(const SymInt& value) {
    std::vector<std::string> symbols;
    value.collectSymbols(symbols);
    return !value.isOpaque() && !symbols.empty() && std::all_of(symbols.begin(), symbols.end(), isSymbolName);
}

std::optional<Argument> numberValue(std::string_view text) {
    const std::string_view digits = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
    if (digits == "inf" || digits == "nan") {
        const double value =
            digits == "inf" ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
        return Argument::floating(text[0] == '-' ? -value : value);
    }
    if (digits.empty() || !(isDigit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && isDigit(digits[1]))))
        return std::nullopt;
    if (const auto value = parseInt(text))
        return Argument::integer(*value);
    if (std::all_of(digits.begin(), digits.end(), isDigit))
        return Argument::opaque(std::string(text)); // Python's ints have no end, ours do
    if (text.ends_with('j')) {
        const auto imaginary = parseDouble(text.substr(0, text.size() - 1));
        return imaginary ? std::optional(Argument::complex({0, *imaginary})) : std::nullopt;
    }
    const auto value = parseDouble(text.starts_with('+') ? digits : text);
    return value ? std::optional(Argument::floating(*value)) : std::nullopt;
}

std::optional<Argument> wordValue(std::string_view word) {
    if (word == "None")
        return Argument::none();
    if (word == "True" || word == "False")
        return Argument::boolean(word == "True");
    if (word == "Ellipsis" || word == "...")
        return Argument::ellipsis();
    if (word.starts_with("torch.")) {
        if (const auto dtype = dtypeFromTorch(word))
            return Argument::dtype(*dtype);
        if (const auto layout = layoutFromName(word))
            return Argument::layout(*layout);
        if (const auto format = memoryFormatFromName(word))
            return Argument::memoryFormat(*format);
        return word.starts_with("torch.ops.") ? std::optional(Argument::op(std::string(word))) : std::nullopt;
    }
    return numberValue(word);
}

std::optional<Argument> complexValue(std::string_view text) {
    if (text.starts_with('(') && text.ends_with(')'))
        text = text.substr(1, text.size() - 2);
    size_t sign = text.find_last_of("+-");
    if (sign != std::string_view::npos && sign > 0 && (text[sign - 1] == 'e' || text[sign - 1] == 'E'))
        sign = text.substr(0, sign).find_last_of("+-");
    if (!text.ends_with('j') || sign == std::string_view::npos || sign == 0)
        return std::nullopt;
    const auto real = numberValue(text.substr(0, sign));
    const auto imaginary = numberValue(text.substr(sign, text.size() - 1 - sign));
    const auto number = [](const Argument& a) { return a.isInt() ? static_cast<double>(a.asInt()) : a.asFloat(); };
    const auto isNumber = [](const std::optional<Argument>& a) {
        return a && (a->isInt() || a->kind() == Argument::Kind::Float);
    };
    if (!isNumber(real) || !isNumber(imaginary))
        return std::nullopt;
    return Argument::complex({number(*real), number(*imaginary)});
}

} // namespace fxscope::io
