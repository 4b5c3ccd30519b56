// SPDX-License-Identifier: BSD-3-Clause
// The structured log of TORCH_TRACE: records of one line, payloads below them behind TABs. See formats.md, 5.1 to 5.4.
#include "core/io/trace_index.h"

#include "core/io/limits.h"
#include "core/io/log_line.h"
#include "core/io/plain_text.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <cstring>
#include <optional>
#include <unordered_map>

namespace fxscope::io {
namespace {

/// Walks the keys of a JSON object's outermost level. Only as much is understood as finding them needs.
class Envelope {
public:
    explicit Envelope(std::string_view json) : m_json(json) {}

    /// Moves to the next key; `value` is its text. False at the end, or where this is no JSON.
    bool next(std::string_view& key, std::string_view& value) {
        skip(" {,\t");
        if (at() != '"' || !takeString(key))
            return false;
        skip(" :");
        const size_t from = m_at;
        if (!skipValue())
            return false;
        value = m_json.substr(from, m_at - from);
        return true;
    }

private:
    char at() const { return m_at < m_json.size() ? m_json[m_at] : '\0'; }
    void skip(std::string_view what) {
        while (m_at < m_json.size() && what.find(m_json[m_at]) != std::string_view::npos)
            ++m_at;
    }
    bool takeString(std::string_view& text) {
        const size_t from = ++m_at;
        for (; m_at < m_json.size(); ++m_at) {
            if (m_json[m_at] == '\\')
                ++m_at;
            else if (m_json[m_at] == '"') {
                text = m_json.substr(from, m_at++ - from);
                return true;
            }
        }
        return false;
    }
    bool skipValue() {
        int depth = 0;
        std::string_view ignored;
        for (; m_at < m_json.size(); ++m_at) {
            const char c = m_json[m_at];
            if (c == '"') {
                if (!takeString(ignored))
                    return false;
                --m_at;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                if (depth == 0)
                    return true;
                --depth;
            } else if (c == ',' && depth == 0) {
                return true;
            }
        }
        return false;
    }

    std::string_view m_json;
    size_t m_at = 0;
};

std::string_view unquoted(std::string_view value) {
    value = trim(value);
    return value.size() >= 2 && value.front() == '"' && value.back() == '"' ? value.substr(1, value.size() - 2)
                                                                            : std::string_view{};
}

/// "name" of {"name": "before_pre_grad_graph", "encoding": "string"}.
std::string_view nameIn(std::string_view object) {
    Envelope fields(object);
    for (std::string_view key, value; fields.next(key, value);)
        if (key == "name")
            return unquoted(value);
    return {};
}

void readField(std::string_view key, std::string_view value, TraceRecord& record) {
    if (key == "rank")
        record.rank = trim(value);
    else if (key == "compiled_autograd_id")
        record.compiledAutograd = parseInt(trim(value)).value_or(-1);
    else if (key == "frame_id")
        record.frame = parseInt(trim(value)).value_or(-1);
    else if (key == "frame_compile_id")
        record.compile = parseInt(trim(value)).value_or(-1);
    else if (key == "attempt")
        record.attempt = parseInt(trim(value)).value_or(0);
    else if (key == "has_payload")
        record.hash = unquoted(value);
}

/// {"TYPE": {...}, "frame_id": 0, ...}: the first key is the type.
std::optional<TraceRecord> readRecord(const LogLine& line) {
    std::string_view type = line.message.substr(2, line.message.find('"', 2) - 2);
    if (!traceTypeOf(type) && type != "artifact")
        return std::nullopt;
    TraceRecord record;
    record.rank = line.rank;
    record.process = line.process;
    Envelope fields(line.message);
    bool first = true;
    for (std::string_view key, value; fields.next(key, value); first = false) {
        if (!first)
            readField(key, value, record);
        else if (key == "artifact")
            type = nameIn(value);
        else if (key == "graph_dump")
            record.name = nameIn(value);
    }
    const auto known = traceTypeOf(type);
    if (!known)
        return std::nullopt;
    record.type = *known;
    if (record.name.empty())
        record.name = type;
    return record;
}

class Indexer {
public:
    explicit Indexer(const Source& source) : m_source(source), m_text(source.content) {
        if (m_text.starts_with("\xEF\xBB\xBF"))
            m_text.remove_prefix(3);
    }

