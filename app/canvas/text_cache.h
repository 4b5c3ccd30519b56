// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QFont>
#include <QHash>
#include <QPainter>
#include <QStaticText>

namespace fxscope {

/// Shaped text by its letters, so that a frame does not shape what the last one showed. One per thread and font.
class TextCache {
public:
    explicit TextCache(const QFont& font) : m_font(font) {}
    /// Centred at `middle`; the painter has this cache's font and the pen.
    void draw(QPainter& painter, QPointF middle, const QString& text) {
        const QStaticText& shaped = get(text);
        painter.drawStaticText(middle - QPointF(shaped.size().width(), shaped.size().height()) / 2, shaped);
    }
    /// The same on a patch of `ground`, so that lines below do not disturb it.
    void drawOn(QPainter& painter, QPointF middle, const QString& text, const QColor& ground) {
        const QSizeF size = get(text).size();
        painter.fillRect(QRectF(middle - QPointF(size.width(), size.height()) / 2, size), ground);
        draw(painter, middle, text);
    }
    QSizeF size(const QString& text) { return get(text).size(); }
    const QFont& font() const { return m_font; }

private:
    const QStaticText& get(const QString& text) {
        constexpr qsizetype kMost = 8192;
        auto found = m_texts.find(text);
        if (found != m_texts.end())
            return *found;
        if (m_texts.size() >= kMost)
            m_texts.clear();
        QStaticText shaped(text);
        shaped.setTextFormat(Qt::PlainText);
        shaped.prepare(QTransform(), m_font);
        return *m_texts.insert(text, shaped);
    }
    QFont m_font;
    QHash<QString, QStaticText> m_texts;
};

} // namespace fxscope
