// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/comparison_json.h"
#include "app/worker/protocol.h"

namespace fxscope::worker {
namespace {

const std::string kAnswer = "worker answer";
using Kind = Message::Kind;

Json answer(const Message& message, const char* verb) { return {{"id", message.id}, {"ok", true}, {"answer", verb}}; }

Json progressJson(const Message& message) {
    const Progress& progress = message.progress;
    return {{"id", message.id},
            {"event", "progress"},
            {"stage", progress.stage},
            {"done", progress.done},
            {"all", progress.all}};
}

Json helloJson(const Message& message) {
    Json json = answer(message, "hello");
    json["protocol"] = message.hello.protocol;
    json["version"] = message.hello.version;
    json["devices"] = Json::array();
    for (const DeviceInfo& device : message.hello.devices)
        json["devices"].push_back({{"name", device.name},
                                   {"available", device.available},
                                   {"why", device.why},
                                   {"description", device.description}});
    return json;
}

Json loadJson(const Message& message) {
    const LoadAnswer& load = message.load;
    Json json = answer(message, "load");
    json.update(Json{{"handle", load.handle},
                     {"graph", load.graph},
                     {"nodes", load.nodes},
                     {"nodesAfter", load.nodesAfter},
                     {"rewrites", load.rewrites}});
    for (const char* key : {"passes", "inputs", "notes"})
        json[key] = Json::array();
    for (const PassInfo& pass : load.passes)
        json["passes"].push_back(
            {{"pass", pass.pass}, {"patterns", pass.patterns}, {"steps", pass.steps}, {"tookNs", pass.took.count()}});
    for (const InputInfo& input : load.inputs)
        json["inputs"].push_back({{"name", input.name}, {"type", input.type}, {"weight", input.weight}});
    for (const Diagnostic& note : load.notes)
        json["notes"].push_back(diagnosticJson(note));
    return json;
}

Json runNodeJson(const RunNode& node) {
    Json json{{"name", node.name}, {"id", node.id.index}, {"tookNs", node.took.count()}, {"type", node.type}};
    json["bytes"] = node.bytes;
    if (!node.fused.empty())
        json["fused"] = node.fused;
    if (node.statistics)
        json["statistics"] = statisticsJson(*node.statistics);
    return json;
}

Json runJson(const Message& message) {
    const RunAnswer& run = message.run;
    Json json = answer(message, "run");
    json.update(Json{{"totalNs", run.total.count()},
                     {"peakBytes", run.peakBytes},
                     {"sources", run.sources},
                     {"remarks", run.remarks},
                     {"copyDevice", run.copy.device},
                     {"copyBytesPerSecond", number(run.copy.bytesPerSecond)},
                     {"outputs", run.outputs}});
    if (run.replay.count() > 0)
        json["replayNs"] = run.replay.count();
    json["nodes"] = Json::array();
    for (const RunNode& node : run.nodes)
        json["nodes"].push_back(runNodeJson(node));
    return json;
}

Json headerOf(const Message& message) {
    switch (message.kind) {
    case Kind::Progress: return progressJson(message);
    case Kind::Error:
        return {{"id", message.id},
                {"ok", false},
                {"code", message.error.code},
                {"restart", message.error.restart},
                {"error", diagnosticJson(message.error.diagnostic)}};
    case Kind::Done: return answer(message, "done");
    case Kind::Hello: return helloJson(message);
    case Kind::Load: return loadJson(message);
    case Kind::Run: return runJson(message);
    case Kind::Compare: break;
    }
    Json json = answer(message, "compare");
    json["comparison"] = toJson(message.comparison);
    return json;
}

/// Every object of an array, read by `read(fields, item)`.
template <class T, class Read> Result<Done> readObjects(const Json& array, std::vector<T>& into, const Read& read) {
    for (const Json& object : array.is_array() ? array : Json::array()) {
        if (!object.is_object())
            return Diagnostic{"an item of a list is no object", kAnswer, {}};
        Fields fields(object);
        read(fields, into.emplace_back());
        FX_CHECK(fields.finish(kAnswer));
    }
    return Done{};
}

Result<Done> readHello(Fields& fields, HelloAnswer& hello) {
    fields.read("protocol", hello.protocol).read("version", hello.version);
    return readObjects(fields.at("devices"), hello.devices, [](Fields& from, DeviceInfo& device) {
        from.read("name", device.name)
            .read("available", device.available)
            .read("why", device.why)
            .read("description", device.description);
    });
}

Result<Done> readLoad(Fields& fields, LoadAnswer& load) {
    fields.read("handle", load.handle).read("graph", load.graph).read("nodes", load.nodes);
    fields.read("nodesAfter", load.nodesAfter).read("rewrites", load.rewrites).read("notes", load.notes);
    FX_CHECK(readObjects(fields.at("passes"), load.passes, [](Fields& from, PassInfo& pass) {
        from.read("pass", pass.pass)
            .read("patterns", pass.patterns)
            .read("steps", pass.steps)
            .read("tookNs", pass.took);
    }));
    return readObjects(fields.at("inputs"), load.inputs, [](Fields& from, InputInfo& input) {
        from.read("name", input.name).read("type", input.type).read("weight", input.weight);
    });
}

Result<Done> readRun(Fields& fields, RunAnswer& run) {
    fields.read("totalNs", run.total)
        .read("peakBytes", run.peakBytes)
        .read("sources", run.sources)
        .read("outputs", run.outputs)
        .read("remarks", run.remarks)
        .read("replayNs", run.replay)
        .read("copyDevice", run.copy.device)
        .read("copyBytesPerSecond", run.copy.bytesPerSecond);
    return readObjects(fields.at("nodes"), run.nodes, [](Fields& from, RunNode& node) {
        from.read("name", node.name).read("id", node.id.index).read("tookNs", node.took).read("type", node.type);
        from.read("bytes", node.bytes).read("fused", node.fused);
        if (from.has("statistics"))
            readStatistics(from.at("statistics"), node.statistics.emplace());
    });
}

Result<Done> readAnswer(Fields& fields, const std::string& verb, Message& message) {
    if (verb == "hello")
        return message.kind = Kind::Hello, readHello(fields, message.hello);
    if (verb == "load")
        return message.kind = Kind::Load, readLoad(fields, message.load);
    if (verb == "run")
        return message.kind = Kind::Run, readRun(fields, message.run);
    if (verb != "compare")
        return message.kind = Kind::Done, Done{};
    message.kind = Kind::Compare;
    FX_TRY(message.comparison, fromJson(fields.at("comparison")));
    return Done{};
}

} // namespace

Frame toFrame(const Message& message) { return {text(headerOf(message)), message.payload}; }

Result<Message> parseMessage(const Frame& frame) {
    FX_TRY(const Json json, parseObject(frame.header, kAnswer));
    Message message;
    message.payload = frame.payload;
    Fields fields(json);
    bool ok = false;
    std::string verb;
    fields.read("id", message.id).read("ok", ok).read("answer", verb);
    if (fields.has("event")) {
        message.kind = Kind::Progress;
        fields.read("stage", message.progress.stage)
            .read("done", message.progress.done)
            .read("all", message.progress.all);
    } else if (!ok) {
        message.kind = Kind::Error;
        fields.read("code", message.error.code)
            .read("restart", message.error.restart)
            .read("error", message.error.diagnostic);
    } else {
        FX_CHECK(readAnswer(fields, verb, message));
    }
    FX_CHECK(fields.finish(kAnswer));
    return message;
}

} // namespace fxscope::worker
