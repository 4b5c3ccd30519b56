// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace fxscope {

/// MD5 (RFC 1321) in lower hex: what PyTorch's logs name payloads by. For telling edited files, not for secrets.
std::string md5(std::string_view bytes);

} // namespace fxscope
