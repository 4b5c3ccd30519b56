// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/drawing.h"

#include "core/support/text.h"

namespace fxscope::io {
namespace {

constexpr size_t kMaxLine = 48;

std::string shortened(std::string_view text) {
    std::string shown = displayText(text);
    if (shown.size() <= kMaxLine)
        return shown;
    size_t end = kMaxLine - 3;
    while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0) == 0x80) // not within a character
        --end;
    return shown.substr(0, end) + "...";
}

} // namespace

NodeLook lookOf(const Node& node) {
    NodeLook look;
    look.lines.push_back(shortened(node.name));
    switch (node.op) {
    case Op::Placeholder:
        look.fill = "#d7ecd9";
        look.border = "#3d7a45";
        break;
    case Op::Output:
        look.fill = "#f8ddc6";
        look.border = "#a65b1c";
        break;
    case Op::GetAttr:
        look.lines.push_back(shortened(node.target.str()));
        look.fill = "#e6e0f3";
        look.border = "#63509a";
        break;
    default:
        look.lines.push_back(shortened(node.target.shortName()));
        look.fill = "#e3eaf4";
        look.border = "#4a6a94";
    }
    if (const std::string value = node.meta.str(); !value.empty())
        look.lines.push_back(shortened(value));
    return look;
}

} // namespace fxscope::io
