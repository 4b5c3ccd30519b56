// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/highlight_delegate.h"

#include "app/docks/colours.h"
#include "app/models/hits_model.h"

#include <QApplication>
#include <QPainter>
#include <QTextLayout>

namespace fxscope {
namespace {

QList<QTextLayout::FormatRange> highlightFormats(const Highlights& highlights, const QPalette& palette, bool selected) {
    QTextCharFormat format;
    format.setFontWeight(QFont::Bold);
    if (!selected) {
        QColor tint = themeFor(palette).changed;
        tint.setAlphaF(0.3f);
        format.setBackground(tint);
    }
    QList<QTextLayout::FormatRange> ranges;
    for (const auto& [first, length] : highlights)
        ranges << QTextLayout::FormatRange{first, length, format};
    return ranges;
}

} // namespace

void HighlightDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    const auto highlights = index.data(m_role).value<Highlights>();
    if (highlights.isEmpty())
        return QStyledItemDelegate::paint(painter, given, index);
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    const QRect space = style->subElementRect(QStyle::SE_ItemViewItemText, &option, option.widget);
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, option.widget) + 1;
    const QString text = option.text;
    option.text.clear();
    style->drawControl(QStyle::CE_ItemViewItem, &option, painter, option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    QTextLayout layout(text, option.font);
    layout.setFormats(highlightFormats(highlights, option.palette, selected));
    layout.beginLayout();
    layout.createLine().setLineWidth(1e6);
    layout.endLayout();
    painter->save();
    painter->setClipRect(space);
    painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    layout.draw(painter,
                QPointF(space.left() + margin, space.top() + (space.height() - layout.boundingRect().height()) / 2));
    painter->restore();
}

} // namespace fxscope
