// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QDialog>

namespace fxscope {

class Actions;

/// F1: every key, made from the action table, and what the mouse does on the graph. Chooses the preset of keys.
class ShortcutSheet : public QDialog {
    Q_OBJECT
public:
    explicit ShortcutSheet(Actions* actions, QWidget* parent = nullptr);

private:
    QString html() const;
    Actions* m_actions;
};

} // namespace fxscope
