// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/legend.h"

#include "app/canvas/scene_painter.h"

#include <QFontMetricsF>
#include <QPainter>

namespace fxscope {
namespace {

constexpr double kBeside = 46; ///< what a line needs besides its text

} // namespace

Legend::Legend(const NodeMarks& marks, const CanvasTheme& theme, const QFont& font) : m_theme(theme), m_font(font) {
    addChanges(marks);
    bool fits = false, differs = false;
    for (const auto& [node, part] : marks.compared)
        (part ? fits : differs) = true;
    if (fits)
        m_entries.push_back({GraphCanvas::tr("fits the pattern"), theme.added, QStringLiteral("✓")});
    if (differs)
        m_entries.push_back({GraphCanvas::tr("does not fit"), theme.error, QStringLiteral("✗")});
    addCaptures(marks);
    if (!marks.heat.empty()) {
        m_entries.push_back({QStringLiteral("%1: %2").arg(marks.heat.name, marks.heat.most),
                             mixed(theme.box, theme.heat, 0.48), QStringLiteral("▲")});
        m_entries.push_back({marks.heat.least, mixed(theme.box, theme.heat, 0.06), QStringLiteral("▽")});
    }
}

void Legend::addChanges(const NodeMarks& marks) {
    using Change = NodeMarks::Change;
    bool has[3] = {};
    for (const auto& [node, change] : marks.changes)
        has[static_cast<size_t>(change)] = true;
    const auto add = [&](Change change, const QString& text, const QColor& colour, const QString& sign) {
        if (has[static_cast<size_t>(change)])
            m_entries.push_back({text, colour, sign});
    };
    add(Change::Added, GraphCanvas::tr("added"), m_theme.added, QStringLiteral("+"));
    add(Change::Removed, GraphCanvas::tr("removed"), m_theme.removed, QString(QChar(0x2212)));
    add(Change::Changed, GraphCanvas::tr("changed"), m_theme.changed, QStringLiteral("~"));
}

void Legend::addCaptures(const NodeMarks& marks) {
    std::set<int> captures;
    for (const auto& [node, capture] : marks.captures)
        captures.insert(capture);
    for (const int capture : captures)
        if (const auto index = static_cast<size_t>(capture); capture >= 0 && index < marks.captureNames.size())
            m_entries.push_back({marks.captureNames[index], m_theme.captures[index % m_theme.captures.size()], {}});
}

double Legend::line() const { return QFontMetricsF(m_font).height() + 6; }

QSizeF Legend::size() const {
    if (empty())
        return {};
    const QFontMetricsF metrics(m_font);
    double width = 0;
    for (const LegendEntry& entry : m_entries)
        width = std::max(width, std::ceil(metrics.horizontalAdvance(entry.text)));
    return {width + kBeside, line() * static_cast<double>(m_entries.size()) + 10};
}

void Legend::paint(QPainter& painter, QPointF topLeft) const {
    if (empty())
        return;
    const QRectF patch(topLeft, size());
    painter.setPen(QPen(mixed(m_theme.border, m_theme.background, 0.4), 1));
    painter.setBrush(m_theme.box);
    painter.drawRoundedRect(patch, 6, 6);
    painter.setFont(m_font);
    double y = patch.top() + 5;
    for (const LegendEntry& entry : m_entries) {
        const QRectF swatch(patch.left() + 10, y + line() / 2 - 7, 14, 14);
        painter.setPen(Qt::NoPen);
        painter.setBrush(entry.colour);
        entry.sign.isEmpty() ? painter.drawRect(swatch) : painter.drawEllipse(swatch);
        painter.setPen(m_theme.background);
        painter.drawText(swatch, Qt::AlignCenter, entry.sign);
        painter.setPen(m_theme.text);
        painter.drawText(QRectF(swatch.right() + 8, y, patch.width() - kBeside + 4, line()), Qt::AlignVCenter,
                         entry.text);
        y += line();
    }
}

} // namespace fxscope
