// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <QString>
#include <QStringList>

#include <memory>

namespace fxscope {

class Cancel;
class Graph;
struct CanvasPicture;

/// The endings writePicture() knows: ".png", ".svg", ".pdf".
QStringList pictureEndings();
/// In the form that the ending of `path` names; any thread may call. When it fails or is cancelled, what was there
/// before is still there.
Result<Done> writePicture(const CanvasPicture& picture, const QString& path, const Cancel& cancel);
/// The same of a graph that is on no canvas, in light colours.
Result<Done> writePicture(std::shared_ptr<const Graph> graph, const QString& path, const Cancel& cancel);

} // namespace fxscope
