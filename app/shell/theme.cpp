// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/theme.h"

#include <QApplication>
#include <QStyle>
#include <QStyleFactory>

namespace fxscope {
namespace {

struct Colours {
    QRgb window, base, alternate, text, faint, button, border, highlight, highlightedText, link, toolTip;
};
constexpr Colours kLight{0xfff3f4f6, 0xffffffff, 0xfff7f8fa, 0xff1d2126, 0xff6b7380, 0xffe9ebee,
                         0xffc9ced6, 0xff2563b0, 0xffffffff, 0xff1a5fb4, 0xfffffbe6};
constexpr Colours kDark{0xff23262b, 0xff1b1d21, 0xff202328, 0xffe4e7eb, 0xff949ca8, 0xff2e3238,
                        0xff454b54, 0xff3d7cc9, 0xffffffff, 0xff78aeed, 0xff33383f};
constexpr Colours kContrast{0xffffffff, 0xffffffff, 0xfff0f0f0, 0xff000000, 0xff333333, 0xfff0f0f0,
                            0xff000000, 0xff003ea8, 0xffffffff, 0xff003ea8, 0xffffffff};
constexpr Colours kContrastDark{0xff000000, 0xff000000, 0xff181818, 0xffffffff, 0xffd0d0d0, 0xff1c1c1c,
                                0xffffffff, 0xff7cc4ff, 0xff000000, 0xff9fd4ff, 0xff000000};

QPalette paletteOf(const Colours& c) {
    QPalette palette(QColor::fromRgba(c.button), QColor::fromRgba(c.window));
    const auto set = [&](QPalette::ColorRole role, QRgb colour) { palette.setColor(role, QColor::fromRgba(colour)); };
    set(QPalette::Window, c.window);
    set(QPalette::Base, c.base);
    set(QPalette::AlternateBase, c.alternate);
    set(QPalette::Text, c.text);
    set(QPalette::WindowText, c.text);
    set(QPalette::ButtonText, c.text);
    set(QPalette::PlaceholderText, c.faint);
    set(QPalette::Highlight, c.highlight);
    set(QPalette::HighlightedText, c.highlightedText);
    set(QPalette::Link, c.link);
    set(QPalette::LinkVisited, c.link);
    set(QPalette::ToolTipBase, c.toolTip);
    set(QPalette::ToolTipText, c.text);
    set(QPalette::Mid, c.border);
    for (const QPalette::ColorRole role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor::fromRgba(c.faint));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor::fromRgba(c.border));
    return palette;
}

} // namespace

QString themeKey(Theme theme) {
    switch (theme) {
    case Theme::Light: return QStringLiteral("light");
    case Theme::Dark: return QStringLiteral("dark");
    case Theme::HighContrast: return QStringLiteral("contrast");
    case Theme::HighContrastDark: return QStringLiteral("contrast-dark");
    case Theme::System: break;
    }
    return QStringLiteral("system");
}

Theme themeOfKey(const QString& key) {
    for (const Theme theme : {Theme::Light, Theme::Dark, Theme::HighContrast, Theme::HighContrastDark})
        if (key == themeKey(theme))
            return theme;
    return Theme::System;
}

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

void applyTheme(Theme theme) {
    static const bool desktopIsDark = isDark(QApplication::palette());
    const bool dark = theme == Theme::Dark || (theme == Theme::System && desktopIsDark);
    if (QApplication::style()->name() != QStringLiteral("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    if (theme == Theme::HighContrast || theme == Theme::HighContrastDark)
        return QApplication::setPalette(paletteOf(theme == Theme::HighContrast ? kContrast : kContrastDark));
    QApplication::setPalette(paletteOf(dark ? kDark : kLight));
}

} // namespace fxscope
