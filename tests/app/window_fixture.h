// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/document.h"

#include <QCoreApplication>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace fxscope {

/// Settings of a test go to a folder of its own, so that the user's are neither read nor written.
inline void useOwnSettings(const QTemporaryDir& folder) {
    QCoreApplication::setOrganizationName(QStringLiteral("fxscope-test"));
    QCoreApplication::setApplicationName(QStringLiteral("fxscope-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
}

/// Opens a sample and waits until its passes ran.
inline bool openSampleAndWait(Document& document, const QString& name) {
    QSignalSpy traced(&document, &Document::traceChanged);
    document.openSample(name);
    return QTest::qWaitFor([&] { return traced.count() > 0 && document.trace() != nullptr; }, 10000);
}

inline QString sampleNamed(const QString& part) {
    for (const QString& name : Document::samples())
        if (name.contains(part))
            return name;
    return {};
}

} // namespace fxscope
