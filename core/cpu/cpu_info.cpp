// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_info.h"

#include "core/cpu/parallel.h"
#include "core/support/text.h"

#include <dnnl.h>

#include <fstream>
#include <thread>

namespace fxscope {
namespace {

/// The first "key : value" of the kernel's list of processors; empty where there is no such list.
std::string processorField(std::string_view key) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (const size_t colon = line.find(':');
            colon != std::string::npos && trim(std::string_view(line).substr(0, colon)) == key)
            return std::string(trim(std::string_view(line).substr(colon + 1)));
    return {};
}

std::string instructionSets() {
    static constexpr std::string_view kWorthSaying[] = {"sse4_2",      "avx",      "avx2",     "fma",
                                                        "f16c",        "avx512f",  "avx512bw", "avx512_vnni",
                                                        "avx512_bf16", "amx_tile", "asimd",    "sve"};
    std::string flags = processorField("flags");
    if (flags.empty())
        flags = processorField("Features");
    std::vector<std::string> found;
    for (const std::string_view flag : split(flags, ' '))
        for (const std::string_view worth : kWorthSaying)
            if (flag == worth)
                found.emplace_back(flag);
    return found.empty() ? "not known" : join(found, " ");
}

} // namespace

std::string cpuName() {
    static const std::string model = processorField("model name");
    return (model.empty() ? "CPU" : model) + ", " + counted(threadCount(), "thread", "threads");
}

std::vector<std::string> describeCpu() {
    const std::string model = processorField("model name");
    const dnnl_version_t* version = dnnl_version();
    const std::string number =
        std::to_string(version->major) + "." + std::to_string(version->minor) + "." + std::to_string(version->patch);
    return {"CPU: " + (model.empty() ? "model not known" : model),
            "cores: " + std::to_string(std::thread::hardware_concurrency()) +
                ", threads used: " + std::to_string(threadCount()),
            "instruction sets: " + instructionSets(), "oneDNN: " + number};
}

} // namespace fxscope
