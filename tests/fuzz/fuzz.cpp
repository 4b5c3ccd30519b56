// SPDX-License-Identifier: BSD-3-Clause
// One program for every reader: FUZZ_FORM names it, FUZZ_TARGET the line of targets.def. With libFuzzer the program is
// its driver; else mutate.cpp drives it.
#include "core/io/capture.h"
#include "core/io/formats.h"
#include "core/io/limits.h"
#include "core/io/zip_writer.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace fxscope;

namespace {

const io::Format& form() {
    for (const io::Format& format : io::formats())
        if (format.name == FUZZ_FORM)
            return format;
    std::abort();
}

/// Small enough that an input of some kilobytes can pass each of them.
void useSmallLimits() {
    io::Limits limits;
    limits.nesting = 64;
    limits.inflated = uint64_t{8} << 20;
    io::setLimits(limits);
}

void readEverything(const Capture& capture) {
    constexpr size_t kGraphs = 16;
    for (size_t i = 0; i < std::min(capture.graphs.size(), kGraphs); ++i) {
        const auto entry = capture.load(i);
        if (!entry.ok())
            continue;
        for (const Diagnostic& problem : verify(*entry->graph)) // what a reader lets through is a whole graph
            if (problem.severity == Severity::Error)
                std::abort();
    }
    for (size_t i = 0; i < std::min(capture.runs.size(), kGraphs); ++i)
        (void)capture.runs[i].links->get().ok();
}

std::string archiveOf(std::string_view program) {
    io::ZipWriter writer;
    writer.add("m/models/model.json", program);
    writer.add("m/archive_format", "pt2");
    return writer.finish();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const bool ready = (useSmallLimits(), true);
    if (!ready)
        return 0;
    std::string_view content(reinterpret_cast<const char*>(data), size);
    std::string packed;
    if (std::string_view(FUZZ_TARGET) == "pt2_program")
        content = packed = archiveOf(content);
    const io::Source source{"input", content, nullptr, {}};
    (void)form().recognise(source);
    const auto capture = form().open(source);
    if (capture.ok())
        readEverything(*capture);
    else if (capture.error().what.empty())
        std::abort(); // every refusal says why
    return 0;
}
