// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/records.h"

#include "core/support/file.h"

namespace fxscope::conform {

Result<Json> readJson(const std::string& path) {
    FX_TRY(const auto file, MappedFile::open(path));
    Json json = Json::parse(file->text(), nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded())
        return Diagnostic{"this is no JSON", path, "records are JSON files, or folders of .pt2 programs"};
    return json;
}

} // namespace fxscope::conform
