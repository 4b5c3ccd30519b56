// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/document.h"

#include "app/document/recent_files.h"
#include "core/support/folder.h"
#include "core/support/resources.h"
#include "passes/passes.h"

#include "core/io/timeline.h"
#include "core/rewrite/trace_of_diff.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace fxscope {
namespace {

constexpr size_t kVisitsKept = 200;
constexpr qint64 kPatternHead = 64 * 1024; ///< so far a file is read to see whether it defines a pattern
const char kSampleFolder[] = "samples/";

std::shared_ptr<const Trace> emptyTrace(const std::shared_ptr<const Graph>& graph) {
    auto trace = std::make_shared<Trace>();
    trace->base = trace->result = graph;
    return trace;
}

Result<std::shared_ptr<const Trace>> tracePasses(const std::shared_ptr<const Graph>& graph, const QStringList& names,
                                                 const QString& patterns, const Cancel& cancel) {
    std::vector<std::string> wanted;
    for (const QString& name : names)
        wanted.push_back(name.toStdString());
    FX_TRY(const std::vector<const Pass*> passes, resolvePasses(wanted));
    PassOptions options;
    options.patterns = patterns.toStdString();
    options.cancel = cancel;
    FX_TRY(Trace trace, fxscope::runPasses(graph, passes, options));
    return std::shared_ptr<const Trace>(std::make_shared<Trace>(std::move(trace)));
}

bool isPatternFile(const QString& path) {
    QFile file(path);
    return file.open(QFile::ReadOnly) && ('\n' + file.read(kPatternHead)).contains("\ndef pattern(");
}

bool isPatternFolder(const QString& path) {
    const QFileInfoList files = QDir(path).entryInfoList({QStringLiteral("*.py")}, QDir::Files);
    return std::any_of(files.begin(), files.end(),
                       [](const QFileInfo& file) { return isPatternFile(file.filePath()); });
}

/// Every file below the folder that holds a graph, in order of their names; none if it is a folder of pattern files.
/// Error: there is none.
Result<std::vector<OpenFile>> readFolder(const QString& path, const Cancel& cancel, const JobProgress& progress) {
    std::vector<OpenFile> files;
    if (isPatternFolder(path))
        return files;
    if (io::isCaptureFolder(path.toStdString())) {
        FX_TRY(Capture capture, io::open(path.toStdString(), cancel));
        files.push_back({path, QDir(path).dirName(), std::move(capture)});
        return files;
    }
    const std::vector<std::string> all = filesBelow(path.toStdString());
    for (size_t i = 0; i < all.size() && !cancel.requested(); ++i) {
        progress(i, all.size());
        const QString file = QString::fromStdString(all[i]);
        if (auto capture = io::open(all[i], cancel); capture.ok() && !capture->graphs.empty())
            files.push_back({file, QDir(path).relativeFilePath(file), std::move(capture).value()});
    }
    if (files.empty())
        return Diagnostic{"none of the " + std::to_string(all.size()) + " files in this folder holds a graph",
                          path.toStdString(), "open a folder with printed graphs or .pt2 archives"};
    return files;
}

} // namespace

Document::Document(QObject* parent) : QObject(parent), m_inspector(new PatternInspector(this)) {
    connect(&m_jobs, &Jobs::failed, this, [this](const QString&, const Diagnostic& what) { report(what); });
    connect(&m_jobs, &Jobs::cancelled, this, [this](const QString& tag) {
        report({"cancelled: " + tag.toStdString(), {}, {}, Severity::Note});
    });
    connect(&m_runner, &Runner::problem, this, &Document::report);
    connect(&m_runner, &Runner::note, this, [this](Diagnostic what) {
        what.severity = Severity::Note;
        report(what);
    });
    connect(&m_runner, &Runner::finished, this, &Document::comparisonChanged);
    restorePatterns();
}

Document::~Document() = default;

// --- files and graphs

void Document::open(const QString& path) {
    emit begun();
    const QString full = QFileInfo(path).absoluteFilePath();
    if (QFileInfo(full).isDir())
        return openFolder(full);
    if (isPatternFile(full))
        return setPatterns(full);
    m_jobs.start(
        QStringLiteral("open ") + full, tr("Opening %1").arg(QFileInfo(path).fileName()),
        [full](const Cancel& cancel) { return io::open(full.toStdString(), cancel); }, this,
        [this, full](Capture capture) {
            RecentFiles::add(full);
            addFile({full, QFileInfo(full).fileName(), std::move(capture)});
        });
}

