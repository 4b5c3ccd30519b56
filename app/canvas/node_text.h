// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <QFont>
#include <QString>

#include <array>

namespace fxscope {

/// What a box says, line by line; empty lines are left out.
struct NodeText {
    QString name, target, type;
};
NodeText textOf(const NodeBody& node);

/// "aten.index_put" of "torch.ops.aten.index_put.default".
QString plainTarget(const NodeBody& node);

/// The fonts of a box. No hinting: text then has the same proportions at every zoom.
QFont nameFont(const QFont& font);
QFont lineFont(const QFont& font);
QFont smallFont(const QFont& font);

/// Widths by a table of letters, without shaping: good to a pixel or two and fast enough for 100,000 boxes.
class TextMeasure {
public:
    explicit TextMeasure(const QFont& font);
    double width(const QString& text) const;
    QString elided(const QString& text, double room) const; ///< in the middle: both ends of a name tell
    double height() const { return m_height; }

private:
    double widthOf(QChar c) const { return c.unicode() < m_letters.size() ? m_letters[c.unicode()] : m_other; }
    std::array<double, 128> m_letters{};
    double m_other = 0, m_height = 0;
};

} // namespace fxscope
