// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/gzip.h"

#include "core/io/limits.h"

#include <algorithm>
#include <array>
#include <zlib.h>

namespace fxscope::io {
namespace {

struct Stream {
    z_stream z{};
    bool ready = inflateInit2(&z, 16 + MAX_WBITS) == Z_OK;
    ~Stream() {
        if (ready)
            inflateEnd(&z);
    }
};

} // namespace

bool looksLikeGzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b\x08"); }

Result<std::shared_ptr<const std::string>> gunzip(const Source& source, Diagnostics& notes) {
    Stream stream;
    if (!stream.ready)
        return Diagnostic{"cannot unpack: out of memory", source.where, ""};
    auto unpacked = std::make_shared<std::string>();
    std::array<char, 1 << 16> block;
    std::string_view rest = source.content;
    do {
        if (source.cancel.requested())
            return cancelled(source);
        stream.z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
        stream.z.avail_in = static_cast<uInt>(std::min<size_t>(rest.size(), 1 << 30));
        const uInt given = stream.z.avail_in;
        stream.z.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.z.avail_out = static_cast<uInt>(block.size());
        const int state = inflate(&stream.z, Z_NO_FLUSH);
        unpacked->append(block.data(), block.size() - stream.z.avail_out);
        rest.remove_prefix(given - stream.z.avail_in);
        if (unpacked->size() > limits().inflated)
            return Diagnostic{"unpacks to more than " + std::to_string(limits().inflated >> 20) + " MiB", source.where,
                              raiseLimit("inflated")};
        if (state == Z_STREAM_END) {
            if (!looksLikeGzip(rest))
                return std::shared_ptr<const std::string>(std::move(unpacked)); // padding may follow
            inflateReset(&stream.z);
            stream.z.avail_out = 1; // nothing is left to come of this member
        } else if (state != Z_OK && state != Z_BUF_ERROR) {
            return Diagnostic{"damaged gzip data", source.where, "copy the file again"};
        }
    } while (!rest.empty() || stream.z.avail_out == 0);
    notes.push_back({"the gzip file is cut off", source.where, "what is there is shown", Severity::Warning});
    return std::shared_ptr<const std::string>(std::move(unpacked));
}

} // namespace fxscope::io
