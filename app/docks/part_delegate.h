// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QStyledItemDelegate>

namespace fxscope {

/// Draws a row of ExplainModel in one column: sign, colour of the parameter, what is wanted, and below it what was
/// found where that differs. What the matcher did not reach is dim; what decided, or is being compared, is filled.
class PartDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace fxscope
