// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/indexed.h"

#include "core/cuda/cuda_kernel.h"

#include <fmt/format.h>

#include <algorithm>

// Note [Units]
// Rows that are copied or added whole lie behind one another both where they are read and where they are written. They
// are walked in units of up to 16 bytes then, so that a thread has one request for memory where it would have had
// eight.

namespace fxscope::cuda {
namespace {

/// One dimension of the places. Strides: of the other tensor, of the base, of the entries of each index tensor.
struct Step {
    int64_t size;
    std::vector<int64_t> strides;
};

bool continues(const Step& outer, const Step& inner) {
    for (size_t k = 0; k < inner.strides.size(); ++k)
        if (outer.strides[k] != inner.strides[k] * inner.size)
            return false;
    return true;
}

/// The places in the order of the other tensor's memory; dimensions that lie behind one another everywhere are one.
std::vector<Step> stepsOf(const Addressing& addressing, const Tensor& other) {
    std::vector<Step> steps, merged;
    for (size_t d = 0; d < other.dim(); ++d) {
        if (other.size(d) == 1)
            continue;
        Step step{other.size(d), {other.strides()[d], addressing.strides[d]}};
        for (const auto& index : addressing.indices)
            step.strides.push_back(index.entries.strides()[d]);
        steps.push_back(std::move(step));
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.strides[0] > b.strides[0]; });
    for (Step& step : steps) {
        if (!merged.empty() && continues(merged.back(), step)) {
            step.size *= merged.back().size;
            merged.back() = std::move(step);
        } else
            merged.push_back(std::move(step));
    }
    if (merged.empty())
        merged.push_back({1, std::vector<int64_t>(2 + addressing.indices.size(), 0)});
    return merged;
}

bool isAligned(const Tensor& x, int64_t bytes) { return reinterpret_cast<uintptr_t>(x.raw()) % uintptr_t(bytes) == 0; }

/// How many elements make a unit.
int64_t unitOf(const std::vector<Step>& steps, const Addressing& addressing, const Tensor& other) {
    const auto width = static_cast<int64_t>(bytesOf(other.dtype()));
    const Step& last = steps.back();
    bool whole = last.strides[0] == 1 && last.strides[1] == 1;
    for (size_t k = 2; k < last.strides.size(); ++k)
        whole = whole && last.strides[k] == 0;
    for (int64_t unit = whole ? 16 / width : 1; unit > 1; unit /= 2) {
        bool fits = last.size % unit == 0 && isAligned(other, unit * width) && isAligned(addressing.base, unit * width);
        for (size_t d = 0; d + 1 < steps.size(); ++d)
            fits = fits && steps[d].strides[0] % unit == 0 && steps[d].strides[1] % unit == 0;
        for (const auto& index : addressing.indices)
            fits = fits && index.stride % unit == 0;
        if (fits)
            return unit;
    }
    return 1;
}

DType unitType(size_t bytes) {
    switch (bytes) {
    case 1: return DType::UInt8;
    case 2: return DType::UInt16;
    case 4: return DType::UInt32;
    case 8: return DType::UInt64;
    default: return DType::Complex128;
    }
}

/// How the elements of base and other are seen: `unit` of them as one of `dtype`.
struct Seen {
    int64_t unit;
    DType base, other;
};

/// `x` over the steps, whose strides number `k` are its own.
Result<Tensor> seenOver(const Tensor& x, std::vector<Step> steps, size_t k, DType dtype, int64_t unit) {
    Sizes sizes, strides;
    for (size_t d = 0; d < steps.size(); ++d) {
        const bool last = d + 1 == steps.size();
        sizes.push_back(last ? steps[d].size / unit : steps[d].size);
        strides.push_back(last || k > 1 ? steps[d].strides[k] : steps[d].strides[k] / unit);
    }
    return Tensor::view(x.storage(), dtype, std::move(sizes), std::move(strides),
                        k > 1 ? x.offset() : x.offset() / unit);
}

/// Builds the body that computes `o` and `ok`.
class Offset {
public:
    explicit Offset(Elements& elements) : m_elements(elements) {}
    std::string times(const std::string& what, int64_t factor) {
        if (factor == 1)
            return what;
        return fmt::format("{} * {}", what, integer(factor));
    }
    std::string integer(int64_t value) {
        m_elements.integers.push_back(value);
        return fmt::format("k{}", m_elements.integers.size() - 1);
    }

private:
    Elements& m_elements;
};

std::string placeText(Offset& offset, const std::vector<Step>& steps, int64_t unit) {
    std::string text = "long long o = 0";
    for (size_t d = 0; d < steps.size(); ++d)
        if (const int64_t stride = steps[d].strides[1]; stride != 0)
            text += " + " + offset.times(fmt::format("at[{}]", d), d + 1 == steps.size() ? stride : stride / unit);
    return text + "; bool ok = true; ";
}

std::string entryText(Offset& offset, const Addressing& addressing, const Addressing::Index& index, size_t input,
                      int64_t unit) {
    const Addressing::Entries check = addressing.check;
    std::string text = fmt::format("{{ long long e = in{}; ", input);
    if (addressing.skipped)
        text += fmt::format("if (e == {}) ok = false; else {{ ", offset.integer(*addressing.skipped));
    const std::string size = offset.integer(index.size);
    if (check != Addressing::Entries::Within)
        text += fmt::format("if (e < 0) e += {}; ", size);
    if (check != Addressing::Entries::Trusted)
        text += fmt::format("if ((unsigned long long)e >= (unsigned long long){0}) {{ FX_FAULT(kIndexOutOfRange, (long "
                            "long)in{1}, {0}); ok = false; }} ",
                            size, input);
    if (index.stride != 0)
        text += "o += " + offset.times("e", index.stride / unit) + "; ";
    return text + (addressing.skipped ? "} } " : "} ");
}

Result<Elements> addressedAs(const Addressing& addressing, const Tensor& other, bool written,
                             const std::vector<Step>& steps, const Seen& seen) {
    Elements e;
    e.coordinates = true;
    FX_TRY(Tensor places, seenOver(other, steps, 0, seen.other, seen.unit));
    (written ? e.outputs : e.inputs).push_back(std::move(places));
    const size_t first = e.inputs.size();
    for (size_t i = 0; i < addressing.indices.size(); ++i) {
        const Tensor& entries = addressing.indices[i].entries;
        FX_TRY(Tensor walked, seenOver(entries, steps, 2 + i, entries.dtype(), seen.unit));
        e.inputs.push_back(std::move(walked));
    }
    const Tensor& base = addressing.base;
    FX_TRY(Tensor start, Tensor::view(base.storage(), seen.base, {1}, {1}, base.offset() / seen.unit));
    e.raw.push_back(std::move(start));
    Offset offset(e);
    e.body = placeText(offset, steps, seen.unit);
    for (size_t i = 0; i < addressing.indices.size(); ++i)
        e.body += entryText(offset, addressing, addressing.indices[i], first + i, seen.unit);
    return e;
}

Result<Done> checkBase(const Addressing& addressing) {
    if (addressing.base.numel() == 0)
        return Diagnostic{"index is out of bounds for dimension with size 0", "", ""};
    return Done{};
}

/// Elements seen as units, wide ones if there are rows.
Result<Elements> moving(const Addressing& addressing, const Tensor& other, bool written) {
    FX_CHECK(checkBase(addressing));
    const auto steps = stepsOf(addressing, other);
    const int64_t unit = unitOf(steps, addressing, other);
    const DType dtype = unitType(bytesOf(other.dtype()) * static_cast<size_t>(unit));
    return addressedAs(addressing, other, written, steps, {unit, dtype, dtype});
}

} // namespace

