// SPDX-License-Identifier: BSD-3-Clause
#include "tests/passes/pass_case.h"

#include "core/support/file.h"
#include "core/support/text.h"

#include <algorithm>
#include <filesystem>

namespace fxscope::test {
namespace {

namespace fs = std::filesystem;

Result<Done> readExpectation(PassCase& into, std::string_view text) {
    constexpr std::string_view kBecause = "unchanged, because \"";
    if (text.starts_with(kBecause) && text.ends_with('"'))
        into.because = text.substr(kBecause.size(), text.size() - kBecause.size() - 1);
    else if (const auto count = parseInt(text.substr(0, text.find(' '))); count && *count > 0)
        into.matches = static_cast<size_t>(*count);
    else if (text != "unchanged")
        return Diagnostic{"cannot read the expectation " + std::string(text), into.path, {}};
    return Done{};
}

Result<Done> readSizes(PassCase& into, std::string_view text) {
    for (const std::string_view part : split(text, ',')) {
        const size_t equals = part.find('=');
        const auto size = equals == std::string_view::npos ? std::nullopt : parseInt(trim(part.substr(equals + 1)));
        if (!size)
            return Diagnostic{"cannot read the sizes " + std::string(text), into.path, {}};
        into.sizes[std::string(trim(part.substr(0, equals)))] = *size;
    }
    return Done{};
}

Result<Done> readLine(PassCase& into, std::string_view line) {
    const size_t colon = line.find(": ");
    const std::string_view key = line.substr(0, colon),
                           value = colon == std::string_view::npos ? "" : trim(line.substr(colon + 2));
    if (key == "# test")
        into.title = value;
    else if (key == "# expect")
        return readExpectation(into, value);
    else if (key == "# patterns")
        into.patterns = value;
    else if (key == "# warns")
        into.warns = value;
    else if (key == "# sizes")
        return readSizes(into, value);
    else if (key == "# run")
        into.notRun = value;
    else if (line.starts_with('#'))
        return Diagnostic{"a comment line this test does not know: " + std::string(line), into.path, {}};
    return Done{};
}

} // namespace

Result<PassCase> readPassCase(const std::string& path) {
    FX_TRY(const auto file, MappedFile::open(path));
    PassCase result{.path = path, .pass = fs::path(path).parent_path().filename().string()};
    const std::string_view text = file->text();
    for (const std::string_view line : split(text.substr(0, text.find("def ")), '\n'))
        FX_CHECK(readLine(result, line));
    FX_TRY(auto functions, io::readFunctions(text, path));
    for (io::NamedGraph& function : functions) {
        function.graph.symHints = result.sizes;
        if (function.name == "before")
            result.before = std::make_shared<const Graph>(std::move(function.graph));
        else if (function.name == "after")
            result.after = std::move(function.graph);
    }
    if (!result.before)
        return Diagnostic{"there is no def before(...)", path, {}};
    return result;
}

std::vector<std::string> passCases() {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(FXSCOPE_SOURCE_DIR "/tests/passes")) {
        const std::string path = entry.path().string();
        if (path.ends_with(".py") && !path.ends_with(".actual.py"))
            found.push_back(path);
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace fxscope::test
