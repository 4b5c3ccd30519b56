// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/header_menu.h"

#include <QHeaderView>
#include <QMenu>
#include <QSettings>

namespace fxscope {
namespace {

void openMenu(QHeaderView* header, QPoint position) {
    QMenu menu;
    for (int column = 0; column < header->count(); ++column) {
        QAction* action = menu.addAction(header->model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!header->isSectionHidden(column));
        action->setEnabled(column > 0); // one column stays
        QObject::connect(action, &QAction::toggled, header,
                         [header, column](bool shown) { header->setSectionHidden(column, !shown); });
    }
    menu.exec(header->mapToGlobal(position));
}

} // namespace

void addHeaderMenu(QHeaderView* header, const QString& key) {
    const QString setting = QStringLiteral("headers/") + key;
    header->restoreState(QSettings().value(setting).toByteArray());
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(header, &QHeaderView::customContextMenuRequested, header, [header, setting](QPoint position) {
        openMenu(header, position);
        QSettings().setValue(setting, header->saveState());
    });
    QObject::connect(header, &QHeaderView::sectionResized, header,
                     [header, setting] { QSettings().setValue(setting, header->saveState()); });
}

} // namespace fxscope
