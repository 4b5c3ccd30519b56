// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/find_query.h"
#include "app/document/history.h"
#include "app/document/inspector.h"
#include "app/document/jobs.h"
#include "app/document/runner.h"
#include "core/graph/hierarchy.h"
#include "core/io/capture.h"
#include "core/rewrite/trace.h"

#include <QDateTime>
#include <QObject>
#include <QStringList>

#include <memory>
#include <set>
#include <vector>

namespace fxscope {

/// A file that is open; copies are cheap.
struct OpenFile {
    QString path;  ///< empty: a sample, or text from the clipboard
    QString title; ///< "sdvit.pt2"
    Capture capture;
};

/// What a search found so far.
struct Found {
    FindQuery query;
    FindScope scope;
    std::vector<NodeId> hits; ///< in list order, then those that the step removed
    bool complete = false;
    FindMiss miss;                          ///< once complete without hits
    std::shared_ptr<const FindIndex> index; ///< of scope.after, for the next search; null: was not needed
};

/// One line of the Log panel.
struct LogLine {
    QDateTime when;
    Diagnostic what;
};

/// Everything that is open, and what the user looks at: file, graph, passes, step, node. The only object that docks
/// share: they read it, ask it to change, and follow its signals. `from` is whoever asked for a change; a receiver
/// skips its own. GUI thread only; works without widgets.
///
/// Note [What is shown]
/// The pair on show is two versions of the trace: `shownFrom` before and `shownTo` after. A step k shows versions k and
/// k+1, a pass those around all its steps, the start shows version 0 alone. Node ids are stable over all versions.
class Document : public QObject {
    Q_OBJECT
public:
    explicit Document(QObject* parent = nullptr);
    ~Document() override;

    Jobs& jobs() { return m_jobs; }
    Runner& runner() { return m_runner; }
    PatternInspector& inspector() const { return *m_inspector; }

    // --- files and graphs
    /// A file, or every file with a graph below a folder; a pattern file or a folder of them becomes the pattern set.
    /// A job; what is open stays open if it fails.
    void open(const QString& path);
    void openSample(const QString& name); ///< a file of resources/samples, "index_add.py"
    static QStringList samples();
    void reload();    ///< reads the current file again
    void closeFile(); ///< the current one; another open file becomes current
    const std::vector<OpenFile>& files() const { return m_files; }
    int currentFile() const { return m_file; }   ///< -1: none
    int currentEntry() const { return m_entry; } ///< graph of the file
    const OpenFile* file() const;                ///< null: none
    const GraphEntry* entry() const;             ///< null: none
    /// At once, or after a job that reads the graph where its form does that later; what is on show stays if it fails.
    void showEntry(int file, int entry, QObject* from = nullptr);
    /// A graph of a timeline, and as the trace what made it of the stage before (see traceOfDiff), although no pass of
    /// ours did; a graph without one is shown as ever. A job.
    void showStage(int file, int entry, QObject* from = nullptr);
    bool isOfStage() const { return m_ofStage; } ///< whether the trace is such a one; running passes ends it

    // --- passes
    QStringList passes() const { return m_passes; }                    ///< names of passes and pipelines, in order
    void setPasses(const QStringList& names, QObject* from = nullptr); ///< and runs them
    void runPasses();                                                  ///< a job
    /// The pattern set of passes that have several: a name, or a pattern file or a folder of them. Kept in the
    /// settings.
    QString patterns() const { return m_patterns; }
    /// Reads it in a job, and runs the passes with it; `pattern_set` where the passes at hand know none of its rules.
    void setPatterns(const QString& nameOrPath);
    static QStringList patternSets();    ///< that come with the program
    static QStringList patternFolders(); ///< that were used before and are still there
    std::shared_ptr<const Trace> trace() const { return m_history ? m_history->trace() : nullptr; }

    // --- steps, see Note [What is shown]
    size_t stepCount() const { return trace() ? trace()->steps.size() : 0; }
    size_t shownFrom() const { return m_from; }
    size_t shownTo() const { return m_to; }
    void moveTo(size_t position, QObject* from = nullptr); ///< 0: the start; else the step before `position`
    void showPass(size_t pass, QObject* from = nullptr);
    void showVersion(size_t position, QObject* from = nullptr); ///< one version alone
    void moveBy(int steps) { moveTo(static_cast<size_t>(std::max<int64_t>(0, static_cast<int64_t>(m_to) + steps))); }
    bool moveToChangingPass(int direction); ///< the first step of the next or previous pass that changed something
    int currentStep() const { return m_to == m_from + 1 ? static_cast<int>(m_from) : -1; } ///< -1: start, or a pass
    int currentPass() const; ///< the one of the current step, or the one shown; -1: none
    std::shared_ptr<const Graph> before() const { return m_before; } ///< null: nothing open
    std::shared_ptr<const Graph> after() const { return m_after; }

