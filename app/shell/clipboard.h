// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

class QWidget;

namespace fxscope {

class Document;

/// What Ctrl+C copies: the selected rows of the table that has the focus as TSV, else the name of the selected node,
/// else the current step as Markdown.
void copyToClipboard(const Document& document, QWidget* focus);
QString stepMarkdown(const Document& document); ///< empty: no step on show

} // namespace fxscope
