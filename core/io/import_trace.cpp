// SPDX-License-Identifier: BSD-3-Clause
// TORCH_TRACE logs as one timeline. Opening finds where graphs stand; each is read when it is asked for.
#include "core/io/formats.h"
#include "core/io/limits.h"
#include "core/io/stages.h"
#include "core/io/trace_capture.h"
#include "core/support/text.h"

namespace fxscope::io::trace {
namespace {

void warn(Capture& capture, const Source& source, size_t count, const char* one, const char* many, const char* next) {
    if (count > 0)
        capture.notes.push_back(
            {counted(static_cast<int64_t>(count), one, many), source.where, next, Severity::Warning});
}

} // namespace

bool recognise(const Source& source) { return looksLikeTrace(source.content); }

namespace {

Result<Source> cleaned(const Source& source) {
    auto text = cleanedTrace(source.content);
    if (!text)
        return kept(source);
    if (source.content.size() > limits().inflated)
        return Diagnostic{"a log of more than " + std::to_string(limits().inflated) +
                              " bytes with terminal colours or with lines that end in \\r alone",
                          source.where, "take the colours out, or raise the limit 'inflated'"};
    auto owner = std::make_shared<const std::string>(std::move(*text));
    return Source{source.where, *owner, owner, source.cancel};
}

} // namespace

Result<Capture> open(const Source& given) {
    FX_TRY(const Source source, cleaned(given));
    FX_TRY(const TraceIndex index, indexTrace(source));
    Capture capture;
    addTimeline(source, index, capture);
    warn(capture, source, index.unreadable, "line is no record", "lines are no records",
         "they were skipped, with their payloads");
    warn(capture, source, index.strayPayloads, "line of payload belongs to no record",
         "lines of payload belong to no record", "they were skipped");
    warn(capture, source, index.missingPayloads, "record has lost its payload", "records have lost their payloads",
         "the log may be cut off");
    if (capture.graphs.empty())
        return Diagnostic{"there is no graph in this log of " +
                              counted(static_cast<int64_t>(index.count), "record", "records"),
                          source.where, "log a run that compiles something: TORCH_TRACE=FOLDER python ..."};
    return capture;
}

} // namespace fxscope::io::trace