    // --- nodes
    NodeId selected() const { return m_selected; }
    void select(NodeId node, QObject* from = nullptr); ///< it alone
    /// Nodes that are selected besides the current one; whatever selects a single node empties it.
    const std::set<NodeId>& picked() const { return m_picked; }
    /// The groups that the picture on show can fold, which ids of groups refer to; null: none.
    std::shared_ptr<const Hierarchy> groups() const { return m_groups; }
    /// Selected and visited groups are found again by their paths.
    void setGroups(std::shared_ptr<const Hierarchy> groups);
    void pick(const std::vector<NodeId>& nodes, bool toggle); ///< toggle: those that are picked are let go
    std::vector<NodeId> chosen() const;                       ///< the current node, then the picked ones
    /// The version on show that has `node`: after, else before; null if neither.
    std::shared_ptr<const Graph> versionWith(NodeId node) const;
    void visitBack(); ///< to the node selected before this one
    void visitForward();

    // --- find
    QString findText() const { return m_findText; }
    /// Hits so far, and how they came about; null: nothing is looked for.
    std::shared_ptr<const Found> found() const { return m_found; }
    const std::vector<NodeId>& hits() const;
    QString findProblem() const { return m_findProblem; } ///< why the text is no query
    void find(const QString& text, QObject* from = nullptr);
    void nextHit(int direction); ///< selects it
    /// Whether the graph shows the hits alone: all other nodes stand back. Never while nothing is looked for.
    bool hitsOnly() const { return m_hitsOnly && m_found; }
    void setHitsOnly(bool only);

    // --- run and compare
    void compare(int repeats);
    std::shared_ptr<const Comparison> comparison() const { return m_runner.result(); }

    // --- what there is to say
    void report(const Diagnostic& problem); ///< errors appear in the bar, everything in the log
    const std::vector<LogLine>& log() const { return m_log; }

signals:
    void filesChanged();
    void graphChanged(QObject* from); ///< another graph is current; its trace comes later
    void traceChanged(QObject* from);
    void passesChanged(); ///< other passes, or another pattern set
    void stepChanged(QObject* from);
    void selectionChanged(fxscope::NodeId node, QObject* from);
    void pickedChanged();
    void hitsChanged(QObject* from);
    void hitsOnlyChanged();
    void comparisonChanged();
    void problem(const fxscope::Diagnostic& what);
    void begun(); ///< the user opened, closed or ran something: earlier problems are past
    void logged(const fxscope::LogLine& line);

private:
    void openFolder(const QString& path);
    void restorePatterns();
    QString patternsToRun() const;
    void usePatterns(const QString& name, std::shared_ptr<const PatternSet> set);
    void addFile(OpenFile file);
    struct Stage {
        GraphEntry entry, previous;
        std::shared_ptr<const Trace> trace;
    };
    static Result<std::shared_ptr<const Stage>> readStage(const Capture& capture, int entry);
    void takeStage(const QString& path, const QString& title, const Stage& stage, QObject* from);
    bool keepRead(const QString& path, const QString& title, const GraphEntry& read, int& file, int& entry);
    void showGraph(int file, int entry, QObject* from);
    void readEntry(int file, int entry);
    void takeEntry(const QString& path, const QString& title, const GraphEntry& read);
    void setTrace(std::shared_ptr<const Trace> trace);
    void show(size_t from, size_t to, QObject* sender, int pass = -1);
    void showGraphOnly();
    void forgetGraph();
    FindScope findScope() const;
    void makeCurrent(NodeId node, QObject* from);
    void remember(NodeId node);
    void visit(int direction);
    void forgetAddedNodes();
    void updateHits(QObject* from);
    void takeHits(std::shared_ptr<const Found> found, QObject* from);
    void selectHit(int direction);
    NodeId firstSightOf(size_t step) const;

    Jobs m_jobs;
    Runner m_runner;
    std::vector<OpenFile> m_files;
    int m_file = -1, m_entry = -1;
    QStringList m_passes{QStringLiteral("misc")};
    QString m_patterns{QStringLiteral("as_written")};
    PatternInspector* m_inspector; ///< a child
    std::unique_ptr<History> m_history;
    size_t m_from = 0, m_to = 0;
    int m_shownPass = -1; ///< if a pass as a whole is on show
    bool m_ofStage = false;
    std::shared_ptr<const Graph> m_before, m_after;
    NodeId m_selected;
    std::set<NodeId> m_picked;
    std::shared_ptr<const Hierarchy> m_groups;
    std::vector<NodeId> m_visited;
    size_t m_visit = 0; ///< index into m_visited of the current one
    QString m_findText, m_findProblem;
    std::shared_ptr<const Found> m_found;
    std::shared_ptr<const FindIndex> m_findIndex; ///< the last one that was made
    uint64_t m_findRun = 0;                       ///< counts searches: what an earlier one found comes too late
    int m_nextHit = 0;                            ///< direction asked for while the hits are being found
    bool m_hitsOnly = false;
    std::vector<LogLine> m_log;
};

} // namespace fxscope