void Document::openFolder(const QString& path) {
    m_jobs.start(
        QStringLiteral("open ") + path, tr("Opening the folder %1").arg(QFileInfo(path).fileName()),
        [path](const Cancel& cancel, const JobProgress& progress) { return readFolder(path, cancel, progress); }, this,
        [this, path](std::vector<OpenFile> files) {
            if (files.empty())
                setPatterns(path);
            for (OpenFile& file : files)
                addFile(std::move(file));
        });
}

QStringList Document::samples() {
    QStringList names;
    for (const std::string& name : resourceNames(kSampleFolder))
        names << QString::fromStdString(name).mid(sizeof kSampleFolder - 1);
    return names;
}

void Document::openSample(const QString& name) {
    emit begun();
    const std::string resourceName = kSampleFolder + name.toStdString();
    const auto text = resource(resourceName);
    if (!text)
        return report(
            {"there is no sample " + name.toStdString(), {}, "samples: " + samples().join(u' ').toStdString()});
    m_jobs.start(
        QStringLiteral("open ") + name, tr("Opening the sample %1").arg(name),
        [text = *text, name](const Cancel&) { return io::openText(text, name.toStdString()); }, this,
        [this, name](Capture capture) {
            addFile({{}, name, std::move(capture)});
        });
}

void Document::addFile(OpenFile file) {
    for (const Diagnostic& note : file.capture.notes)
        report(note);
    if (file.capture.graphs.empty())
        return report({"the file holds no graph", file.title.toStdString(), "open a printed graph or a .pt2 archive"});
    const auto same = std::find_if(m_files.begin(), m_files.end(), [&](const OpenFile& known) {
        return known.path == file.path && known.title == file.title;
    });
    const auto index = same - m_files.begin();
    if (same == m_files.end())
        m_files.push_back(std::move(file));
    else
        *same = std::move(file);
    emit filesChanged();
    showEntry(static_cast<int>(index), 0);
}

void Document::reload() {
    if (const OpenFile* current = file())
        current->path.isEmpty() ? openSample(current->title) : open(current->path);
}

void Document::closeFile() {
    if (m_file < 0)
        return;
    emit begun();
    forgetGraph(); // while it is there: some are told of it
    m_files.erase(m_files.begin() + m_file);
    const int next = std::min(m_file, static_cast<int>(m_files.size()) - 1);
    m_file = m_entry = -1;
    emit filesChanged();
    if (next >= 0)
        return showEntry(next, 0);
    emit graphChanged(nullptr);
    emit traceChanged(nullptr);
    emit stepChanged(nullptr);
}

const OpenFile* Document::file() const { return m_file < 0 ? nullptr : &m_files[static_cast<size_t>(m_file)]; }

const GraphEntry* Document::entry() const {
    return m_file < 0 ? nullptr : &file()->capture.graphs[static_cast<size_t>(m_entry)];
}

void Document::readEntry(int fileIndex, int entryIndex) {
    const OpenFile& owner = m_files[static_cast<size_t>(fileIndex)];
    const GraphEntry& entry = owner.capture.graphs[static_cast<size_t>(entryIndex)];
    m_jobs.start(
        QStringLiteral("graph"), tr("Reading %1").arg(QString::fromStdString(entry.id)),
        [entry](const Cancel&) { return entry.read(); }, this,
        [this, path = owner.path, title = owner.title](const GraphEntry& read) { takeEntry(path, title, read); });
}

/// Puts what was read in its place, if the file is still open.
bool Document::keepRead(const QString& path, const QString& title, const GraphEntry& read, int& file, int& entry) {
    for (size_t i = 0; i < m_files.size(); ++i) {
        if (m_files[i].path != path || m_files[i].title != title)
            continue;
        std::vector<GraphEntry>& graphs = m_files[i].capture.graphs;
        const auto known =
            std::find_if(graphs.begin(), graphs.end(), [&](const GraphEntry& one) { return one.id == read.id; });
        if (known == graphs.end() || !read.graph)
            return false;
        if (!known->graph)
            for (const Diagnostic& note : read.notes)
                report(note);
        *known = read;
        file = static_cast<int>(i);
        entry = static_cast<int>(known - graphs.begin());
        return true;
    }
    return false;
}

