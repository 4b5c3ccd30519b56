// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/recent_files.h"

#include <QFileInfo>
#include <QSettings>

namespace fxscope {
namespace {
QString key() { return QStringLiteral("recentFiles"); }
} // namespace

QStringList RecentFiles::list() { return QSettings().value(key()).toStringList(); }

void RecentFiles::add(const QString& path) {
    const QString full = QFileInfo(path).absoluteFilePath();
    QStringList files = list();
    files.removeAll(full);
    files.prepend(full);
    QSettings().setValue(key(), QStringList(files.mid(0, kKept)));
}

void RecentFiles::clear() { QSettings().remove(key()); }

} // namespace fxscope
