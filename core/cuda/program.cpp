// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/program.h"

#include "core/cuda/check.h"
#include "core/cuda/library.h"
#include "core/graph/hash.h"
#include "core/support/file.h"

#include <nvrtc.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <tuple>

namespace fxscope::cuda {
namespace {

namespace fs = std::filesystem;

/// NVRTC's functions, loaded when first needed.
struct Compiler {
    decltype(nvrtcVersion)* version;
    decltype(nvrtcCreateProgram)* create;
    decltype(nvrtcCompileProgram)* compile;
    decltype(nvrtcDestroyProgram)* destroy;
    decltype(nvrtcGetCUBINSize)* codeSize;
    decltype(nvrtcGetCUBIN)* code;
    decltype(nvrtcGetProgramLogSize)* logSize;
    decltype(nvrtcGetProgramLog)* log;
    decltype(nvrtcGetErrorString)* errorText;
    int major = 0, minor = 0;
};

Result<Compiler> loadCompiler() {
    FX_TRY(const Library library, Library::open({"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"}));
    Compiler c{};
    FX_TRY(c.version, library.function<decltype(nvrtcVersion)>("nvrtcVersion"));
    FX_TRY(c.create, library.function<decltype(nvrtcCreateProgram)>("nvrtcCreateProgram"));
    FX_TRY(c.compile, library.function<decltype(nvrtcCompileProgram)>("nvrtcCompileProgram"));
    FX_TRY(c.destroy, library.function<decltype(nvrtcDestroyProgram)>("nvrtcDestroyProgram"));
    FX_TRY(c.codeSize, library.function<decltype(nvrtcGetCUBINSize)>("nvrtcGetCUBINSize"));
    FX_TRY(c.code, library.function<decltype(nvrtcGetCUBIN)>("nvrtcGetCUBIN"));
    FX_TRY(c.logSize, library.function<decltype(nvrtcGetProgramLogSize)>("nvrtcGetProgramLogSize"));
    FX_TRY(c.log, library.function<decltype(nvrtcGetProgramLog)>("nvrtcGetProgramLog"));
    FX_TRY(c.errorText, library.function<decltype(nvrtcGetErrorString)>("nvrtcGetErrorString"));
    c.version(&c.major, &c.minor);
    return c;
}

const Result<Compiler>& compiler() {
    static const Result<Compiler> loaded = loadCompiler();
    return loaded;
}

/// The headers as NVRTC takes them: zero-ended texts and names.
struct Headers {
    std::vector<std::string> texts;
    std::vector<const char*> begins, names;
    Headers() {
        for (size_t i = 0; i < kDeviceHeaderCount; ++i)
            texts.emplace_back(kDeviceHeaders[i].begin, kDeviceHeaders[i].end);
        for (size_t i = 0; i < kDeviceHeaderCount; ++i) {
            begins.push_back(texts[i].c_str());
            names.push_back(kDeviceHeaders[i].name);
        }
    }
};
const Headers& headers() {
    static const Headers all;
    return all;
}

/// Changes when a header or the compiler does, so that old files of the cache are not taken.
uint64_t versionHash() {
    static const uint64_t value = [] {
        Hash hash;
        for (const std::string& text : headers().texts)
            hash.add(text);
        if (compiler().ok())
            hash.add(static_cast<uint64_t>(compiler()->major * 100 + compiler()->minor));
        return hash.value();
    }();
    return value;
}

std::string fileNameOf(const std::string& source, const std::string& architecture) {
    Hash first, second;
    first.add(source);
    first.add(versionHash());
    second.add(versionHash());
    second.add(architecture);
    second.add(source);
    char name[48];
    std::snprintf(name, sizeof name, "%016llx%016llx.cubin", static_cast<unsigned long long>(first.value()),
                  static_cast<unsigned long long>(second.value()));
    return name;
}

} // namespace

Result<std::string> compileDeviceCode(const std::string& source, const std::string& architecture) {
    FX_TRY(const Compiler c, compiler());
    const Headers& all = headers();
    nvrtcProgram program = nullptr;
    if (const nvrtcResult made = c.create(&program, source.c_str(), "kernel.cu", static_cast<int>(all.names.size()),
                                          all.begins.data(), all.names.data());
        made != NVRTC_SUCCESS)
        return Diagnostic{std::string("NVRTC failed: ") + c.errorText(made), "", ""};
    const std::string target = "--gpu-architecture=" + architecture;
    const char* options[] = {target.c_str(), "--std=c++20", "--device-as-default-execution-space",
                             "-diag-suppress=177"};
    const nvrtcResult answer = c.compile(program, std::size(options), options);
    std::string result;
    size_t size = 0;
    if (answer == NVRTC_SUCCESS) {
        c.codeSize(program, &size);
        result.resize(size);
        c.code(program, result.data());
    } else {
        c.logSize(program, &size);
        result.resize(size);
        c.log(program, result.data());
    }
    c.destroy(&program);
    if (answer == NVRTC_SUCCESS)
        return result;
    return Diagnostic{"device code does not compile: " + result.substr(0, 2000), "",
                      "this is a fault of fxscope; tell its authors"};
}

std::string kernelCacheFolder() {
    if (const char* given = std::getenv("FXSCOPE_KERNEL_CACHE"))
        return given;
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
        return std::string(cache) + "/fxscope/kernels";
    if (const char* home = std::getenv("HOME"); home && *home)
        return std::string(home) + "/.cache/fxscope/kernels";
    return {};
}

Result<std::string> Programs::code(const std::string& source) {
    const std::string folder = kernelCacheFolder();
    const std::string path = folder.empty() ? "" : folder + "/" + fileNameOf(source, m_architecture);
    if (!path.empty())
        if (const auto kept = MappedFile::open(path); kept.ok() && (*kept)->text().starts_with("\177ELF"))
            return std::string((*kept)->text());
    const auto begin = std::chrono::steady_clock::now();
    FX_TRY(std::string made, compileDeviceCode(source, m_architecture));
    m_spent += std::chrono::steady_clock::now() - begin;
    ++m_compiled;
    if (!path.empty()) { // a cache that cannot be written costs time, nothing else
        std::error_code ignored;
        fs::create_directories(folder, ignored);
        std::ignore = writeFile(path, made);
    }
    return made;
}

cudaKernel_t Programs::find(const KernelKey& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_keyed.find(key.text());
    return found == m_keyed.end() ? nullptr : found->second;
}

void Programs::remember(const KernelKey& key, cudaKernel_t kernel) {
    const std::lock_guard lock(m_mutex);
    m_keyed.emplace(key.text(), kernel);
}

Result<cudaKernel_t> Programs::kernel(const std::string& source) {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_kernels.find(source); found != m_kernels.end())
        return found->second;
    FX_TRY(const std::string image, code(source));
    cudaLibrary_t library = nullptr; // lives as long as the process
    FX_CHECK(check(cudaLibraryLoadData(&library, image.data(), nullptr, nullptr, 0, nullptr, nullptr, 0),
                   "loading a compiled kernel"));
    cudaKernel_t kernel = nullptr;
    FX_CHECK(check(cudaLibraryGetKernel(&kernel, library, "kernel"), "finding a compiled kernel"));
    m_kernels.emplace(source, kernel);
    return kernel;
}

} // namespace fxscope::cuda
