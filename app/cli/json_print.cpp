// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/json_print.h"

#include <cstdio>

namespace fxscope::cli {

void printJson(const Json& json) {
    const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
}

} // namespace fxscope::cli
