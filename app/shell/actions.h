// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QAction>
#include <QHash>
#include <QObject>
#include <QStringList>

#include <functional>
#include <span>

namespace fxscope {

/// One row of the action table: menus, shortcuts and the sheet of keys are all made from it.
struct ActionSpec {
    const char* id;   ///< "step.next"; what a file of shortcuts and the settings name
    const char* menu; ///< "Step"; empty: only a key
    const char* text;
    const char* keys; ///< "Ctrl+Right, F10"
    const char* tip;
    bool checkable = false;
    bool group = false; ///< a line above it in the menu
};
std::span<const ActionSpec> actionTable();

/// The QActions of the table. Keys come from the table, then the preset, then what the user chose.
class Actions : public QObject {
    Q_OBJECT
public:
    explicit Actions(QObject* parent);
    QAction* operator[](const char* id) const;
    void on(const char* id, std::function<void()> then) const; ///< when triggered

    static QStringList presets(); ///< files of resources/shortcuts
    QString preset() const { return m_preset; }
    void usePreset(const QString& name); ///< kept in the settings

private:
    QHash<QString, QAction*> m_actions;
    QString m_preset;
};

} // namespace fxscope