void Document::takeEntry(const QString& path, const QString& title, const GraphEntry& read) {
    int file = 0, entry = 0;
    if (keepRead(path, title, read, file, entry))
        showEntry(file, entry);
}

void Document::showEntry(int fileIndex, int entryIndex, QObject* from) {
    m_jobs.cancel(QStringLiteral("graph"));
    if (!m_files[static_cast<size_t>(fileIndex)].capture.graphs[static_cast<size_t>(entryIndex)].graph)
        return readEntry(fileIndex, entryIndex);
    showGraph(fileIndex, entryIndex, from);
    runPasses();
}

void Document::showGraph(int fileIndex, int entryIndex, QObject* from) {
    forgetGraph();
    m_file = fileIndex;
    m_entry = entryIndex;
    m_before = m_after = entry()->graph;
    emit graphChanged(from);
    emit selectionChanged({}, from);
    updateHits(from);
}

// --- stages of a timeline

void Document::showStage(int fileIndex, int entryIndex, QObject* from) {
    const OpenFile& owner = m_files[static_cast<size_t>(fileIndex)];
    if (owner.capture.graphs[static_cast<size_t>(entryIndex)].previous < 0)
        return showEntry(fileIndex, entryIndex, from);
    m_jobs.start(
        QStringLiteral("graph"), tr("Comparing with the stage before"),
        [capture = owner.capture, entryIndex](const Cancel&) { return readStage(capture, entryIndex); }, this,
        [this, path = owner.path, title = owner.title, from = QPointer<QObject>(from)](
            const std::shared_ptr<const Stage>& stage) { takeStage(path, title, *stage, from); });
}

Result<std::shared_ptr<const Document::Stage>> Document::readStage(const Capture& capture, int entry) {
    auto stage = std::make_shared<Stage>();
    const int previous = capture.graphs[static_cast<size_t>(entry)].previous;
    FX_TRY(stage->entry, capture.load(static_cast<size_t>(entry)));
    FX_TRY(stage->previous, capture.load(static_cast<size_t>(previous)));
    const io::NameLinks links = io::linksBetween(capture, stage->previous.id, stage->entry.id);
    const Graph& after = *stage->entry.graph;
    stage->trace = traceOfDiff(stage->previous.graph, after, diffGraphs(*stage->previous.graph, after, links),
                               stage->entry.stage.empty() ? stage->entry.id : stage->entry.stage);
    return std::shared_ptr<const Stage>(std::move(stage));
}

void Document::takeStage(const QString& path, const QString& title, const Stage& stage, QObject* from) {
    int file = 0, entry = 0;
    if (!keepRead(path, title, stage.previous, file, entry) || !keepRead(path, title, stage.entry, file, entry))
        return;
    showGraph(file, entry, from);
    m_ofStage = true;
    setTrace(stage.trace);
}

/// Leaves no file, trace, step or node current; what was computed of them is forgotten.
void Document::forgetGraph() {
    for (const char* tag : {"passes", "find", "graph"})
        m_jobs.cancel(QLatin1String(tag));
    m_runner.clear();
    m_history.reset();
    m_before.reset();
    m_after.reset();
    m_from = m_to = 0;
    m_shownPass = -1;
    m_ofStage = false;
    m_selected = {};
    m_picked.clear();
    m_groups.reset();
    m_visited.clear();
    m_visit = 0;
    m_found.reset();
    m_findIndex.reset();
    ++m_findRun;
    m_nextHit = 0;
}

// --- passes

void Document::setPasses(const QStringList& names, QObject*) {
    m_passes = names;
    emit passesChanged();
    runPasses();
}

void Document::runPasses() {
    if (!entry())
        return;
    m_ofStage = false;
    const auto graph = entry()->graph;
    if (m_passes.isEmpty()) {
        m_jobs.cancel(QStringLiteral("passes"));
        return setTrace(emptyTrace(graph));
    }
    m_jobs.start(
        QStringLiteral("passes"), tr("Running %1").arg(m_passes.join(QStringLiteral(", "))),
        [graph, names = m_passes, patterns = patternsToRun()](const Cancel& cancel) {
            return tracePasses(graph, names, patterns, cancel);
        },
        this, &Document::setTrace);
}

