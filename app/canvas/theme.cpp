// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas.h"

namespace fxscope {

// The colours of added, removed, changed and of the captures stay apart for all common kinds of colour blindness.

CanvasTheme CanvasTheme::light() {
    CanvasTheme t;
    t.background = QColor(0xf6f7f9);
    t.text = QColor(0x1b2430);
    t.faint = QColor(0x5f6b7a);
    t.edge = QColor(0x98a3b0);
    t.box = QColor(0xffffff);
    t.placeholder = QColor(0xdfebfa);
    t.output = QColor(0xebe2f8);
    t.attribute = QColor(0xfbefd2);
    t.group = QColor(0xe3e8ee);
    t.border = QColor(0x8b96a4);
    t.selected = QColor(0x0a63c9);
    t.added = QColor(0x00805a);
    t.removed = QColor(0xc23616);
    t.changed = QColor(0xa86400);
    t.error = QColor(0xb3261e);
    t.heat = QColor(0x8a3ffc);
    t.frameShade = 0.03;
    t.captures = {QColor(0x0072b2), QColor(0xe69f00), QColor(0xcc79a7), QColor(0x56b4e9),
                  QColor(0xd55e00), QColor(0x009e73), QColor(0xc9b800), QColor(0x777777)};
    return t;
}

CanvasTheme CanvasTheme::dark() {
    CanvasTheme t;
    t.background = QColor(0x15181d);
    t.text = QColor(0xe8ecf1);
    t.faint = QColor(0x9aa6b4);
    t.edge = QColor(0x67737f);
    t.box = QColor(0x252b33);
    t.placeholder = QColor(0x1c3553);
    t.output = QColor(0x3a2b56);
    t.attribute = QColor(0x43381d);
    t.group = QColor(0x333c47);
    t.border = QColor(0x667282);
    t.selected = QColor(0x5cb0ff);
    t.added = QColor(0x3ccb92);
    t.removed = QColor(0xff7f5f);
    t.changed = QColor(0xf2b544);
    t.error = QColor(0xff6b60);
    t.heat = QColor(0xa56eff);
    t.frameShade = 0.045;
    t.captures = {QColor(0x4aa8e0), QColor(0xf0b030), QColor(0xe093c0), QColor(0x8fd0f5),
                  QColor(0xf28238), QColor(0x33c79b), QColor(0xe8dc50), QColor(0xaaaaaa)};
    return t;
}

// High contrast: text and lines against their ground at least 7 to 1, marks at least 4.5 to 1.

CanvasTheme CanvasTheme::highContrastLight() {
    CanvasTheme t = light();
    t.background = t.box = QColor(0xffffff);
    t.text = t.faint = t.edge = t.border = QColor(Qt::black);
    t.placeholder = QColor(0xd6e8ff);
    t.output = QColor(0xe6d9ff);
    t.attribute = QColor(0xffefc2);
    t.group = QColor(0xdddddd);
    t.selected = QColor(0x003ea8);
    t.added = QColor(0x005a3c);
    t.removed = QColor(0x9b1c00);
    t.changed = QColor(0x6e4300);
    t.error = QColor(0x9b0010);
    t.frameShade = 0.02;
    return t;
}

CanvasTheme CanvasTheme::highContrastDark() {
    CanvasTheme t = dark();
    t.background = t.box = QColor(Qt::black);
    t.text = t.faint = t.edge = t.border = QColor(0xffffff);
    t.placeholder = QColor(0x00264d);
    t.output = QColor(0x2e1a57);
    t.attribute = QColor(0x3d2f00);
    t.group = QColor(0x2a2a2a);
    t.selected = QColor(0x7cc4ff);
    t.added = QColor(0x5ff0b4);
    t.removed = QColor(0xff9d80);
    t.changed = QColor(0xffd070);
    t.error = QColor(0xff9088);
    t.frameShade = 0.06;
    return t;
}

} // namespace fxscope
