// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"

#include <QPalette>

namespace fxscope {

/// The canvas' colours that go with a palette; docks that speak of nodes use the same ones.
inline CanvasTheme themeFor(const QPalette& palette) {
    const bool dark = palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
    const QColor window = palette.color(QPalette::Window);
    if (window == QColor(Qt::black) || window == QColor(Qt::white)) // the palettes of high contrast, whoever chose them
        return dark ? CanvasTheme::highContrastDark() : CanvasTheme::highContrastLight();
    return dark ? CanvasTheme::dark() : CanvasTheme::light();
}

/// Colours for rich text: links and the class "faint".
inline QString richTextStyle(const QPalette& palette) {
    return QStringLiteral(
               "a { color: %1; text-decoration: none; } .faint { color: %2; } code { font-family: monospace; }"
               " h3 { margin: 10px 0 2px 0; font-size: large; } h4 { margin: 8px 0 2px 0; } td { padding: 1px 8px 1px "
               "0; }")
        .arg(palette.color(QPalette::Link).name(), palette.color(QPalette::PlaceholderText).name());
}

} // namespace fxscope
