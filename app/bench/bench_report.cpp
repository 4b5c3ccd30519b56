// SPDX-License-Identifier: BSD-3-Clause
#include "app/bench/bench_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <numeric>

namespace fxscope::bench {
namespace {

using Json = nlohmann::ordered_json;

uint64_t bytesOf(const Figures& figures) {
    return std::accumulate(figures.nodes.begin(), figures.nodes.end(), uint64_t(0),
                           [](uint64_t sum, const NodeFigures& node) { return sum + node.bytes; });
}

double microseconds(Time time) { return std::chrono::duration<double, std::micro>(time).count(); }

Json spreadJson(const Spread& spread) {
    return {{"medianNs", spread.median.count()}, {"lowNs", spread.low.count()}, {"highNs", spread.high.count()}};
}

Json nodeJson(const NodeFigures& node, const CopyBandwidth& copy) {
    Json json{{"name", node.name}, {"operator", node.target}, {"bytes", node.bytes}};
    if (copy.bytesPerSecond > 0)
        json["floorNs"] = static_cast<int64_t>(static_cast<double>(node.bytes) / copy.bytesPerSecond * 1e9);
    json["warm"] = spreadJson(node.warm);
    if (node.cold)
        json["cold"] = spreadJson(*node.cold);
    if (!node.fused.empty())
        json["fused"] = node.fused;
    return json;
}

Json figuresJson(const Figures& figures, const CopyBandwidth& copy) {
    Json nodes = Json::array();
    for (const NodeFigures& node : figures.nodes)
        nodes.push_back(nodeJson(node, copy));
    return {{"replayed", figures.replayed},
            {"warm", spreadJson(figures.warm)},
            {"cold", spreadJson(figures.cold)},
            {"remarks", figures.remarks},
            {"nodes", std::move(nodes)}};
}

Json lineJson(const BenchLine& line, const CopyBandwidth& copy) {
    Json json{{"bytes", line.bytes},
              {"floorNs", line.floorSeconds * 1e9},
              {"timesFloor", line.timesFloor()},
              {"gbPerSecond", line.bytesPerSecond() / 1e9},
              {"shareOfCopy", line.bytesPerSecond() / copy.bytesPerSecond}};
    json.update(figuresJson(*line.figures, copy));
    return json;
}

Json pointJson(const PatternFigures& point, const CopyBandwidth& copy) {
    Json json{{"pattern", point.program->name},   {"rows", point.shape.rows},
              {"columns", point.shape.columns},   {"kept", point.shape.kept},
              {"dtype", name(point.shape.dtype)}, {"notRewritten", point.notRewritten}};
    for (const BenchLine& line : linesOf(point, copy)) {
        Json& forms = json["forms"];
        if (forms.empty() || forms.back()["form"] != line.form->form) {
            forms.push_back({{"form", line.form->form}, {"rewrites", line.form->rewrites}});
            forms.back()["equal"] = line.form->equal ? Json(*line.form->equal) : Json();
        }
        forms.back()[line.program ? "program" : "rows"] = lineJson(line, copy);
    }
    return json;
}

std::string csvLine(const BenchLine& line, const CopyBandwidth& copy) {
    const Spread &cold = line.figures->cold, &warm = line.figures->warm;
    const PatternShape& shape = line.point->shape;
    return fmt::format("{},{},{},{},{},{},{},{},{},{},{:.3f},{:.3f},{:.3f},{:.3f},{:.3f},{:.3f},{:.0f},{:.3f},{:.3f},"
                       "{:.1f},{:.3f}\n",
                       line.point->program->name, shape.rows, shape.columns, shape.kept, name(shape.dtype),
                       line.form->form, line.program ? "program" : "rows", line.form->rewrites,
                       line.form->equal ? (*line.form->equal ? "true" : "false") : "", line.figures->replayed,
                       microseconds(cold.median), microseconds(cold.low), microseconds(cold.high),
                       microseconds(warm.median), microseconds(warm.low), microseconds(warm.high), line.bytes,
                       line.floorSeconds * 1e6, line.timesFloor(), line.bytesPerSecond() / 1e9,
                       line.bytesPerSecond() / copy.bytesPerSecond);
}

} // namespace

std::vector<BenchLine> linesOf(const PatternFigures& point, const CopyBandwidth& copy) {
    const FormFigures& before = point.forms.front();
    std::vector<BenchLine> lines;
    const auto add = [&](const FormFigures& form, bool program, const Figures& figures, const Figures& least) {
        const auto bytes = static_cast<double>(bytesOf(least));
        lines.push_back({&point, &form, program, &figures, bytes, bytes / copy.bytesPerSecond});
    };
    for (const FormFigures& form : point.forms) {
        if (form.rows && before.rows)
            add(form, false, *form.rows, *before.rows);
        add(form, true, form.program, before.program);
    }
    return lines;
}

std::string csvOf(const std::vector<PatternFigures>& points, const CopyBandwidth& copy) {
    std::string text = "pattern,rows,columns,kept,dtype,form,part,rewrites,equal,replayed,cold_us,cold_low_us,"
                       "cold_high_us,warm_us,warm_low_us,warm_high_us,bytes,floor_us,times_floor,gb_per_s,"
                       "share_of_copy\n";
    for (const PatternFigures& point : points)
        for (const BenchLine& line : linesOf(point, copy))
            text += csvLine(line, copy);
    return text;
}

std::string jsonOf(const std::vector<PatternFigures>& points, const CopyBandwidth& copy) {
    Json json{{"device", copy.device}, {"copyGBs", copy.bytesPerSecond / 1e9}, {"points", Json::array()}};
    for (const PatternFigures& point : points)
        json["points"].push_back(pointJson(point, copy));
    return json.dump(2) + "\n";
}

std::string jsonOf(const Figures& figures, const CopyBandwidth& copy) {
    return figuresJson(figures, copy).dump(2) + "\n";
}

} // namespace fxscope::bench
