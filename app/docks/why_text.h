// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"

#include <QString>

namespace fxscope {

class Document;

/// What the Why panel says in words, as rich text. Links: "node:12", "pattern:add_sliced", "source:".
QString whyHtml(const Document& document, const CanvasTheme& theme);

} // namespace fxscope
