// SPDX-License-Identifier: BSD-3-Clause
// The pattern set that Document uses.
#include "app/document/document.h"
#include "passes/index_sets.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include <algorithm>

namespace fxscope {
namespace {

const QString kAsWritten = QStringLiteral("as_written");
const QString kWholeSet = QStringLiteral("pattern_set"); ///< the pass that runs any pattern of a set
const QString kDefaultPasses = QStringLiteral("misc");
constexpr qsizetype kFoldersKept = 8;

QString setKey() { return QStringLiteral("patterns/set"); }
QString foldersKey() { return QStringLiteral("patterns/folders"); }

QStringList textList(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names)
        list << QString::fromStdString(name);
    return list;
}

/// Whether the passes named after rules have patterns in the set; the others are run by the pass for whole sets.
bool hasIndexRules(const PatternSet& set) {
    return std::any_of(set.entries.begin(), set.entries.end(),
                       [](const auto& entry) { return entry->source.rule.starts_with("randperm_index"); });
}

void rememberFolder(const QString& folder) {
    QStringList folders = QSettings().value(foldersKey()).toStringList();
    folders.removeAll(folder);
    folders.prepend(folder);
    QSettings().setValue(foldersKey(), QStringList(folders.mid(0, kFoldersKept)));
}

} // namespace

QStringList Document::patternSets() {
    QStringList names = textList(indexPatternSets());
    for (const QString& name : textList(tracedPatternSets()))
        if (!names.contains(name))
            names << name;
    return names;
}

QStringList Document::patternFolders() {
    QStringList folders = QSettings().value(foldersKey()).toStringList();
    folders.removeIf([](const QString& folder) { return !QFileInfo::exists(folder); });
    return folders;
}

/// The set used last time, if it is still there.
void Document::restorePatterns() {
    const QString name = QSettings().value(setKey(), kAsWritten).toString();
    if (name == kAsWritten)
        return;
    if (patternSets().contains(name) || QFileInfo::exists(name))
        return setPatterns(name);
    report({"the pattern set used last time is gone", name.toStdString(), "as_written is used", Severity::Warning});
}

/// as_written is the default of the passes that know it, and no set for the others.
QString Document::patternsToRun() const { return m_patterns == kAsWritten ? QString() : m_patterns; }

void Document::setPatterns(const QString& nameOrPath) {
    emit begun();
    const bool known = patternSets().contains(nameOrPath);
    const QString name = known ? nameOrPath : QFileInfo(nameOrPath).absoluteFilePath();
    if (isProvenPatternSet(name.toStdString())) {
        m_jobs.cancel(QStringLiteral("patterns"));
        return usePatterns(name, nullptr);
    }
    m_jobs.start(
        QStringLiteral("patterns"), tr("Reading the patterns of %1").arg(QFileInfo(name).fileName()),
        [name](const Cancel&) { return loadPatternSet(name.toStdString()); }, this,
        [this, name, known](std::shared_ptr<const PatternSet> set) {
            for (const Diagnostic& problem : set->problems)
                report(problem);
            if (set->entries.empty())
                return; // every file was refused: what was in use stays
            if (!known)
                rememberFolder(name);
            usePatterns(name, std::move(set));
        });
}

void Document::usePatterns(const QString& name, std::shared_ptr<const PatternSet> set) {
    m_patterns = name;
    QSettings().setValue(setKey(), name);
    if (set && !hasIndexRules(*set) && m_passes == QStringList{kDefaultPasses})
        m_passes = QStringList{kWholeSet};
    else if ((!set || hasIndexRules(*set)) && m_passes == QStringList{kWholeSet})
        m_passes = QStringList{kDefaultPasses};
    m_inspector->setSet(std::move(set));
    emit passesChanged();
    runPasses();
}

} // namespace fxscope
