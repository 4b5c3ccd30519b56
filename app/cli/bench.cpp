// SPDX-License-Identifier: BSD-3-Clause
#include "app/bench/bench_report.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/pattern/pattern_set.h"
#include "core/support/file.h"
#include "core/support/speed.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <unistd.h>

namespace fxscope::cli {
namespace {

struct BenchArguments {
    service::LoadOptions load; ///< a file, or
    std::vector<std::string> patterns, sets{"as_written", "fxscope"}, rows{"65536"}, columns{"256"}, keep{"0.5"},
        dtypes{"float32"}, outputs;
    service::ExecuteOptions execute;
    int repeats = 60;
    bool noFuse = false, noReplay = false, json = false;

    bench::MeasureOptions measure() const {
        return {.repeats = repeats, .fuse = !noFuse, .replay = !noReplay, .seed = execute.seed};
    }
};

// --- the points of a sweep

Result<std::vector<int64_t>> sizesOf(const std::vector<std::string>& words, const char* option) {
    std::vector<int64_t> sizes;
    for (const std::string& word : words) {
        const auto size = parseInt(word);
        if (!size || *size < 1)
            return Diagnostic{"a size is a number from 1 on, not " + displayText(word), option, ""};
        sizes.push_back(*size);
    }
    return sizes;
}

/// "1000" rows, or "0.5" of them.
Result<int64_t> keptOf(const std::string& word, int64_t rows) {
    const auto count = parseInt(word);
    const auto part = parseDouble(word);
    const int64_t kept = count ? *count : part ? std::llround(*part * static_cast<double>(rows)) : int64_t(0);
    if (kept < 1 || kept > rows)
        return Diagnostic{displayText(word) + " of " + std::to_string(rows) + " rows cannot be kept", "--keep",
                          "give a count up to that, or a part such as 0.5"};
    return kept;
}

Result<std::vector<bench::PatternShape>> shapesOf(const BenchArguments& arguments) {
    FX_TRY(const auto rows, sizesOf(arguments.rows, "--rows"));
    FX_TRY(const auto columns, sizesOf(arguments.columns, "--columns"));
    std::vector<bench::PatternShape> shapes;
    for (const std::string& word : arguments.dtypes) {
        auto dtype = dtypeFromTorch(word);
        if (!dtype)
            dtype = dtypeFromReadable(word);
        if (!dtype)
            return Diagnostic{"there is no dtype " + displayText(word), "--dtype", "such as float32, bfloat16, int64"};
        for (const int64_t n : rows)
            for (const int64_t width : columns)
                for (const std::string& keep : arguments.keep) {
                    FX_TRY(const int64_t kept, keptOf(keep, n));
                    shapes.push_back({n, width, kept, *dtype});
                }
    }
    return shapes;
}

Result<std::vector<const bench::PatternProgram*>> programsOf(const BenchArguments& arguments) {
    std::vector<const bench::PatternProgram*> programs;
    for (const std::string& name : arguments.patterns) {
        FX_TRY(const bench::PatternProgram* const program, bench::findPatternProgram(name));
        programs.push_back(program);
    }
    return programs;
}

// --- tables

std::string timesText(double value) { return std::isfinite(value) ? fmt::format("{:.2f}x", value) : ""; }

std::string fasterText(const bench::BenchLine& line, const bench::Figures& before) {
    return line.figures == &before
               ? ""
               : timesText(double(before.cold.median.count()) / double(line.figures->cold.median.count()));
}

void addLine(Table& table, const bench::BenchLine& line, const CopyBandwidth& copy) {
    const bench::PatternShape& shape = line.point->shape;
    const bench::FormFigures& before = line.point->forms.front();
    const bool differs = line.form->equal && !*line.form->equal, isBefore = line.form == &before;
    const std::string compared = differs ? " (differs)" : isBefore || line.form->equal ? "" : " (not compared)";
    table.add({std::string(line.point->program->name), std::to_string(shape.rows), std::to_string(shape.columns),
               std::to_string(shape.kept), std::string(name(shape.dtype)), line.form->form + compared,
               line.program ? "program" : "rows", shortTime(line.figures->cold.median),
               shortTime(line.figures->warm.median), timesText(line.timesFloor()),
               fmt::format("{:.0f}", line.bytesPerSecond() / 1e9),
               fmt::format("{:.0f} %", 100 * line.bytesPerSecond() / copy.bytesPerSecond),
               fasterText(line, line.program || !before.rows ? before.program : *before.rows)},
              differs ? Style::Bad : Style::Plain);
}

void printPoints(const std::vector<bench::PatternFigures>& points, const CopyBandwidth& copy) {
    Table table({"pattern", ">rows", ">columns", ">kept", "dtype", "form", "part", ">cold", ">warm", ">of floor",
                 ">GB/s", ">of copy", ">faster"});
    size_t replayed = 0, lines = 0;
    std::set<std::string> remarks;
    for (const bench::PatternFigures& point : points)
        for (const bench::BenchLine& line : bench::linesOf(point, copy)) {
            addLine(table, line, copy);
            replayed += line.figures->replayed;
            ++lines;
            remarks.insert(line.figures->remarks.begin(), line.figures->remarks.end());
        }
    fmt::print("{}\n", table.str());
    printField("device",
               fmt::format("{}, copies {:.0f} GB/s (read and written)", copy.device, copy.bytesPerSecond / 1e9));
    printField("times", replayed == lines
                            ? std::string("medians; each graph replayed as one CUDA graph; cold: caches overwritten "
                                          "before each replay")
                            : fmt::format("medians; operators started one by one{}; cold: the sum of operators, caches "
                                          "overwritten before each",
                                          replayed > 0 ? fmt::format(" in {} of {}", lines - replayed, lines) : ""));
    printField("part", "rows: with the index given; program: with randperm and slice");
    printField("floor", "what the calls of 'before' must read and write, at the bandwidth of a copy; cold beside it");
    for (const std::string& remark : remarks)
        printField("remark", remark);
    for (const bench::PatternFigures& point : points)
        for (const std::string& set : point.notRewritten)
            printField("note", fmt::format("{} found nothing to rewrite in {} of {}x{} {}", set, point.program->name,
                                           point.shape.rows, point.shape.columns, name(point.shape.dtype)));
}

Result<Done> writeOutputs(const BenchArguments& arguments, const std::vector<bench::PatternFigures>& points,
                          const CopyBandwidth& copy) {
    for (const std::string& path : arguments.outputs)
        FX_CHECK(writeFile(path, path.ends_with(".csv") ? bench::csvOf(points, copy) : bench::jsonOf(points, copy)));
    return Done{};
}

/// Before anything is measured, which may take long.
Result<Done> checkUsable(const BenchArguments& arguments) {
    for (const std::string& path : arguments.outputs) {
        if (!path.ends_with(".csv") && !path.ends_with(".json"))
            return Diagnostic{"figures are written as .csv or .json", path, "name the file so"};
        const auto folder = std::filesystem::absolute(path).parent_path();
        if (access(folder.c_str(), W_OK) != 0)
            return Diagnostic{"nothing can be written there", path,
                              "choose a folder that exists and may be written to"};
    }
    for (const std::string& set : arguments.sets)
        FX_CHECK(loadPatternSet(set));
    return Done{};
}

/// An error leaves the points before it.
Result<Done> benchAll(const BenchArguments& arguments, Backend& backend, std::vector<bench::PatternFigures>& points) {
    FX_TRY(const auto programs, programsOf(arguments));
    FX_TRY(const auto shapes, shapesOf(arguments));
    const auto device = Device::parse(arguments.execute.device);
    const bench::PatternBenchOptions options{
        .sets = arguments.sets, .device = device.value_or(Device{}), .measure = arguments.measure()};
    for (const bench::PatternProgram* program : programs)
        for (const bench::PatternShape& shape : shapes) {
            progress(fmt::format("{} of {}", points.size() + 1, programs.size() * shapes.size()));
            FX_TRY(auto point, bench::benchPattern(*program, shape, backend, options));
            points.push_back(std::move(point));
        }
    progress("");
    return Done{};
}

int benchPatterns(const BenchArguments& arguments) {
    if (const auto usable = checkUsable(arguments); !usable)
        return fail(usable.error());
    const auto backend = findBackend(arguments.execute.device, arguments.execute.deviceOptions);
    if (!backend)
        return fail(backend.error());
    if (const Support support = (*backend)->available(); !support)
        return fail({support.why, "--device " + arguments.execute.device, "see: fxscope doctor"});
    const auto copy = copyBandwidth(**backend);
    if (!copy)
        return fail(copy.error(), 1);
    std::vector<bench::PatternFigures> points;
    const auto measured = benchAll(arguments, **backend, points);
    if (!measured && points.empty())
        return fail(measured.error(), measured.error().where.starts_with("--") ? 2 : 1);
    if (arguments.json)
        fmt::print("{}", bench::jsonOf(points, *copy));
    else
        printPoints(points, *copy);
    if (const auto written = writeOutputs(arguments, points, *copy); !written)
        return fail(written.error());
    return measured ? 0 : fail(measured.error(), 1);
}

// --- a graph of one's own

void printNodes(const bench::Figures& figures, const CopyBandwidth& copy) {
    std::vector<const bench::NodeFigures*> nodes;
    for (const bench::NodeFigures& node : figures.nodes)
        nodes.push_back(&node);
    std::sort(nodes.begin(), nodes.end(), [](const bench::NodeFigures* a, const bench::NodeFigures* b) {
        return a->cold->median > b->cold->median;
    });
    Table table({">cold", ">warm", ">floor", ">GB/s", ">of copy", "node", "operator"});
    for (size_t i = 0; i < std::min<size_t>(nodes.size(), 20); ++i) {
        const bench::NodeFigures& node = *nodes[i];
        const double seconds = std::chrono::duration<double>(node.cold->median).count(),
                     speed = seconds > 0 ? double(node.bytes) / seconds : 0;
        const bench::Time floor(static_cast<int64_t>(double(node.bytes) / copy.bytesPerSecond * 1e9));
        table.add({shortTime(node.cold->median), shortTime(node.warm.median), shortTime(floor),
                   fmt::format("{:.0f}", speed / 1e9), fmt::format("{:.0f} %", 100 * speed / copy.bytesPerSecond),
                   node.fused.empty() ? node.name : fmt::format("{} (+{})", node.name, node.fused.size() - 1),
                   node.target});
    }
    fmt::print("{}\n", table.str());
}

int benchFile(BenchArguments arguments) {
    const auto loaded = loadAndWarn(arguments.load);
    if (!loaded)
        return fail(loaded.error());
    const Graph& graph = *loaded->trace->result;
    const auto prepared = service::prepare(*loaded, {&graph}, arguments.execute);
    if (!prepared)
        return fail(prepared.error());
    const auto copy = copyBandwidth(*prepared->backend);
    if (!copy)
        return fail(copy.error(), 1);
    bench::MeasureOptions options = arguments.measure();
    options.attributes = prepared->inputs.attributes;
    const auto figures = bench::measure(graph, prepared->inputs.values, *prepared->backend, options);
    if (!figures)
        return fail(figures.error(), 1);
    if (arguments.json) {
        fmt::print("{}", bench::jsonOf(*figures, *copy));
        return 0;
    }
    printNodes(*figures, *copy);
    printField("inputs", join(prepared->inputs.sources, ", "));
    printField("graph",
               fmt::format("{} cold, {} warm, {}", shortTime(figures->cold.median), shortTime(figures->warm.median),
                           figures->replayed ? "replayed as one CUDA graph" : "operators one by one"));
    printField("device",
               fmt::format("{}, copies {:.0f} GB/s (read and written)", copy->device, copy->bytesPerSecond / 1e9));
    for (const std::string& remark : figures->remarks)
        printField("remark", remark);
    return 0;
}

int runBench(const BenchArguments& arguments, bool givenSizes) {
    const bool file = !arguments.load.path.empty();
    if (file == !arguments.patterns.empty())
        return fail({"nothing to measure, or two things", "usage", "give a graph file, or --pattern with names"});
    if (file && (givenSizes || !arguments.outputs.empty()))
        return fail({"sizes and -o go with --pattern", "usage", "leave them out; --json prints the figures of a file"});
    return file ? benchFile(arguments) : benchPatterns(arguments);
}

} // namespace

void addBench(Command& app) {
    auto arguments = std::make_shared<BenchArguments>();
    Command command = app.add("bench", "time a graph, or index patterns before and after their rewrites");
    command.option("FILE", arguments->load.path, "a graph file");
    command.option("--graph", arguments->load.graph, "id or stage of the graph in the file (see: fxscope list FILE)");
    command.option("--pass", arguments->load.passes, "of a file: passes to apply before it is timed")
        .typeName("NAME...")
        .separatedByComma();
    command.option("--pattern", arguments->patterns, "index_add, index_put, gather: programs of the index rules")
        .typeName("NAME...")
        .separatedByComma();
    command.option("--patterns", arguments->sets, "pattern sets whose rewrites are timed")
        .typeName("SET...")
        .separatedByComma()
        .showDefault();
    command.option("--rows", arguments->rows, "rows of x").typeName("N...").separatedByComma().showDefault();
    command.option("--columns", arguments->columns, "elements of a row")
        .typeName("N...")
        .separatedByComma()
        .showDefault();
    command.option("--keep", arguments->keep, "rows that the index chooses: how many, or which part")
        .typeName("N|PART...")
        .separatedByComma()
        .showDefault();
    command.option("--dtype", arguments->dtypes, "of x and y").typeName("DTYPE...").separatedByComma().showDefault();
    command.option("-o,--output", arguments->outputs, "write the figures, by ending").typeName("F.csv|F.json");
    command.option("--repeat", arguments->repeats, "timed runs of each kind").range(1, 100'000).showDefault();
    command.flag("--no-fuse", arguments->noFuse, "do not fuse neighbouring nodes");
    command.flag("--no-replay", arguments->noReplay, "on cuda: do not replay each graph as one CUDA graph");
    addExecuteOptions(command, arguments->execute);
    addJson(command, arguments->json);
    command.onRun([arguments, command] {
        const bool sizes = command.given("--rows") || command.given("--columns") || command.given("--keep") ||
                           command.given("--dtype");
        if (arguments->load.path.empty())
            for (const char* option : {"--graph", "--pass", "--inputs", "--skip"})
                if (command.given(option))
                    return fail({std::string(option) + " goes with a graph file", "usage", "leave it out"});
        if (!arguments->load.path.empty() && command.given("--patterns")) {
            if (arguments->load.passes.empty() || arguments->sets.size() > 1)
                return fail({"of a file, --patterns names one set for --pass", "usage", "give both, or neither"});
            arguments->load.patterns = arguments->sets.front();
        }
        return runBench(*arguments, sizes);
    });
}

} // namespace fxscope::cli
