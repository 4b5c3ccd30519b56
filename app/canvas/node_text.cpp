// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/node_text.h"

#include "core/support/text.h"

#include <QFontMetricsF>

namespace fxscope {
namespace {

QString shown(std::string_view text) { return QString::fromStdString(displayText(text)); }

QString typeOf(const ValueMeta& meta) {
    if (meta.kind() != ValueMeta::Kind::List)
        return shown(meta.str());
    const qsizetype count = static_cast<qsizetype>(meta.items().size());
    return count == 1 ? QStringLiteral("1 value") : QStringLiteral("%1 values").arg(count);
}

/// "getitem[1]" says more than the operator's name.
QString itemTarget(const NodeBody& node) {
    if (node.target.str() != "operator.getitem" || node.args.size() != 2 || !node.args[1].isInt())
        return {};
    return QStringLiteral("getitem[%1]").arg(node.args[1].asInt());
}

QFont scaled(QFont font, double factor) {
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(qMax(1, qRound(font.pixelSize() * factor)));
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

} // namespace

QString plainTarget(const NodeBody& node) {
    if (const QString item = itemTarget(node); !item.isEmpty())
        return item;
    std::string_view text = node.target.shortName();
    if (text.ends_with(".default"))
        text.remove_suffix(8);
    if (text.starts_with("prims.convert_element_type"))
        text.remove_prefix(6);
    return shown(text);
}

NodeText textOf(const NodeBody& node) {
    NodeText text{shown(node.name), {}, typeOf(node.meta)};
    if (node.op == Op::Output) {
        text.target = QStringLiteral("output");
        text.type.clear();
    } else if (node.op != Op::Placeholder || node.target.str() != node.name) {
        text.target = plainTarget(node);
    }
    if (text.target == text.name)
        text.target.clear();
    return text;
}

QFont nameFont(const QFont& font) {
    QFont bold = scaled(font, 1.0);
    bold.setWeight(QFont::DemiBold);
    return bold;
}
QFont lineFont(const QFont& font) { return scaled(font, 0.92); }
QFont smallFont(const QFont& font) { return scaled(font, 0.78); }

TextMeasure::TextMeasure(const QFont& font) {
    const QFontMetricsF metrics(font);
    for (size_t c = 32; c < m_letters.size(); ++c)
        m_letters[c] = metrics.horizontalAdvance(QChar(static_cast<char16_t>(c)));
    m_other = metrics.horizontalAdvance(QChar(u'W'));
    m_height = metrics.height();
}

double TextMeasure::width(const QString& text) const {
    double sum = 0;
    for (const QChar c : text)
        sum += widthOf(c);
    return sum;
}

QString TextMeasure::elided(const QString& text, double room) const {
    if (width(text) <= room)
        return text;
    double left = room - widthOf(u'W');
    qsizetype head = 0, tail = 0;
    while (head + tail < text.size()) {
        const bool front = head <= tail;
        left -= widthOf(front ? text[head] : text[text.size() - 1 - tail]);
        if (left < 0)
            break;
        ++(front ? head : tail);
    }
    return text.left(head) + QChar(0x2026) + text.right(tail);
}

} // namespace fxscope
