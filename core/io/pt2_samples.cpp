// SPDX-License-Identifier: BSD-3-Clause
// Sample inputs: a torch.save archive within the archive. See formats.md, 4.7.
#include "core/io/pickle_reader.h"
#include "core/io/pt2_parts.h"
#include "core/io/tensor_bytes.h"

namespace fxscope::io::pt2 {
namespace {

void flatten(Value& value, ValueList& into) {
    if (!value.isList()) {
        into.push_back(std::move(value));
        return;
    }
    for (Value& item : std::get<ValueList>(value.v))
        flatten(item, into);
}

Result<ValueList> readArchive(const ZipData& data, const Source& source, const std::string& where) {
    FX_TRY(const ZipArchive zip, ZipArchive::open(data.bytes, where));
    if (zip.entries().empty())
        return Diagnostic{"the archive of sample inputs is empty", where, ""};
    const std::string_view first = zip.entries()[0].name;
    const std::string root(first.substr(0, first.find('/') + 1));
    FX_TRY(const ZipData pickle, zip.read(root + "data.pkl"));
    std::map<std::string, std::shared_ptr<Storage>, std::less<>> known;
    const StorageLoader storages = [&](std::string_view key, DType) -> Result<std::shared_ptr<Storage>> {
        auto& storage = known[std::string(key)];
        if (!storage) {
            FX_TRY(const ZipData bytes, zip.read(root + "data/" + std::string(key)));
            const auto owner = bytes.owner ? bytes.owner : data.owner ? data.owner : source.owner;
            FX_TRY(storage, storageOf(bytes.bytes, owner, 1));
        }
        return storage;
    };
    FX_TRY(Value value, readPickle(pickle.bytes, storages, where));
    ValueList inputs;
    flatten(value, inputs); // (args tuple, kwargs dict)
    return inputs;
}

} // namespace

void readSamples(const ZipArchive& zip, const Source& source, const std::string& entry, StoredValues& values,
                 Diagnostics& notes) {
    const ZipEntry* found = zip.find(entry);
    if (!found || found->size == 0)
        return;
    auto data = zip.read(*found);
    auto inputs = data.ok() ? readArchive(*data, source, zip.whereIs(entry)) : Result<ValueList>(data.error());
    if (inputs.ok())
        values.sampleInputs = std::move(inputs).value();
    else
        notes.push_back({"the sample inputs are not readable: " + inputs.error().what, zip.whereIs(entry),
                         "give inputs with --inputs", Severity::Warning});
}

} // namespace fxscope::io::pt2
