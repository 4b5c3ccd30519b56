// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

class QHeaderView;

namespace fxscope {

/// Right click on the header chooses its columns; which ones, how wide and in which order is kept in the settings under
/// `key`. Call once, after the view has its model and its default widths.
void addHeaderMenu(QHeaderView* header, const QString& key);

} // namespace fxscope