void Document::setTrace(std::shared_ptr<const Trace> trace) {
    m_runner.clear();
    m_history = std::make_unique<History>(std::move(trace));
    for (const Diagnostic& note : m_history->trace()->diagnostics)
        report(note);
    for (const PassRecord& pass : m_history->trace()->passes)
        for (const Diagnostic& note : pass.diagnostics)
            report(note);
    m_from = m_to = 0;
    m_shownPass = -1;
    m_before = m_after = m_history->trace()->base;
    forgetAddedNodes();
    emit traceChanged(nullptr);
    moveTo(stepCount() ? 1 : 0);
}

/// Ids of nodes that the steps of another trace added mean other nodes now, or none.
void Document::forgetAddedNodes() {
    const auto added = [first = trace()->base->slotCount()](NodeId node) {
        return node.valid() && !isGroup(node) && node.index >= first;
    };
    std::vector<NodeId> visited;
    size_t visit = 0;
    for (size_t i = 0; i < m_visited.size(); ++i) {
        if (!added(m_visited[i]) && (visited.empty() || visited.back() != m_visited[i]))
            visited.push_back(m_visited[i]);
        if (i == m_visit)
            visit = visited.empty() ? 0 : visited.size() - 1;
    }
    m_visited = std::move(visited);
    m_visit = visit;
    if (std::erase_if(m_picked, added) > 0)
        emit pickedChanged();
    if (added(m_selected)) {
        m_selected = {};
        emit selectionChanged({}, nullptr);
    }
}

// --- steps

void Document::moveTo(size_t position, QObject* from) {
    position = std::min(position, stepCount());
    show(position ? position - 1 : 0, position, from);
    if (stepCount() == 0)
        return;
    if (!std::exchange(m_picked, {}).empty())
        emit pickedChanged();
    // Not a visit: who steps through hundreds of rewrites still finds back to where they came from.
    makeCurrent(position ? firstSightOf(position - 1) : trace()->steps.front().match.root, from);
}

void Document::showPass(size_t pass, QObject* from) {
    if (!trace() || pass >= trace()->passes.size())
        return;
    const PassRecord& record = trace()->passes[pass];
    show(record.firstStep, record.firstStep + record.stepCount, from, static_cast<int>(pass));
}

void Document::showVersion(size_t position, QObject* from) {
    position = std::min(position, stepCount());
    show(position, position, from);
}

void Document::show(size_t first, size_t last, QObject* sender, int pass) {
    if (!m_history)
        return;
    m_shownPass = pass;
    m_from = first;
    m_to = last;
    m_before = m_history->version(first);
    m_after = m_history->version(last);
    updateHits(sender);
    emit stepChanged(sender);
}

/// The node a step is about: what replaced the root, else the root.
NodeId Document::firstSightOf(size_t step) const {
    const RewriteStep& rewrite = trace()->steps[step];
    return rewrite.replacement.valid() && m_after->alive(rewrite.replacement) ? rewrite.replacement
                                                                              : rewrite.match.root;
}

int Document::currentPass() const {
    if (!trace() || m_shownPass >= 0)
        return m_shownPass;
    const auto& passes = trace()->passes;
    for (size_t i = 0; i < passes.size(); ++i)
        if (m_to > passes[i].firstStep && m_to <= passes[i].firstStep + passes[i].stepCount)
            return static_cast<int>(i);
    return -1;
}

bool Document::moveToChangingPass(int direction) {
    if (!trace())
        return false;
    const auto& passes = trace()->passes;
    const int count = static_cast<int>(passes.size());
    for (int i = std::max(currentPass(), direction > 0 ? -1 : 0) + direction; i >= 0 && i < count; i += direction)
        if (passes[static_cast<size_t>(i)].stepCount > 0) {
            moveTo(passes[static_cast<size_t>(i)].firstStep + 1);
            return true;
        }
    return false;
}

// --- nodes

std::shared_ptr<const Graph> Document::versionWith(NodeId node) const {
    for (const auto& version : {m_after, m_before})
        if (version && version->alive(node))
            return version;
    return nullptr;
}

void Document::select(NodeId node, QObject* from) {
    if (!std::exchange(m_picked, {}).empty())
        emit pickedChanged();
    remember(node);
    makeCurrent(node, from);
}

