// SPDX-License-Identifier: BSD-3-Clause
// Tensor files: safetensors, npy and npz. As a graph they are refused with a word on what they are for.
#include "core/io/bytes.h"
#include "core/io/formats.h"
#include "core/io/npy.h"
#include "core/io/zip_reader.h"
#include "core/io/zip_writer.h"
#include "core/support/file.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

bool isSafetensors(std::span<const std::byte> bytes) {
    if (bytes.size() < 10)
        return false;
    const auto size = numberAt<uint64_t>(bytes, 0);
    return size >= 2 && size <= (uint64_t{100} << 20) && textAt(bytes, 8, 1) == "{";
}

/// "arr_0" of "arr_0.npy".
std::string stem(std::string_view name) {
    if (name.ends_with(".npy"))
        name.remove_suffix(4);
    return std::string(name);
}

Result<TensorMap> readNpz(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                          const std::string& where) {
    FX_TRY(const ZipArchive zip, ZipArchive::open(bytes, where));
    TensorMap tensors;
    for (const ZipEntry& entry : zip.entries()) {
        if (!entry.name.ends_with(".npy"))
            return Diagnostic{"this entry is no .npy array", zip.whereIs(entry.name), "expected a file of numpy.savez"};
        FX_TRY(const ZipData data, zip.read(entry));
        FX_TRY(Tensor tensor, readNpy(data.bytes, data.owner ? data.owner : owner, zip.whereIs(entry.name)));
        tensors.emplace(stem(entry.name), std::move(tensor));
    }
    return tensors;
}

Result<std::string> npzBytes(const TensorMap& tensors) {
    ZipWriter zip;
    for (const auto& [name, tensor] : tensors) {
        FX_TRY(const std::string array, npyBytes(tensor, "tensor " + displayText(name)));
        zip.add(name + ".npy", array);
    }
    return zip.finish();
}

} // namespace

Result<TensorMap> loadTensors(const std::string& path) {
    FX_TRY(const auto file, MappedFile::open(path));
    const auto bytes = file->bytes();
    if (bytes.empty())
        return Diagnostic{"the file is empty", path, "save the tensors again"};
    if (file->text().starts_with("PK\3\4") || file->text().starts_with("PK\5\6"))
        return readNpz(bytes, file, path);
    if (isNpy(bytes)) {
        FX_TRY(Tensor tensor, readNpy(bytes, file, path));
        return TensorMap{{"arr_0", std::move(tensor)}};
    }
    if (isSafetensors(bytes))
        return loadSafetensors(bytes, file, path);
    return Diagnostic{"this is no tensor file that fxscope reads", path, "it reads .safetensors, .npz and .npy"};
}

Result<Done> saveTensors(const TensorMap& tensors, const std::string& path) {
    if (path.ends_with(".safetensors")) {
        FX_TRY(const std::string bytes, safetensorsBytes(tensors));
        return writeFile(path, bytes);
    }
    if (path.ends_with(".npz")) {
        FX_TRY(const std::string bytes, npzBytes(tensors));
        return writeFile(path, bytes);
    }
    return Diagnostic{"the ending of this name says no form for tensors", path, "use .safetensors or .npz"};
}

namespace tensors {

bool recognise(const Source& source) { return isNpy(source.bytes()) || isSafetensors(source.bytes()); }

Result<Capture> open(const Source& source) {
    return Diagnostic{isNpy(source.bytes()) ? "an .npy file holds a tensor, not a graph"
                                            : "a safetensors file holds tensors, not a graph",
                      source.where, "give it with --inputs beside a graph"};
}

} // namespace tensors
} // namespace fxscope::io
