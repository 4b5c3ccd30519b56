// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QStyledItemDelegate>

namespace fxscope {

/// Draws text of which some letters stand out, bold and on a tint. They are what the model gives for `role`, as
/// Highlights (see HitsModel).
class HighlightDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    HighlightDelegate(int role, QObject* parent) : QStyledItemDelegate(parent), m_role(role) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_role;
};

} // namespace fxscope
