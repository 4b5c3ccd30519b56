// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_set.h"

#include "core/pattern/as_written.h"
#include "core/support/file.h"
#include "core/support/resources.h"
#include "core/support/text.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>

namespace fxscope {
namespace {

constexpr std::string_view kPrefix = "patterns/";
constexpr std::string_view kProven[] = {"as_written", "fxscope"};

std::vector<std::string> knownSets() {
    std::vector<std::string> all(std::begin(kProven), std::end(kProven)), traced = patternSetNames();
    all.insert(all.end(), traced.begin(), traced.end());
    return all;
}

std::string stem(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    return std::string(path.substr(0, path.size() - 3));
}

/// PyTorch registers a pattern once: the same printed form of the same printed graph again is skipped.
bool isDuplicate(const PatternSet& set, const PatternEntry& entry) {
    const std::string printed = printPattern(entry.pattern);
    return std::any_of(set.entries.begin(), set.entries.end(), [&](const auto& other) {
        return printPattern(other->pattern) == printed && sameGraph(other->searchGraph, entry.searchGraph);
    });
}

struct File {
    std::string name, where;
    std::string_view text;
};

PatternSet setOf(std::string name, const std::vector<File>& files) {
    PatternSet set;
    set.name = std::move(name);
    std::vector<std::shared_ptr<const PatternEntry>> entries;
    for (const File& file : files) {
        auto source = readPattern(file.text, file.where, file.name);
        auto entry = source.ok() ? makeEntry(std::move(source).value())
                                 : Result<std::shared_ptr<const PatternEntry>>(std::move(source).error());
        if (entry.ok())
            entries.push_back(std::move(entry).value());
        else
            set.problems.push_back(std::move(entry).error());
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return std::pair(a->source.order, a->name()) < std::pair(b->source.order, b->name());
    });
    for (auto& entry : entries) {
        if (isDuplicate(set, *entry))
            set.problems.push_back({"the pattern " + entry->name() + " is registered already in the same form",
                                    entry->source.where, "remove one", Severity::Warning});
        else
            set.entries.push_back(std::move(entry));
    }
    return set;
}

Result<std::shared_ptr<const PatternSet>> fromFolder(const std::string& folder) {
    std::error_code failed;
    std::vector<std::shared_ptr<const MappedFile>> mapped;
    std::vector<File> files;
    Diagnostics unreadable;
    for (std::filesystem::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
        const std::string path = it->path().string();
        if (it->path().extension() != ".py")
            continue;
        std::error_code ignored;
        if (!it->is_regular_file(ignored)) { // a folder, a pipe that would block, a link to nowhere or to itself
            unreadable.push_back({"this is no file that can be read", path, "remove it, or rename it"});
            continue;
        }
        auto file = MappedFile::open(path);
        if (!file.ok()) {
            unreadable.push_back(std::move(file).error());
            continue;
        }
        files.push_back({stem(path), path, (*file)->text()});
        mapped.push_back(std::move(file).value());
    }
    if (failed || (files.empty() && unreadable.empty()))
        return Diagnostic{"there is no pattern file in this folder", folder, "pattern files end in .py"};
    std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.name < b.name; });
    PatternSet set = setOf(folder, files);
    set.problems.insert(set.problems.end(), unreadable.begin(), unreadable.end());
    return std::make_shared<const PatternSet>(std::move(set));
}

std::shared_ptr<const PatternSet> builtIn(const std::string& name) {
    static std::mutex mutex;
    static auto& sets = *new std::map<std::string, std::shared_ptr<const PatternSet>>;
    const std::lock_guard lock(mutex);
    auto& set = sets[name];
    if (!set) {
        std::vector<File> files;
        for (const std::string& path : resourceNames(std::string(kPrefix) + name + "/"))
            if (path.ends_with(".py"))
                files.push_back({stem(path), path, *resource(path)});
        set = std::make_shared<const PatternSet>(setOf(name, files));
    }
    return set;
}

bool bindsNothing(const Pattern& pattern) {
    const std::vector<bool> reached = reachedObjects(pattern);
    for (size_t i = 0; i < reached.size(); ++i)
        if (reached[i] && !pattern.exprs[i].name.empty())
            return false;
    return true;
}

/// The replacement must give one tensor, or None, for each result of the pattern. One packed result may become several.
Result<Done> checkResults(const PatternSource& source, const Graph& search, const Graph& replacement) {
    const Argument& found = search[search.output()].args.front();
    const Argument& value = replacement[replacement.output()].args.front();
    const size_t wanted = found.isSequence() ? found.items().size() : 1;
    const bool packed = found.isNode() && !search[found.asNode()].tensor();
    const bool several = value.isSequence() && !packed;
    const ArgumentList results = several ? ArgumentList(value.items()) : ArgumentList{value};
    const auto wrong = [&](std::string what, std::string next) {
        return Diagnostic{std::move(what), py::place(source.where, source.replacement().line), std::move(next)};
    };
    if (results.size() != wanted)
        return wrong("the replacement returns " + counted(int64_t(results.size()), "result", "results") +
                         ", the pattern " + std::to_string(wanted),
                     "return as many");
    for (const Argument& result : results)
        if (!result.isNode() && !result.isNone() && !result.isSequence())
            return wrong("the replacement returns a constant", "return tensors only");
    return Done{};
}

