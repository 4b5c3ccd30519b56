// SPDX-License-Identifier: BSD-3-Clause
// A stand-in for NVRTC on machines without a device: the same functions, but the code is compiled for the host, by the
// C++ compiler, with emulation.h in front. What it gives is a shared library, which fake_cudart.cpp loads.
#include <nvrtc.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

struct _nvrtcProgram {
    std::string source;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string code, log;
};

namespace {

std::string readAll(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void writeAll(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

} // namespace

extern "C" {

nvrtcResult nvrtcVersion(int* major, int* minor) {
    *major = 1, *minor = 0;
    return NVRTC_SUCCESS;
}
const char* nvrtcGetErrorString(nvrtcResult) { return "the host's compiler failed"; }

nvrtcResult nvrtcCreateProgram(nvrtcProgram* program, const char* source, const char*, int count,
                               const char* const* headers, const char* const* names) {
    *program = new _nvrtcProgram{source, {}, {}, {}};
    for (int i = 0; i < count; ++i)
        (*program)->headers.emplace_back(names[i], headers[i]);
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program) {
    delete *program;
    *program = nullptr;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int, const char* const*) {
    std::string folder = (fs::temp_directory_path() / "fxscope-emulated-XXXXXX").string();
    if (!mkdtemp(folder.data()))
        return NVRTC_ERROR_INTERNAL_ERROR;
    for (const auto& [name, text] : program->headers)
        writeAll(fs::path(folder) / name, text);
    // The host's own half types: the device's are written with its instructions.
    writeAll(fs::path(folder) / "core/tensor/half.h", readAll(FXSCOPE_SOURCE_DIR "/core/tensor/half.h"));
    writeAll(fs::path(folder) / "kernel.cpp",
             "#define __CUDACC_RTC__ 1\n#include \"" FXSCOPE_SOURCE_DIR "/tests/emulator/emulation.h\"\n" +
                 program->source +
                 "\nextern \"C\" void fxCall(void* arguments) { kernel(*static_cast<Arguments*>(arguments)); }\n"
                 "extern \"C\" const int fxMeets = FX_MEETS;\n");
    const bool meets = program->source.find("__syncthreads") != std::string::npos ||
                       program->source.find("rows.cuh") != std::string::npos ||
                       program->source.find("_sync(") != std::string::npos;
    const std::string command =
        std::string("g++ -std=c++20 -O1 -w -fPIC -shared -nostdinc++ -fpermissive -ffp-contract=off -DFX_MEETS=") +
        (meets ? "1" : "0") + " -I" + folder + " -o " + folder + "/kernel.so " + folder + "/kernel.cpp > " + folder +
        "/log 2>&1";
    const int answer = std::system(command.c_str());
    program->log = readAll(fs::path(folder) / "log");
    if (answer == 0)
        program->code = readAll(fs::path(folder) / "kernel.so");
    if (!std::getenv("FXSCOPE_KEEP_EMULATED"))
        fs::remove_all(folder);
    return answer == 0 ? NVRTC_SUCCESS : NVRTC_ERROR_COMPILATION;
}

nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t* size) {
    *size = program->code.size();
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char* code) {
    program->code.copy(code, program->code.size());
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t* size) {
    *size = program->log.size();
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char* log) {
    program->log.copy(log, program->log.size());
    return NVRTC_SUCCESS;
}
}
