// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/comparison_json.h"

#include "app/worker/protocol.h"

namespace fxscope::worker {
namespace {

const std::string kWhere = "comparison";

Json differenceJson(const TensorDifference& difference) {
    return {{"equal", difference.equal},
            {"bitEqual", difference.bitEqual},
            {"mismatch", difference.mismatch},
            {"elements", difference.elements},
            {"differing", difference.differing},
            {"maxAbs", number(difference.maxAbs)},
            {"maxRel", number(difference.maxRel)},
            {"firstBad", difference.firstBad},
            {"firstBadA", number(difference.firstBadA)},
            {"firstBadB", number(difference.firstBadB)}};
}

Json nodeJson(const NodeComparison& node) {
    Json json{{"before", node.before},
              {"after", node.after},
              {"beforeId", node.beforeId.index},
              {"afterId", node.afterId.index},
              {"output", node.output},
              {"type", node.type},
              {"difference", differenceJson(node.difference)}};
    if (node.beforeStatistics)
        json["beforeStatistics"] = statisticsJson(*node.beforeStatistics);
    if (node.afterStatistics)
        json["afterStatistics"] = statisticsJson(*node.afterStatistics);
    return json;
}

Json loneJson(const LoneValue& value) {
    Json json{{"name", value.name}, {"id", value.id.index}, {"type", value.type}};
    if (value.statistics)
        json["statistics"] = statisticsJson(*value.statistics);
    return json;
}

template <class T, class ToJson> Json arrayJson(const std::vector<T>& items, const ToJson& toJson) {
    Json json = Json::array();
    for (const T& item : items)
        json.push_back(toJson(item));
    return json;
}

Json timeJson(const NodeTime& time) {
    Json json = Json::array({time.node.index, time.took.count()});
    if (time.bytes > 0 || !time.fused.empty())
        json.push_back(time.bytes);
    if (!time.fused.empty())
        json.push_back(arrayJson(time.fused, [](NodeId id) { return Json(id.index); }));
    return json;
}

bool readDifference(const Json& json, TensorDifference& into) {
    Fields fields(json);
    fields.read("equal", into.equal).read("bitEqual", into.bitEqual).read("mismatch", into.mismatch);
    fields.read("elements", into.elements).read("differing", into.differing).read("maxAbs", into.maxAbs);
    fields.read("maxRel", into.maxRel).read("firstBad", into.firstBad);
    fields.read("firstBadA", into.firstBadA).read("firstBadB", into.firstBadB);
    return json.is_object() && fields.finish(kWhere).ok();
}

bool readOptional(const Fields& fields, const char* key, std::optional<TensorStatistics>& into) {
    return !fields.has(key) || readStatistics(fields.at(key), into.emplace());
}

bool readNode(const Json& json, NodeComparison& into) {
    Fields fields(json);
    fields.read("before", into.before).read("after", into.after).read("output", into.output).read("type", into.type);
    fields.read("beforeId", into.beforeId.index).read("afterId", into.afterId.index);
    return json.is_object() && fields.finish(kWhere).ok() && readDifference(fields.at("difference"), into.difference) &&
           readOptional(fields, "beforeStatistics", into.beforeStatistics) &&
           readOptional(fields, "afterStatistics", into.afterStatistics);
}

bool readLone(const Json& json, LoneValue& into) {
    Fields fields(json);
    fields.read("name", into.name).read("id", into.id.index).read("type", into.type);
    return json.is_object() && fields.finish(kWhere).ok() && readOptional(fields, "statistics", into.statistics);
}

bool readTime(const Json& json, NodeTime& into) {
    std::vector<uint32_t> fused;
    const bool read = json.is_array() && json.size() >= 2 && json.size() <= 4 &&
                      Fields::convert(json[0], into.node.index) && Fields::convert(json[1], into.took) &&
                      (json.size() < 3 || Fields::convert(json[2], into.bytes)) &&
                      (json.size() < 4 || Fields::convert(json[3], fused));
    for (const uint32_t id : fused)
        into.fused.push_back(NodeId{id});
    return read;
}

template <class T, class Read> bool readArray(const Json& json, std::vector<T>& into, const Read& read) {
    if (json.is_null())
        return true;
    if (!json.is_array())
        return false;
    for (const Json& item : json)
        if (!read(item, into.emplace_back()))
            return false;
    return true;
}

} // namespace

Json statisticsJson(const TensorStatistics& statistics) {
    return {{"elements", statistics.elements},     {"nans", statistics.nans},
            {"infinities", statistics.infinities}, {"min", number(statistics.min)},
            {"max", number(statistics.max)},       {"mean", number(statistics.mean)},
            {"stddev", number(statistics.stddev)}, {"histogram", statistics.histogram}};
}

bool readStatistics(const Json& json, TensorStatistics& into) {
    Fields fields(json);
    fields.read("elements", into.elements).read("nans", into.nans).read("infinities", into.infinities);
    fields.read("min", into.min).read("max", into.max).read("mean", into.mean).read("stddev", into.stddev);
    fields.read("histogram", into.histogram);
    return json.is_object() && fields.finish(kWhere).ok();
}

Json toJson(const Comparison& comparison) {
    return {{"equal", comparison.equal},
            {"firstDiffering", comparison.firstDiffering},
            {"rewrites", comparison.rewrites},
            {"maxAbs", number(comparison.maxAbs)},
            {"maxRel", number(comparison.maxRel)},
            {"beforeNs", comparison.before.count()},
            {"afterNs", comparison.after.count()},
            {"peakBefore", comparison.peakBefore},
            {"peakAfter", comparison.peakAfter},
            {"fused", comparison.fused},
            {"replayBeforeNs", comparison.replayBefore.count()},
            {"replayAfterNs", comparison.replayAfter.count()},
            {"remarksBefore", comparison.remarksBefore},
            {"remarksAfter", comparison.remarksAfter},
            {"copyDevice", comparison.copy.device},
            {"copyBytesPerSecond", number(comparison.copy.bytesPerSecond)},
            {"sources", comparison.sources},
            {"nodes", arrayJson(comparison.nodes, nodeJson)},
            {"onlyBefore", arrayJson(comparison.onlyBefore, loneJson)},
            {"onlyAfter", arrayJson(comparison.onlyAfter, loneJson)},
            {"beforeTimes", arrayJson(comparison.beforeTimes, timeJson)},
            {"afterTimes", arrayJson(comparison.afterTimes, timeJson)}};
}

Result<Comparison> fromJson(const Json& json) {
    if (!json.is_object())
        return Diagnostic{"not a JSON object", kWhere, {}};
    Comparison result;
    Fields fields(json);
    fields.read("equal", result.equal).read("firstDiffering", result.firstDiffering).read("rewrites", result.rewrites);
    fields.read("maxAbs", result.maxAbs).read("maxRel", result.maxRel).read("sources", result.sources);
    fields.read("beforeNs", result.before).read("afterNs", result.after);
    fields.read("peakBefore", result.peakBefore).read("peakAfter", result.peakAfter);
    fields.read("fused", result.fused).read("replayBeforeNs", result.replayBefore);
    fields.read("replayAfterNs", result.replayAfter).read("remarksBefore", result.remarksBefore);
    fields.read("remarksAfter", result.remarksAfter).read("copyDevice", result.copy.device);
    fields.read("copyBytesPerSecond", result.copy.bytesPerSecond);
    FX_CHECK(fields.finish(kWhere));
    const bool read = readArray(fields.at("nodes"), result.nodes, readNode) &&
                      readArray(fields.at("onlyBefore"), result.onlyBefore, readLone) &&
                      readArray(fields.at("onlyAfter"), result.onlyAfter, readLone) &&
                      readArray(fields.at("beforeTimes"), result.beforeTimes, readTime) &&
                      readArray(fields.at("afterTimes"), result.afterTimes, readTime);
    if (!read)
        return Diagnostic{"a value or a time has members of the wrong type", kWhere,
                          "app/worker/protocol.h lists them"};
    return result;
}

std::string comparisonJson(const Comparison& comparison) { return text(toJson(comparison)); }

Result<Comparison> parseComparison(std::string_view json) {
    FX_TRY(const Json object, parseObject(json, kWhere));
    return fromJson(object);
}

} // namespace fxscope::worker
