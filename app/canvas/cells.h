// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QRectF>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace fxscope {

/// Keys of the squares that a plane is cut into.
inline int64_t cellKey(int32_t column, int32_t row) {
    return static_cast<int64_t>(static_cast<uint64_t>(static_cast<uint32_t>(column)) << 32 |
                                static_cast<uint32_t>(row));
}
inline int32_t cellNumber(double coordinate, double cell) {
    return static_cast<int32_t>(std::floor(std::clamp(coordinate / cell, -1e9, 1e9)));
}
inline int64_t cellKey(QPointF point, double cell) {
    return cellKey(cellNumber(point.x(), cell), cellNumber(point.y(), cell));
}

/// The squares that a rectangle touches.
struct CellRange {
    CellRange(const QRectF& area, double cell)
        : left(cellNumber(area.left(), cell)), top(cellNumber(area.top(), cell)), right(cellNumber(area.right(), cell)),
          bottom(cellNumber(area.bottom(), cell)) {}
    int64_t count() const { return (int64_t(right) - left + 1) * (int64_t(bottom) - top + 1); }
    bool contains(int64_t key) const {
        const int32_t column = static_cast<int32_t>(key >> 32), row = static_cast<int32_t>(key);
        return column >= left && column <= right && row >= top && row <= bottom;
    }
    template <class Visit> void forEach(const Visit& visit) const {
        for (int32_t column = left; column <= right; ++column)
            for (int32_t row = top; row <= bottom; ++row)
                visit(cellKey(column, row));
    }
    int32_t left, top, right, bottom;
};

} // namespace fxscope
