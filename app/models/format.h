// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

#include <chrono>
#include <cstdint>
#include <string>

namespace fxscope {

/// Numbers as people read them; the models keep the values beside the text for sorting.
QString durationText(std::chrono::nanoseconds duration); ///< "820 ns", "1.24 ms", "3.10 s"
QString numberText(double value);                        ///< three digits: "0", "1.2e-07", "0.25", "nan"
QString bytesText(int64_t bytes);                        ///< "512 B", "1.5 MiB"
QString gigabytesText(double bytesPerSecond);            ///< "4.12", in GB/s
QString fractionText(double fraction);                   ///< "12 %"
/// `one` or `many`, each with a place %1 for the count: "1 node", "2 nodes".
QString countText(qsizetype count, const QString& one, const QString& many);
QString nodesText(qsizetype count);        ///< "3 nodes"
QString nearMissesText(qsizetype count);   ///< "1 near miss"
QString matchesText(qsizetype count);      ///< "24 matches"
QString formText(const std::string& form); ///< of a file (all_formats.def), in words: "torch.export archive"

inline QString qs(const std::string& text) { return QString::fromStdString(text); }
inline QString qs(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }
/// Text from a file, safe to show (see displayText) and escaped for rich text.
QString htmlText(const std::string& text);

} // namespace fxscope
