// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/comparison_json.h"

namespace fxscope::cli {

using worker::Json;
/// One JSON object on stdout, indented; bytes that are no UTF-8 are replaced.
void printJson(const Json& json);

} // namespace fxscope::cli
