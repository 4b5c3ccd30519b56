// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/json_fields.h"
#include "app/worker/protocol.h"

#include <algorithm>
#include <array>

namespace fxscope::worker {
namespace {

constexpr std::array<std::string_view, 7> kVerbs{"hello", "load", "run", "compare", "unload", "cancel", "quit"};
const std::string kRequest = "worker request";

Json base(const Request& request) { return {{"request", name(request.verb)}, {"id", request.id}}; }

void addLoad(Json& json, const Request& request) {
    if (!request.path.empty())
        json["path"] = request.path;
    if (!request.graph.empty())
        json["graph"] = request.graph;
    json["passes"] = request.passes;
    json["patterns"] = request.patterns;
    if (request.steps)
        json["steps"] = *request.steps;
}

void addExecution(Json& json, const Request& request) {
    json["device"] = request.device;
    json["tf32"] = request.tf32;
    json["seed"] = request.seed;
    json["statistics"] = request.statistics;
    json["repeats"] = request.repeats;
    json["fuse"] = request.fuse;
    json["replay"] = request.replay;
    if (!request.inputs.empty())
        json["inputs"] = request.inputs;
}

void addRun(Json& json, const Request& request) {
    json["version"] = request.after ? "after" : "before";
    json["keep"] = request.keep;
    json["keepAll"] = request.keepAll;
    json["values"] = request.values;
}

void addCompare(Json& json, const Request& request) {
    if (!request.tolerance)
        return;
    json["rtol"] = number(request.tolerance->rtol);
    json["atol"] = number(request.tolerance->atol);
}

Diagnostic wrong(std::string what) { return {std::move(what), kRequest, "app/worker/protocol.h lists the requests"}; }

Result<Done> readMembers(Fields& fields, Request& request) {
    std::string version = "after";
    fields.read("protocol", request.protocol).read("client", request.client).read("handle", request.handle);
    fields.read("path", request.path).read("graph", request.graph).read("passes", request.passes);
    fields.read("patterns", request.patterns).read("version", version).read("device", request.device);
    fields.read("tf32", request.tf32);
    fields.read("seed", request.seed).read("inputs", request.inputs).read("keep", request.keep);
    fields.read("keepAll", request.keepAll).read("values", request.values).read("statistics", request.statistics);
    fields.read("repeats", request.repeats).read("of", request.of);
    fields.read("fuse", request.fuse).read("replay", request.replay);
    if (fields.has("steps"))
        fields.read("steps", request.steps.emplace());
    if (fields.has("rtol") || fields.has("atol")) {
        request.tolerance.emplace();
        fields.read("rtol", request.tolerance->rtol).read("atol", request.tolerance->atol);
    }
    if (version != "before" && version != "after")
        return wrong("version is '" + version + "', wanted is before or after");
    request.after = version == "after";
    return fields.finish(kRequest);
}

Result<Done> checkComplete(const Request& request) {
    const bool needsHandle = request.verb == Verb::Load || request.verb == Verb::Run || request.verb == Verb::Compare ||
                             request.verb == Verb::Unload;
    if (needsHandle && request.handle.empty())
        return wrong("'handle' is missing");
    if (request.verb == Verb::Load && request.path.empty() && request.payload.empty())
        return wrong("'path' is missing, and there is no graph in the payload");
    const bool executes = request.verb == Verb::Run || request.verb == Verb::Compare;
    if (executes && (request.repeats < 1 || request.repeats > 10'000))
        return wrong("'repeats' must be 1 to 10000");
    if (request.verb == Verb::Run && request.fuse && (request.keepAll || !request.keep.empty()))
        return wrong("'fuse' makes no values between fused nodes, which 'keep' and 'keepAll' ask for");
    return Done{};
}

} // namespace

std::string_view name(Verb verb) { return kVerbs[static_cast<size_t>(verb)]; }

Frame toFrame(const Request& request) {
    Json json = base(request);
    if (request.verb == Verb::Hello) {
        json["protocol"] = request.protocol;
        json["client"] = request.client;
    }
    if (!request.handle.empty())
        json["handle"] = request.handle;
    if (request.verb == Verb::Load)
        addLoad(json, request);
    if (request.verb == Verb::Run || request.verb == Verb::Compare)
        addExecution(json, request);
    if (request.verb == Verb::Run)
        addRun(json, request);
    if (request.verb == Verb::Compare)
        addCompare(json, request);
    if (request.verb == Verb::Cancel)
        json["of"] = request.of;
    return {text(json), request.payload};
}

Result<Request> parseRequest(const Frame& frame, int64_t& id) {
    id = -1;
    FX_TRY(const Json json, parseObject(frame.header, kRequest));
    Fields fields(json);
    std::string verb;
    if (!fields.has("request") || !fields.has("id"))
        return wrong("'request' or 'id' is missing");
    fields.read("id", id).read("request", verb);
    FX_CHECK(fields.finish(kRequest));
    const auto found = std::find(kVerbs.begin(), kVerbs.end(), verb);
    if (found == kVerbs.end())
        return wrong("the request '" + verb + "' is unknown");
    Request request{.verb = static_cast<Verb>(found - kVerbs.begin()), .id = id, .payload = frame.payload};
    FX_CHECK(readMembers(fields, request));
    FX_CHECK(checkComplete(request));
    return request;
}

} // namespace fxscope::worker
