// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"
#include "core/tensor/tensor.h"

#include <fstream>
#include <string>
#include <vector>

namespace fxscope::io {

/// What the header of a safetensors file says of one tensor.
struct SafetensorsEntry {
    std::string name;
    DType dtype = DType::Float32;
    Sizes sizes;
    uint64_t bytes = 0;
};
/// The first bytes of a safetensors file, the size of the header and the header, whose data follow in this order.
std::string safetensorsHeader(const std::vector<SafetensorsEntry>& entries);
/// Error: the form has no element type for this tensor.
Result<SafetensorsEntry> safetensorsEntry(const std::string& name, const Tensor& tensor);
/// In the order of the file: wide elements first, so that all are aligned; then by name.
bool comesFirst(const SafetensorsEntry& a, const SafetensorsEntry& b);

/// A safetensors file whose tensors come one after the other and are not held: they go to PATH.part, which `finish`
/// puts in order behind the header. The file is the one that saveTensors would write. Without `finish`, nothing is
/// left. Errors: names given twice, element types the form lacks, a disk that is full.
class TensorStream {
public:
    static Result<TensorStream> create(const std::string& path);
    Result<Done> add(const std::string& name, const Tensor& tensor);
    Result<Done> finish();
    TensorStream(TensorStream&& other) noexcept;
    ~TensorStream();

private:
    explicit TensorStream(const std::string& path) : m_path(path), m_part(path + ".part") {}
    Result<Done> copyOrdered(std::ofstream& out);
    struct Place {
        SafetensorsEntry entry;
        uint64_t begin;
    };
    std::string m_path, m_part;
    std::fstream m_data;
    std::vector<Place> m_places;
    uint64_t m_size = 0;
};

} // namespace fxscope::io
