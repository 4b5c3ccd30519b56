// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"
#include "core/support/file.h"

#include <QDirIterator>
#include <QTest>

namespace iotest {

inline std::string data(const char* name) { return std::string(FXSCOPE_SOURCE_DIR "/tests/data/io/") + name; }
inline std::string readFile(const std::string& path) {
    const auto file = fxscope::MappedFile::open(path);
    return file.ok() ? std::string((*file)->text()) : std::string();
}

/// Files of the wider collection; none where it is not there.
inline QStringList shared(const char* folder, const QStringList& filters) {
    QStringList found;
    QDirIterator it(QString(FXSCOPE_SHARED_DIR "/") + folder, filters, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext())
        found << it.next();
    found.sort();
    return found;
}
/// One row a file: the small ones of the tree, then the wider collection.
inline void addRows(const QStringList& filters, const char* sharedFolder) {
    QTest::addColumn<QString>("path");
    for (const QFileInfo& file : QDir(QString(FXSCOPE_SOURCE_DIR "/tests/data/io")).entryInfoList(filters, QDir::Files))
        QTest::newRow(qPrintable(file.fileName())) << file.filePath();
    for (const QString& path : shared(sharedFolder, filters))
        QTest::newRow(qPrintable(path.section('/', -2))) << path;
}

/// The only graph of what `text` holds; a failure shows its words.
inline std::shared_ptr<const fxscope::Graph> graphOf(std::string_view text) {
    const auto capture = fxscope::io::openText(text, "test");
    if (!capture.ok())
        qWarning("%s", capture.error().str().c_str());
    return capture.ok() ? capture->graphs[0].graph : nullptr;
}
inline QString errorOf(std::string_view text) {
    const auto capture = fxscope::io::openText(text, "test");
    return capture.ok() ? QString("no error") : QString::fromStdString(capture.error().str());
}
inline QString notesOf(std::string_view text) {
    const auto capture = fxscope::io::openText(text, "test");
    QStringList notes;
    if (capture.ok())
        for (const auto& note : capture->notes)
            notes << QString::fromStdString(note.str());
    return notes.join('\n');
}

} // namespace iotest