/// Inputs that the traced pattern never mentions: PyTorch cannot use such a pattern (matcher.md 4 step 1).
void noteLostInputs(PatternEntry& entry) {
    const std::vector<bool> reached = reachedObjects(entry.pattern);
    for (const std::string& parameter : entry.source.parameters) {
        bool found = false;
        for (size_t i = 0; i < reached.size(); ++i)
            found = found || (reached[i] && entry.pattern.exprs[i].name == parameter);
        if (!found)
            entry.notes.push_back(
                {"the traced pattern never mentions " + parameter + ": a match stops PyTorch with an error",
                 py::place(entry.source.where, entry.source.pattern().line),
                 "choose an example so large that the slice stays", Severity::Warning});
    }
}

} // namespace

Result<std::shared_ptr<const PatternEntry>> makeEntry(PatternSource source) {
    auto entry = std::make_shared<PatternEntry>();
    TraceOptions options;
    options.where = source.where;
    FX_TRY(entry->searchGraph, traceFunction(source.pattern(), source.inputs, options));
    FX_TRY(entry->replacementGraph, traceFunction(source.replacement(), source.inputs, options));
    const ConvertOptions convert{true, source.scalars, source.exclusive};
    auto pattern = toPattern(entry->searchGraph, source.parameters, convert);
    if (!pattern.ok())
        return Diagnostic{pattern.error().what, py::place(source.where, source.pattern().line), pattern.error().next};
    entry->pattern = std::move(pattern).value();
    if (bindsNothing(entry->pattern))
        return Diagnostic{"the traced pattern mentions none of its arguments, so a match would say nothing",
                          py::place(source.where, source.pattern().line), "use the arguments in what pattern returns"};
    FX_CHECK(checkResults(source, entry->searchGraph, entry->replacementGraph));
    entry->lost = lostInTracing(source, entry->searchGraph);
    entry->source = std::move(source);
    noteLostInputs(*entry);
    return std::shared_ptr<const PatternEntry>(std::move(entry));
}

PatternSet PatternSet::only(const std::vector<std::string>& rules) const {
    if (rules.empty())
        return *this;
    PatternSet part{name, {}, problems};
    for (const auto& entry : entries)
        if (std::find(rules.begin(), rules.end(), entry->source.rule) != rules.end())
            part.entries.push_back(entry);
    return part;
}

const PatternEntry* PatternSet::find(std::string_view entryName) const {
    for (const auto& entry : entries)
        if (entry->name() == entryName)
            return entry.get();
    return nullptr;
}

Result<Done> PatternSet::checkUsable() const {
    if (!entries.empty() || problems.empty())
        return Done{};
    Diagnostic first = problems.front();
    if (problems.size() > 1)
        first.what += " (and " + std::to_string(problems.size() - 1) + " more of these files cannot be used)";
    first.severity = Severity::Error;
    return first;
}

std::span<const std::string_view> provenPatternSets() { return kProven; }

bool isProvenPatternSet(std::string_view name) {
    return std::find(std::begin(kProven), std::end(kProven), name) != std::end(kProven);
}

std::vector<std::string> patternSetNames() {
    std::vector<std::string> names;
    for (const std::string& path : resourceNames(kPrefix)) {
        const std::string_view rest = std::string_view(path).substr(kPrefix.size());
        const size_t slash = rest.find('/');
        if (slash != std::string_view::npos && path.ends_with(".py") && !isProvenPatternSet(rest.substr(0, slash)) &&
            (names.empty() || names.back() != rest.substr(0, slash)))
            names.emplace_back(rest.substr(0, slash));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Result<std::shared_ptr<const PatternSet>> loadPatternSet(const std::string& nameOrFolder) {
    const std::vector<std::string> names = patternSetNames();
    if (isProvenPatternSet(nameOrFolder) || std::find(names.begin(), names.end(), nameOrFolder) != names.end())
        return builtIn(nameOrFolder);
    std::error_code ignored;
    if (std::filesystem::is_directory(nameOrFolder, ignored))
        return fromFolder(nameOrFolder);
    if (std::filesystem::is_regular_file(nameOrFolder, ignored)) {
        FX_TRY(const auto file, MappedFile::open(nameOrFolder));
        const std::string name = std::filesystem::path(nameOrFolder).stem().string();
        return std::make_shared<const PatternSet>(setOf(nameOrFolder, {{name, nameOrFolder, file->text()}}));
    }
    return Diagnostic{"there is no pattern set " + displayText(nameOrFolder), "",
                      "name a pattern file, a folder of them, or one of: " + join(knownSets(), ", ")};
}

PatternSet makePatternSet(std::string name, const std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<File> files;
    for (const auto& [fileName, text] : texts)
        files.push_back({fileName, fileName + ".py", text});
    return setOf(std::move(name), files);
}

} // namespace fxscope