Result<Elements> addressed(const Addressing& addressing, const Tensor& other, bool written) {
    FX_CHECK(checkBase(addressing));
    return addressedAs(addressing, other, written, stepsOf(addressing, other),
                       {1, addressing.base.dtype(), other.dtype()});
}

Result<Elements> takeKernel(const Addressing& from, const Tensor& out) {
    FX_TRY(Elements e, moving(from, out, true));
    e.body += "if (ok) { O0 one[1]; load<1>(one, r0 + o); out0 = one[0]; } else out0 = O0();"; // at once
    return e;
}

Result<Elements> putKernel(const Addressing& to, const Tensor& source) {
    FX_TRY(Elements e, moving(to, source, false));
    e.body += "if (ok) { const R0 one[1] = {in0}; store<1>(r0 + o, one); }";
    return e;
}

Result<Elements> addKernel(const Addressing& to, const Tensor& source, std::optional<Number> factor) {
    FX_CHECK(checkBase(to));
    const auto steps = stepsOf(to, source);
    const int64_t unit = unitOf(steps, to, source);
    const DType dtype = unit == 1 ? source.dtype() : unitType(bytesOf(source.dtype()) * static_cast<size_t>(unit));
    FX_TRY(Elements e, addressedAs(to, source, false, steps, {unit, dtype, dtype}));
    e.prologue = fmt::format("#include \"core/cuda/kernels/atomics.cuh\"\nusing T = {};\n", deviceType(source.dtype()));
    if (factor)
        e.numbers.push_back(*factor);
    e.body += factor ? "if (ok) addUnit<T>(r0 + o, in0, n0);" : "if (ok) addUnit<T>(r0 + o, in0);";
    return e;
}

