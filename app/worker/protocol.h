// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `fxscope worker` and its clients say to each other. No Qt, no JSON library in this header: both ends use the
/// structs below; the JSON they become is described beside them for clients in other languages.
///
/// Note [Frames]
/// Both directions carry frames and nothing else:
///     u32le header length | u64le payload length | header: one JSON object, UTF-8 | payload: raw bytes
/// A client speaks first. Its first request must be `hello`; every other one is refused until then. Requests have an
/// `id` of the client's choice; each gets exactly one answer with this id, progress events of the same id before it.
/// Requests are worked off in order; `hello` and `cancel` are answered at once, also while something runs. At the end
/// of its input the worker cancels what runs and ends with 0; after bytes that are no frame it answers an error of
/// code "protocol" with id -1 and ends with 2 (a frame's end cannot be found again after that).
///
/// Note [JSON conventions]
/// Absent means the default. Times are integer nanoseconds (keys end in Ns), sizes are bytes. Floats that JSON cannot
/// write are the strings "nan", "inf" and "-inf". A diagnostic is {"what", "where", "next", "severity": "error" |
/// "warning" | "note"}. Nodes go by name; `id` numbers are NodeId indices: the same in client and worker where both
/// read the same file and apply the same passes. A type is text as in readable graphs: "f32[4, 8]".
namespace fxscope::worker {

inline constexpr int kProtocol = 1;
inline constexpr uint64_t kMaxHeader = 64u << 20;    ///< longer headers are refused
inline constexpr uint64_t kMaxPayload = 64ull << 30; ///< so are longer payloads

struct Frame {
    std::string header, payload;
};
/// The bytes of a frame; error: longer than the limits above.
Result<std::string> encode(const Frame& frame);

/// Cuts a stream of bytes into frames, however they arrive.
class FrameReader {
public:
    void feed(std::string_view bytes) { m_buffer.append(bytes); }
    /// The next whole frame, or nothing yet. Error: lengths beyond the limits; the stream is lost then.
    Result<std::optional<Frame>> next();
    bool empty() const { return m_buffer.size() == m_start; } ///< no part of a frame is waiting

private:
    std::string m_buffer;
    size_t m_start = 0;
};

// --- requests: {"request": VERB, "id": N, ...}

/// hello    "protocol": 1, "client": text
/// load     "handle", then "path" of a file with "graph" (an id, absent: the first), or the graph in the JSON form as
///          payload (then "path", if given, only supplies weights and sample inputs, of the program that "graph"
///          names); "passes": names of passes and
///          pipelines, "patterns": set, "steps": keep only the first so many rewrites (absent: all)
/// run      "handle", "version": "before" | "after" (default), "device", "tf32": bool, "seed", "inputs": a tensor file,
///          or tensors as safetensors in the payload, named in0, in1 ... or by placeholder; "keep": names of nodes or
///          "keepAll": true; "values": true sends tensors back; "repeats": so many timed runs after a first, of which
///          the one of median time is described (1, the default: only the first); "fuse": neighbouring elementwise
///          nodes run as one, the values between them are not made (not with keep or keepAll); "replay": with repeats,
///          the graph is also recorded and run as one where the device can (a CUDA graph)
/// compare  "handle", "device", "tf32", "seed", "inputs" or payload as for run; "rtol" and "atol" (both or none);
///          "repeats", "fuse" and "replay" as for run, of the times alone;
///          "statistics": true adds those of every value
/// unload   "handle": frees it
/// cancel   "of": id of the request to stop; one that waits is dropped, one that is done is not touched
/// quit     no more; the worker answers and ends
enum class Verb { Hello, Load, Run, Compare, Unload, Cancel, Quit };
std::string_view name(Verb verb);

struct Request {
    Verb verb = Verb::Hello;
    int64_t id = 0;
    int protocol = kProtocol;
    std::string client;
    std::string handle;
    std::string path, graph;
    std::vector<std::string> passes;
    std::string patterns;
    std::optional<size_t> steps;
    bool after = true; ///< version
    std::string device = "cpu";
    bool tf32 = false; ///< see DeviceOptions
    uint64_t seed = 0;
    std::string inputs;
    std::vector<std::string> keep;
    bool keepAll = false, values = false, statistics = false;
    std::optional<Tolerance> tolerance;
    int repeats = 1;
    bool fuse = false, replay = false;
    int64_t of = -1;
    std::string payload; ///< graph as JSON (load) or tensors as safetensors (run, compare); empty: none
};
Frame toFrame(const Request& request);
/// Errors say which key is wrong. `id` is what could be read of the id, for the error's answer (-1: nothing).
Result<Request> parseRequest(const Frame& frame, int64_t& id);

// --- what the worker sends

/// "input": the file, graph, inputs or request cannot be used (exit code 2 of the command line); "failed": the run or a
/// pass failed (1); "cancelled"; "protocol": not understood.
struct Error {
    std::string code = "input";
    Diagnostic diagnostic;
    bool restart = false; ///< a device was lost to an error: this worker cannot use it any more, a new one can
};

/// {"id": N, "event": "progress", "stage": "before" | "after" | "run" | "load", "done": nodes, "all": nodes},
/// about 20 a second at most.
struct Progress {
    std::string stage;
    size_t done = 0, all = 0;
};

/// Answer of hello: {"id", "ok": true, "answer": "hello", "protocol": 1, "version": "0.1.0",
///   "devices": [{"name": "cpu", "available": true, "why": "", "description": [text]}]}
struct DeviceInfo {
    std::string name;
    bool available = true;
    std::string why;
    std::vector<std::string> description;
};
struct HelloAnswer {
    int protocol = kProtocol;
    std::string version;
    std::vector<DeviceInfo> devices;
};

/// Answer of load: {"id", "ok": true, "answer": "load", "handle", "graph": id, "nodes": before, "nodesAfter": after,
///   "rewrites": N, "passes": [{"pass", "patterns", "steps": N, "tookNs"}], "inputs": [{"name", "type", "weight":
///   bool}], "notes": [diagnostic]}
struct PassInfo {
    std::string pass, patterns;
    size_t steps = 0;
    std::chrono::nanoseconds took{};
};
struct InputInfo {
    std::string name, type;
    bool weight = false;
};
struct LoadAnswer {
    std::string handle, graph;
    size_t nodes = 0, nodesAfter = 0, rewrites = 0;
    std::vector<PassInfo> passes;
    std::vector<InputInfo> inputs;
    Diagnostics notes;
};

/// Answer of run: {"id", "ok": true, "answer": "run", "totalNs", "replayNs" (if replayed), "peakBytes",
///   "sources": [text], "remarks": [text], "copyDevice", "copyBytesPerSecond", "outputs": ["out0", ...],
///   "nodes": [{"name", "id", "tookNs", "bytes": that must move, "fused": [id], "type", "statistics": STATISTICS}]}
/// with a statistic where the value is a kept tensor. Of fused nodes the last stands for all. Payload (if "values" was
/// asked): safetensors with out0, out1 ... and the kept nodes by name (elements of list values: "name.0", "name.1").
/// STATISTICS: {"elements", "nans", "infinities", "min", "max", "mean", "stddev", "histogram": [32 integers]}
struct RunNode {
    std::string name;
    NodeId id;
    std::string type; ///< empty if not kept
    std::chrono::nanoseconds took{};
    std::optional<TensorStatistics> statistics;
    uint64_t bytes = 0;
    std::vector<uint32_t> fused; ///< ids
};
struct RunAnswer {
    std::chrono::nanoseconds total{}, replay{};
    int64_t peakBytes = 0;
    std::vector<std::string> sources, outputs, remarks;
    CopyBandwidth copy;
    std::vector<RunNode> nodes; ///< in execution order, placeholders first
};

/// Answer of compare: {"id", "ok": true, "answer": "compare", "comparison": COMPARISON}
/// COMPARISON: {"equal", "firstDiffering", "rewrites", "maxAbs", "maxRel", "beforeNs", "afterNs", "peakBefore",
///   "peakAfter", "sources": [text], "nodes": [NODE], "onlyBefore": [VALUE], "onlyAfter": [VALUE],
///   "beforeTimes": [TIME], "afterTimes": [TIME], "fused", "replayBeforeNs", "replayAfterNs",
///   "remarksBefore": [text], "remarksAfter": [text], "copyDevice", "copyBytesPerSecond"}
/// TIME: [id, ns, bytes that must move, [ids of the nodes that ran as one]], the last two if there are any
/// NODE: {"before", "after", "beforeId", "afterId", "output", "type", "difference": DIFFERENCE,
///   "beforeStatistics": STATISTICS, "afterStatistics": STATISTICS}; VALUE: {"name", "id", "type", "statistics"}
/// DIFFERENCE: {"equal", "bitEqual", "mismatch", "elements", "differing", "maxAbs", "maxRel", "firstBad", "firstBadA",
///   "firstBadB"}
/// The struct is core's Comparison.
std::string comparisonJson(const Comparison& comparison);
Result<Comparison> parseComparison(std::string_view json);

/// One frame from the worker, taken apart. `kind` says which member holds: Done is the answer of unload, cancel and
/// quit ({"id", "ok": true, "answer": "done"}); errors are {"id", "ok": false, "code", "error": diagnostic, "restart":
/// bool}.
struct Message {
    enum class Kind { Progress, Error, Done, Hello, Load, Run, Compare };
    Kind kind = Kind::Done;
    int64_t id = -1;
    Progress progress;
    Error error;
    HelloAnswer hello;
    LoadAnswer load;
    RunAnswer run;
    Comparison comparison;
    std::string payload; ///< tensors of a run: io::loadSafetensors
};
Frame toFrame(const Message& message);
Result<Message> parseMessage(const Frame& frame);

} // namespace fxscope::worker
