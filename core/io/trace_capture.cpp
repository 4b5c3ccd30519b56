// SPDX-License-Identifier: BSD-3-Clause
// From the records of a log, sorted into compiles, to the stages and runs of a capture.
#include "core/io/trace_capture.h"

#include "core/io/node_links.h"
#include "core/io/plain_text.h"
#include "core/io/stages.h"
#include "core/io/trace_timeline.h"
#include "core/support/md5.h"

namespace fxscope::io {
namespace {

std::string whereIs(const std::string& file, const TraceRecord& record) {
    if (record.line == 0)
        return file + "/" + std::string(record.file);
    return file + ", " + std::string(record.name) + " of line " + std::to_string(record.line);
}

/// Whether the hash is that of the text, or was before somebody changed line ends: \r\n for \n, the last one cut.
bool isOriginal(std::string_view text, std::string_view hash) {
    if (md5(text) == hash)
        return true;
    std::string storage, ended;
    const std::string_view plain = plainText(text.substr(0, text.size() - text.ends_with('\r')), storage);
    if (plain.size() != text.size() && md5(plain) == hash)
        return true;
    ended.append(plain).append("\n");
    return md5(ended) == hash;
}

/// What was logged, or a warning that the file says otherwise now.
std::string checkedPayload(const std::string& where, const TraceRecord& record, Diagnostics& notes) {
    std::string text = payloadText(record.payload);
    if (!record.hash.empty() && !isOriginal(text, record.hash))
        notes.push_back({"the payload is not what was logged: it was cut off, edited, or other lines came between",
                         where, "what is there is shown", Severity::Warning});
    return text;
}

class CaptureBuilder {
public:
    CaptureBuilder(const Source& source, const TraceIndex& index, Capture& capture)
        : m_source(source), m_index(index), m_capture(capture), m_stages(capture) {}

    void add(const TraceAttempt& attempt) {
        m_attempt = &attempt;
        m_aot.clear();
        int captured = -1, joint = -1, source = -1, autograd = -1;
        for (const size_t index : attempt.stages) {
            const TraceRecord& record = m_index.records[index];
            if (record.type == TraceType::Joint) {
                int& inference = m_aot.try_emplace("inference", captured).first->second;
                inference = addStage(record, std::string(record.name), inference);
            } else if (record.type != TraceType::Graph) {
                const int from = joint >= 0 ? joint : captured;
                m_aot[directionOf(record.type)] = addStage(record, std::string(record.name), from);
            } else if (record.name == "aot_joint_graph") {
                joint = addStage(record, std::string(record.name), captured);
            } else if (isCaptured(record.name)) {
                captured = addStage(record, std::string(record.name), captured);
                source = source < 0 && record.name != "dynamo_output_graph" ? captured : source;
            } else if (record.name.starts_with("compiled_autograd_graph")) {
                autograd = addStage(record, std::string(record.name), autograd);
            } else {
                addStage(record, std::string(record.name), -1);
            }
        }
        for (const TraceRun& run : attempt.runs)
            addRun(run, source);
    }

private:
    static bool isCaptured(std::string_view name) {
        return name == "dynamo_output_graph" || name.ends_with("pre_grad_graph");
    }
    static std::string directionOf(TraceType type) {
        return type == TraceType::Forward ? "forward" : type == TraceType::Backward ? "backward" : "inference";
    }

    int addStage(const TraceRecord& record, std::string name, int previous) {
        if (record.payload.empty())
            return previous; // announced, but not in the file
        return m_stages.add(
            {m_attempt->id, std::move(name), previous, record.payload.size(), m_attempt->restarted},
            [source = m_source, record] {
                const std::string where = whereIs(source.where, record);
                Diagnostics notes;
                const std::string text = checkedPayload(where, record, notes);
                auto read = readOneGraph({where, text, nullptr, {}});
                if (read.ok())
                    read->notes.insert(read->notes.begin(), notes.begin(), notes.end());
                else if (!notes.empty())
                    return Result<ReadGraph>(Diagnostic{read.error().what, read.error().where, notes[0].what});
                return read;
            });
    }

    void addRun(const TraceRun& run, int source) {
        const std::string prefix = run.direction.empty() ? "" : run.direction + "/";
        const auto from = m_aot.find(run.direction);
        int previous = from == m_aot.end() ? -1 : from->second;
        InductorRun result{m_attempt->id, run.direction, source, -1, nullptr};
        std::vector<TraceRecord> links;
        TraceRecord code;
        for (const size_t index : run.records) {
            const TraceRecord& record = m_index.records[index];
            switch (record.type) {
            case TraceType::Code: code = record; break;
            case TraceType::Links:
            case TraceType::KernelLinks: links.push_back(record); break;
            default:
                previous = addStage(record, prefix + std::string(record.name), previous);
                if (record.type == TraceType::RunGraph)
                    result.result = previous;
            }
        }
        if (links.empty() && code.payload.empty())
            return;
        result.links = std::make_shared<const Lazy<NodeLinks>>(
            [source = m_source, links, code] { return readLinks(source, links, code); });
        m_capture.runs.push_back(std::move(result));
    }

    static Result<NodeLinks> readLinks(const Source& source, const std::vector<TraceRecord>& records,
                                       const TraceRecord& code) {
        NodeLinks all;
        for (const TraceRecord& record : records) {
            FX_TRY(NodeLinks links, readNodeLinks(payloadText(record.payload), whereIs(source.where, record)));
            all.preToPost.merge(links.preToPost);
            all.postToPre.merge(links.postToPre);
            std::move(links.kernels.begin(), links.kernels.end(), std::back_inserter(all.kernels));
        }
        const std::string text = payloadText(code.payload);
        if (code.line == 0) // the payload has a file of its own
            fitToCode(all, text, source.where + "/" + std::string(code.file));
        else
            fitToCode(all, text, source.where, code.line + 1);
        addSources(all);
        return all;
    }

    const Source& m_source;
    const TraceIndex& m_index;
    Capture& m_capture;
    StageList m_stages;
    const TraceAttempt* m_attempt = nullptr;
    std::map<std::string, int> m_aot; ///< direction -> latest graph of AOTAutograd
};

} // namespace

void addTimeline(const Source& source, const TraceIndex& index, Capture& capture) {
    CaptureBuilder builder(source, index, capture);
    for (const TraceAttempt& attempt : traceTimeline(index))
        builder.add(attempt);
}

} // namespace fxscope::io