    Result<TraceIndex> index() {
        for (size_t at = 0, lines = 0; at < m_text.size(); ++lines) {
            if (lines % 65'536 == 0 && m_source.cancel.requested())
                return cancelled(m_source);
            const char* end = static_cast<const char*>(std::memchr(m_text.data() + at, '\n', m_text.size() - at));
            const size_t stop = end ? static_cast<size_t>(end - m_text.data()) : m_text.size();
            ++m_line;
            const std::string_view line = m_text.substr(at, stop - at);
            if (isPayload(line))
                takePayload(at, stop);
            else
                takeLine(line);
            at = stop + 1;
        }
        finishRecord();
        return std::move(m_index);
    }

private:
    enum class Owner : uint8_t { None, Skipped, Kept };

    /// Behind a TAB; what joins the output of several processes puts their rank before it.
    static bool isPayload(std::string_view line) {
        std::string_view rank;
        return line.starts_with('\t') || (line.starts_with('[') && withoutRank(line, rank).starts_with('\t'));
    }

    void takePayload(size_t from, size_t to) {
        if (m_owner == Owner::None) {
            ++m_index.strayPayloads;
            return;
        }
        m_hasPayload = true;
        if (m_owner != Owner::Kept)
            return;
        std::string_view& payload = m_index.records.back().payload;
        const char* start = payload.empty() ? m_text.data() + from : payload.data();
        payload = {start, static_cast<size_t>(m_text.data() + to - start)};
    }

    void takeLine(std::string_view line) {
        if (line.empty() || line == "\r") {
            if (!m_announced) // else an editor may have cut the TAB of a blank line within the payload
                finishRecord();
            return;
        }
        finishRecord();
        const auto parsed = parseLogLine(line);
        if (!parsed || !parsed->message.starts_with("{\"") || line.size() > limits().line) {
            ++m_index.unreadable;
            m_owner = Owner::Skipped; // its payload goes with it
            return;
        }
        ++m_index.count;
        m_owner = Owner::Skipped;
        m_hasPayload = false;
        m_announced = parsed->message.find("\"has_payload\"") != std::string_view::npos;
        if (auto record = readRecord(*parsed)) {
            record->line = m_line;
            m_index.records.push_back(*record);
            m_owner = Owner::Kept;
        }
    }

    void finishRecord() {
        if (m_owner == Owner::Kept && !m_hasPayload && !m_index.records.back().hash.empty())
            ++m_index.missingPayloads;
        m_owner = Owner::None;
        m_announced = false;
    }

    const Source& m_source;
    std::string_view m_text;
    TraceIndex m_index;
    int m_line = 0;
    Owner m_owner = Owner::None;
    bool m_hasPayload = false, m_announced = false;
};

} // namespace

// Both names of what versions of PyTorch call differently stand here.
std::optional<TraceType> traceTypeOf(std::string_view name) {
    static const std::unordered_map<std::string_view, TraceType> kTypes{
        {"dynamo_start", TraceType::Start},
        {"dynamo_output_graph", TraceType::Graph},
        {"before_pre_grad_graph", TraceType::Graph},
        {"after_pre_grad_graph", TraceType::Graph},
        {"inductor_pre_grad_graph", TraceType::Graph},
        {"aot_joint_graph", TraceType::Graph},
        {"compiled_autograd_graph_pre_reordering", TraceType::Graph},
        {"compiled_autograd_graph", TraceType::Graph},
        {"optimize_ddp_split_graph", TraceType::Graph},
        {"optimize_ddp_split_child", TraceType::Graph},
        {"exported_program", TraceType::Graph},
        {"make_fx_fail_partial", TraceType::Graph},
        {"min_cut_failed_fx_graph", TraceType::Graph},
        {"graph_dump", TraceType::Graph},
        {"aot_forward_graph", TraceType::Forward},
        {"aot_backward_graph", TraceType::Backward},
        {"aot_inference_graph", TraceType::Inference},
        {"before_joint_graph", TraceType::Joint},
        {"after_joint_graph", TraceType::Joint},
        {"aot_forward_graph_fw_metadata", TraceType::Metadata},
        {"fx_graph_runnable", TraceType::Runnable},
        {"before_post_grad_graph", TraceType::RunGraph},
        {"overlap_scheduling_graph_before", TraceType::RunGraph},
        {"overlap_scheduling_graph_after", TraceType::RunGraph},
        {"after_post_grad_graph", TraceType::RunGraph},
        {"inductor_post_grad_graph", TraceType::RunGraph},
        {"inductor_output_code", TraceType::Code},
        {"inductor_provenance_tracking_node_mappings", TraceType::Links},
        {"inductor_post_to_pre_grad_nodes", TraceType::Links},
        {"inductor_triton_kernel_to_post_grad_nodes", TraceType::KernelLinks},
        {"inductor_generated_kernel_to_post_grad_nodes", TraceType::KernelLinks},
    };
    const auto found = kTypes.find(name);
    return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

Result<TraceIndex> indexTrace(const Source& source) { return Indexer(source).index(); }

std::string payloadText(std::string_view payload) {
    std::string text;
    text.reserve(payload.size());
    while (!payload.empty()) {
        if (payload.front() == '[') {
            std::string_view rank;
            if (const std::string_view rest = withoutRank(payload, rank); rest.starts_with('\t'))
                payload = rest;
        }
        payload.remove_prefix(payload.front() == '\t' ? 1 : 0);
        const size_t end = std::min(payload.find('\n'), payload.size());
        text += payload.substr(0, end);
        if (end == payload.size())
            break;
        text += '\n';
        payload.remove_prefix(end + 1);
    }
    return text;
}

bool looksLikeTrace(std::string_view text) {
    constexpr size_t kLooked = size_t{256} << 10; // what a program prints before its first record is shorter
    std::string storage;
    Lines lines(plainText(text.substr(0, kLooked), storage));
    for (std::string_view line; lines.next(line);)
        if (const auto parsed = parseLogLine(line); parsed && parsed->message.starts_with("{\""))
            return true;
    return false;
}

std::optional<std::string> cleanedTrace(std::string_view text) {
    const std::string_view head = text.substr(0, size_t{256} << 10);
    const size_t lone = head.find('\r');
    const bool loneEnds = lone != std::string_view::npos && lone + 1 < head.size() && head[lone + 1] != '\n';
    std::string_view line;
    bool coloured = false;
    for (Lines lines(head); !coloured && lines.next(line) && !parseLogLine(line);)
        coloured = line.find('\x1b') != std::string_view::npos;
    if (!coloured && !loneEnds)
        return std::nullopt;
    std::string cleaned;
    plainText(text, cleaned); // copies: there is something to clean
    return cleaned;
}

} // namespace fxscope::io
