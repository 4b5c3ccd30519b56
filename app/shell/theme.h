// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QPalette>
#include <QString>

namespace fxscope {

enum class Theme { System, Light, Dark, HighContrast, HighContrastDark };
QString themeKey(Theme theme);        ///< "system", "light", "dark", "contrast", "contrast-dark"
Theme themeOfKey(const QString& key); ///< System for anything else

/// Fusion with a palette of ours; System looks at the desktop's palette as it was at the start of the program.
void applyTheme(Theme theme);
bool isDark(const QPalette& palette);

} // namespace fxscope
