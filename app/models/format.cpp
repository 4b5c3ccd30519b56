// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/format.h"

#include "core/support/text.h"

#include <QCoreApplication>

#include <cmath>

namespace fxscope {
namespace {

/// `value` with three significant digits and `unit`.
QString withUnit(double value, const char* unit) {
    const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return QString::number(value, 'f', decimals) + u' ' + QString::fromUtf8(unit);
}

} // namespace

QString durationText(std::chrono::nanoseconds duration) {
    const auto ns = static_cast<double>(duration.count());
    if (ns < 1e3)
        return QString::number(duration.count()) + QStringLiteral(" ns");
    if (ns < 1e6)
        return withUnit(ns / 1e3, "µs");
    return ns < 1e9 ? withUnit(ns / 1e6, "ms") : withUnit(ns / 1e9, "s");
}

QString numberText(double value) {
    if (!std::isfinite(value))
        return std::isnan(value) ? QStringLiteral("nan") : value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
    return QString::number(value, 'g', 3);
}

QString bytesText(int64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (bytes < 1024)
        return QString::number(bytes) + QStringLiteral(" B");
    if (value < 1024.0 * 1024)
        return withUnit(value / 1024, "KiB");
    return value < 1024.0 * 1024 * 1024 ? withUnit(value / (1024.0 * 1024), "MiB")
                                        : withUnit(value / (1024.0 * 1024 * 1024), "GiB");
}

QString gigabytesText(double bytesPerSecond) {
    const double value = bytesPerSecond / 1e9;
    return QString::number(value, 'f', value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

QString fractionText(double fraction) {
    return QString::number(100 * fraction, 'f', fraction < 0.0995 ? 1 : 0) + QStringLiteral(" %");
}

QString countText(qsizetype count, const QString& one, const QString& many) {
    return (count == 1 ? one : many).arg(count);
}

QString nodesText(qsizetype count) {
    return countText(count, QCoreApplication::translate("fxscope", "%1 node"),
                     QCoreApplication::translate("fxscope", "%1 nodes"));
}

QString nearMissesText(qsizetype count) {
    return countText(count, QCoreApplication::translate("fxscope", "%1 near miss"),
                     QCoreApplication::translate("fxscope", "%1 near misses"));
}

QString matchesText(qsizetype count) {
    return countText(count, QCoreApplication::translate("fxscope", "%1 match"),
                     QCoreApplication::translate("fxscope", "%1 matches"));
}

QString formText(const std::string& form) {
    if (form == "pt2")
        return QCoreApplication::translate("fxscope", "torch.export archive");
    if (form == "readable")
        return QCoreApplication::translate("fxscope", "readable Python");
    if (form == "text")
        return QCoreApplication::translate("fxscope", "printed graph");
    return form == "json" ? QCoreApplication::translate("fxscope", "fxscope JSON") : qs(form);
}

QString htmlText(const std::string& text) { return qs(displayText(text)).toHtmlEscaped(); }

} // namespace fxscope
