// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/part_delegate.h"

#include "app/docks/colours.h"
#include "app/models/explain_model.h"

#include <QPainter>

namespace fxscope {
namespace {

constexpr int kPadding = 3, kSignWidth = 18, kSwatch = 10;

QFont partFont(const QStyleOptionViewItem& option, const QModelIndex& index) {
    QFont font = option.font;
    font.setBold(index.data(ExplainModel::DecisiveRole).toBool() || index.data(ExplainModel::ReachedRole).toBool());
    return font;
}

int swatchWidth(const QModelIndex& index) {
    return index.data(ExplainModel::ColourRole).toInt() < 0 ? 0 : kSwatch + 2 * kPadding;
}

void fill(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index, const CanvasTheme& theme) {
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, option.palette.highlight());
    QColor colour;
    if (index.data(ExplainModel::ReachedRole).toBool())
        colour = theme.selected;
    if (index.data(ExplainModel::DecisiveRole).toBool())
        colour = theme.error;
    if (!colour.isValid())
        return;
    painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), colour);
    colour.setAlphaF(0.14f);
    if (!(option.state & QStyle::State_Selected))
        painter->fillRect(option.rect, colour);
}

QColor textColour(const QStyleOptionViewItem& option, const QModelIndex& index) {
    if (option.state & QStyle::State_Selected)
        return option.palette.color(QPalette::HighlightedText);
    return option.palette.color(index.data(ExplainModel::BehindRole).toBool() ? QPalette::PlaceholderText
                                                                              : QPalette::Text);
}

} // namespace

void PartDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const CanvasTheme theme = themeFor(option.palette);
    painter->save();
    fill(painter, option, index, theme);
    QRect rest = option.rect.adjusted(2 * kPadding, kPadding, 0, -kPadding);
    const QFont font = partFont(option, index);
    const int height = QFontMetrics(font).height();
    const QColor text = textColour(option, index);
    const QString sign = index.data(ExplainModel::SignRole).toString();
    const bool selected = option.state & QStyle::State_Selected;
    painter->setFont(font);
    painter->setPen(selected ? text : sign == QStringLiteral("✓") ? theme.added : theme.error);
    painter->drawText(QRect(rest.left(), rest.top(), kSignWidth, height), Qt::AlignLeft | Qt::AlignVCenter, sign);
    rest.setLeft(rest.left() + kSignWidth);
    if (const int colour = index.data(ExplainModel::ColourRole).toInt(); colour >= 0) {
        painter->setPen(selected ? text : Qt::transparent);
        painter->setBrush(theme.captures[static_cast<size_t>(colour) % theme.captures.size()]);
        painter->drawRect(QRect(rest.left(), rest.top() + (height - kSwatch) / 2, kSwatch, kSwatch));
        rest.setLeft(rest.left() + swatchWidth(index));
    }
    painter->setPen(text);
    painter->setFont(font);
    for (const QString& line : index.data(ExplainModel::LinesRole).toStringList()) {
        painter->drawText(QRect(rest.left(), rest.top(), rest.width(), height), Qt::AlignLeft | Qt::AlignVCenter, line);
        rest.setTop(rest.top() + height);
        painter->setFont(option.font); // what was found is never bold
    }
    painter->restore();
}

QSize PartDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QFontMetrics metrics(partFont(option, index));
    const QStringList lines = index.data(ExplainModel::LinesRole).toStringList();
    int width = lines.isEmpty() ? 0 : metrics.horizontalAdvance(lines.first());
    for (const QString& line : lines.mid(1))
        width = std::max(width, option.fontMetrics.horizontalAdvance(line));
    return {width + kSignWidth + swatchWidth(index) + 4 * kPadding,
            metrics.height() * static_cast<int>(lines.size()) + 2 * kPadding};
}

} // namespace fxscope
