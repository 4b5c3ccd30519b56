// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"

namespace fxscope {

struct LegendEntry {
    QString text;
    QColor colour;
    QString sign; ///< empty: a captured node's stripe
};

/// What the colours and signs of the marks mean.
class Legend {
public:
    Legend(const NodeMarks& marks, const CanvasTheme& theme, const QFont& font);
    bool empty() const { return m_entries.empty(); }
    QSizeF size() const; ///< of its patch; empty if there is nothing to say
    void paint(QPainter& painter, QPointF topLeft) const;

private:
    void addChanges(const NodeMarks& marks);
    void addCaptures(const NodeMarks& marks);
    double line() const;

    const CanvasTheme& m_theme;
    QFont m_font;
    std::vector<LegendEntry> m_entries;
};

} // namespace fxscope