Result<Done> take(CudaDevice& device, const Addressing& from, const Tensor& out) {
    if (out.numel() == 0)
        return Done{};
    FX_TRY(const Elements kernel, takeKernel(from, out));
    return launch(device, kernel);
}

Result<Done> put(CudaDevice& device, const Addressing& to, const Tensor& source) {
    if (source.numel() == 0)
        return Done{};
    FX_TRY(const Elements kernel, putKernel(to, source));
    return launch(device, kernel);
}

Result<Done> add(CudaDevice& device, const Addressing& to, const Tensor& source, std::optional<Number> factor) {
    if (source.numel() == 0)
        return Done{};
    FX_TRY(const Elements kernel, addKernel(to, source, factor));
    return launch(device, kernel);
}

Result<Tensor> asUnits(const Tensor& x) {
    return Tensor::view(x.storage(), unitType(bytesOf(x.dtype())), x.sizes(), x.strides(), x.offset());
}

Result<Tensor> spreadAlong(const Tensor& index, size_t dim, const Sizes& sizes) {
    Sizes strides(sizes.size(), 0);
    if (index.dim() > 0 && dim < sizes.size())
        strides[dim] = index.strides()[0];
    return index.asStrided(sizes, std::move(strides), index.offset());
}

Result<Tensor> repeated(CudaDevice& device, const Value& value, DType dtype, const Sizes& sizes) {
    FX_TRY(Tensor one, device.pool().empty(dtype, {1}));
    if (value.isTensor()) {
        FX_TRY(const Tensor element, value.tensor().asStrided({1}, {1}, value.tensor().offset()));
        FX_CHECK(device.copy(element, one));
    } else {
        FX_TRY(const Number number, numberOf(value, dtype));
        FX_CHECK(device.fill(one, number.bytes.data()));
    }
    return one.asStrided(sizes, Sizes(sizes.size(), 0), 0);
}

Result<Tensor> copied(CudaDevice& device, const Tensor& x) {
    FX_TRY(Tensor made, device.pool().empty(x.dtype(), x.sizes()));
    FX_CHECK(device.copy(x, made));
    return made;
}

} // namespace fxscope::cuda