void Document::makeCurrent(NodeId node, QObject* from) {
    if (std::exchange(m_selected, node) != node)
        emit selectionChanged(node, from);
}

void Document::remember(NodeId node) {
    if (!node.valid() || (!m_visited.empty() && m_visited[m_visit] == node))
        return;
    m_visited.resize(m_visited.empty() ? 0 : m_visit + 1);
    m_visited.push_back(node);
    if (m_visited.size() > kVisitsKept)
        m_visited.erase(m_visited.begin());
    m_visit = m_visited.size() - 1;
}

void Document::setGroups(std::shared_ptr<const Hierarchy> groups) {
    const auto old = std::exchange(m_groups, std::move(groups));
    if (old == m_groups)
        return;
    const auto renewed = [&](NodeId id) -> NodeId {
        if (!isGroup(id))
            return id;
        const int now = old && m_groups && old->has(id) ? m_groups->find((*old)[groupOfId(id)].path) : -1;
        return now > 0 ? idOfGroup(now) : NodeId{};
    };
    std::vector<NodeId> visited;
    size_t visit = 0;
    for (size_t i = 0; i < m_visited.size(); ++i) {
        if (const NodeId id = renewed(m_visited[i]); id.valid())
            visited.push_back(id);
        if (i == m_visit)
            visit = visited.empty() ? 0 : visited.size() - 1;
    }
    m_visited = std::move(visited);
    m_visit = visit;
    std::set<NodeId> picked;
    for (const NodeId node : m_picked)
        if (const NodeId id = renewed(node); id.valid())
            picked.insert(id);
    if (std::exchange(m_picked, picked) != picked)
        emit pickedChanged();
    if (isGroup(m_selected))
        makeCurrent(renewed(m_selected), nullptr);
}

void Document::pick(const std::vector<NodeId>& nodes, bool toggle) {
    std::set<NodeId> picked = m_picked;
    NodeId current = m_selected;
    for (const NodeId node : nodes) {
        if (node == current || picked.erase(node) > 0) {
            if (!toggle && node != current)
                picked.insert(node);
            else if (toggle && node == current)
                current = {};
        } else if (current.valid()) {
            picked.insert(node);
        } else {
            current = node;
        }
    }
    if (!current.valid() && !picked.empty())
        current = picked.extract(picked.begin()).value();
    const bool changed = std::exchange(m_picked, std::move(picked)) != m_picked;
    remember(current);
    makeCurrent(current, nullptr);
    if (changed)
        emit pickedChanged();
}

std::vector<NodeId> Document::chosen() const {
    std::vector<NodeId> nodes(m_picked.begin(), m_picked.end());
    if (m_selected.valid())
        nodes.insert(nodes.begin(), m_selected);
    return nodes;
}

/// The nearest visit in that direction to what one of the versions on show has; from a node that was not visited (a
/// step's) back to the last visit itself.
void Document::visit(int direction) {
    const auto count = static_cast<std::ptrdiff_t>(m_visited.size());
    auto at = static_cast<std::ptrdiff_t>(m_visit);
    if (count > 0 && (direction > 0 || m_visited[m_visit] == m_selected))
        at += direction;
    for (; at >= 0 && at < count; at += direction) {
        const NodeId node = m_visited[static_cast<size_t>(at)];
        if (!isGroup(node) && !versionWith(node))
            continue;
        m_visit = static_cast<size_t>(at);
        return select(node);
    }
}

void Document::visitBack() { visit(-1); }
void Document::visitForward() { visit(1); }

// --- run and compare

void Document::compare(int repeats) {
    emit begun();
    if (!trace())
        return report({"there is nothing to run", {}, "open a graph first", Severity::Warning});
    if (m_ofStage)
        return report({"what PyTorch's own passes did is not run before and after", file()->path.toStdString(),
                       "Run Passes (Ctrl+Return) runs ours on this graph; that can be run and compared",
                       Severity::Error});
    const auto started = m_runner.compare(
        {file()->path, QString::fromStdString(entry()->id), m_passes, patternsToRun(), trace()}, repeats);
    if (!started.ok())
        report(started.error());
}

// --- what there is to say

void Document::report(const Diagnostic& what) {
    m_log.push_back({QDateTime::currentDateTime(), what});
    emit logged(m_log.back());
    if (what.severity == Severity::Error)
        emit problem(what);
}

} // namespace fxscope
