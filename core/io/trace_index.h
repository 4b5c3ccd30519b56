// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope::io {

/// What a record of a structured log (TORCH_TRACE) is to us; types that no timeline needs are not kept.
enum class TraceType : uint8_t {
    Start,      ///< dynamo_start: a compile begins
    Graph,      ///< a graph of the compile as a whole, or one beside its stages (graph_dump ...)
    Forward,    ///< aot_forward_graph
    Backward,   ///< aot_backward_graph
    Inference,  ///< aot_inference_graph
    Joint,      ///< that graph before and after the passes that joint graphs go through as well
    Metadata,   ///< aot_forward_graph_fw_metadata: begins a compile where records have no ids
    Runnable,   ///< fx_graph_runnable: begins a run of Inductor
    RunGraph,   ///< a graph of that run
    Code,       ///< inductor_output_code
    Links,      ///< which nodes and kernels became of which
    KernelLinks ///< the same of older versions: kernel -> nodes
};

/// One record that matters, by where it stands: nothing of its payload is copied or read.
struct TraceRecord {
    TraceType type = TraceType::Graph;
    std::string_view name; ///< the type, of an artifact its name: "before_pre_grad_graph"
    std::string_view rank; ///< empty: not said
    std::string_view process;
    int64_t compiledAutograd = -1, frame = -1, compile = -1, attempt = 0; ///< -1: not said
    std::string_view hash;    ///< MD5 of the payload in hex; empty: no payload was announced
    std::string_view payload; ///< its lines with their leading TABs, without the last line end
    int line = 0;             ///< of the record; 0: the payload is the content of `file`
    std::string_view file;    ///< below the folder
};

struct TraceIndex {
    std::vector<TraceRecord> records; ///< in file order; views into the log
    size_t count = 0;                 ///< records of all types
    size_t unreadable = 0;            ///< lines that are neither record, payload nor blank
    size_t strayPayloads = 0;         ///< lines of payload below no record
    size_t missingPayloads = 0;       ///< records that announce a payload and have none
};

/// The type by its name, or that of an artifact; nothing: a timeline does not need it.
std::optional<TraceType> traceTypeOf(std::string_view name);

/// One pass over the log: where its records stand. Error: cancelled.
Result<TraceIndex> indexTrace(const Source& source);

/// The bytes that were logged: leading TABs removed, lines joined by \n.
std::string payloadText(std::string_view payload);

/// Whether a record of such a log stands within the first 256 KiB.
bool looksLikeTrace(std::string_view text);

/// A copy without terminal colours and with \n at the end of lines, for logs that went through a terminal or came from
/// where lines end in \r alone; nothing: the text can be indexed as it is (lines may end in \r\n).
std::optional<std::string> cleanedTrace(std::string_view text);

} // namespace fxscope::io
