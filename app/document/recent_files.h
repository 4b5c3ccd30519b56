// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QStringList>

namespace fxscope {

/// The files opened last, newest first, kept in QSettings. Missing ones stay in the list: a network drive may come
/// back.
class RecentFiles {
public:
    static QStringList list();
    static void add(const QString& path);
    static void clear();
    static constexpr int kKept = 12;
};

} // namespace fxscope
