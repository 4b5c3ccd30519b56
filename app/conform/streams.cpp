// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/call.h"
#include "app/conform/conform.h"
#include "app/conform/records.h"
#include "app/conform/sha256.h"
#include "core/support/text.h"

#include <algorithm>
#include <functional>

namespace fxscope::conform {
namespace {

/// What each record of a stream names.
struct Stream {
    std::string device, op;
    uint64_t seed = 0;
    int64_t n = 0;
    std::string where() const { return op + " of " + std::to_string(n) + ", seed " + std::to_string(seed); }
};

Result<Stream> streamOf(const Json& record, const std::string& where) {
    Stream stream;
    FX_TRY(stream.device, member<std::string>(record, "device", where));
    FX_TRY(stream.seed, member<uint64_t>(record, "seed", where));
    FX_TRY(stream.n, member<int64_t>(record, "n", where));
    stream.op = record.value("op", "randperm");
    return stream;
}

Value filled(int64_t n, float number, std::string& whyNot) {
    auto tensor = Tensor::empty(DType::Float32, {n});
    if (!tensor) {
        whyNot = tensor.error().what;
        return {};
    }
    std::fill_n(tensor->data<float>(), n, number);
    return std::move(tensor).value();
}

/// The call that a record of random_streams.json stands for.
Result<Value> draw(const Stream& stream, Backend& backend, Generator& generator) {
    const Value size = ValueList{Value(stream.n)};
    std::string whyNot;
    if (stream.op == "rand")
        return call(backend, "torch.ops.aten.rand.default", {size}, generator);
    if (stream.op == "randn")
        return call(backend, "torch.ops.aten.randn.default", {size}, generator);
    if (stream.op == "randint")
        return call(backend, "torch.ops.aten.randint.low", {Value(int64_t(0)), Value(int64_t(100)), size}, generator);
    if (stream.op == "bernoulli")
        return call(backend, "torch.ops.aten.bernoulli.default", {filled(stream.n, 0.3f, whyNot)}, generator);
    if (stream.op != "dropout")
        return Diagnostic{"no operator is known for the stream " + stream.op, {}, {}};
    FX_TRY(Value both, call(backend, "torch.ops.aten.native_dropout.default",
                            {filled(stream.n, 1, whyNot), Value(0.25), Value(true)}, generator));
    if (!both.isList() || both.list().empty())
        return Diagnostic{"native_dropout gave " + both.str(), {}, {}};
    return both.list().front();
}

/// Bit for bit: the recorded numbers are exact as doubles.
std::string differs(const Value& value, const std::vector<double>& recorded) {
    if (!value.isTensor() || value.tensor().numel() < static_cast<int64_t>(recorded.size()))
        return "the result is " + value.str();
    for (size_t i = 0; i < recorded.size(); ++i)
        if (const double got = elementAsDouble(value.tensor(), static_cast<int64_t>(i)); got != recorded[i])
            return "element " + std::to_string(i) + " is " + reprFloat(got) + ", recorded " + reprFloat(recorded[i]);
    return {};
}

std::string differsInHash(const Value& value, const std::string& recorded) {
    if (!value.isTensor() || value.tensor().dtype() != DType::Int64)
        return "the result is " + value.str();
    const auto rowMajor = value.tensor().contiguous();
    if (!rowMajor)
        return rowMajor.error().what;
    return sha256({rowMajor->raw(), rowMajor->bytes()}) == recorded ? "" : "the hash of all elements differs";
}

/// Two calls in a row from one generator.
Result<std::string> replayPair(const Json& record, const Stream& stream, Backend& backend) {
    Generator generator(stream.seed);
    for (const char* which : {"first", "second"}) {
        FX_TRY(const auto elements, member<std::vector<double>>(record, which, stream.where()));
        FX_TRY(const auto hash, member<std::string>(record, (std::string("sha256_") + which).c_str(), stream.where()));
        const auto value = call(backend, "torch.ops.aten.randperm.default", {Value(stream.n)}, generator);
        std::string why = value ? differs(*value, elements) : value.error().str();
        if (why.empty())
            why = differsInHash(*value, hash);
        if (!why.empty())
            return stream.where() + ", " + which + " call: " + why;
    }
    return std::string();
}

Result<std::string> replayValues(const Json& record, const Stream& stream, Backend& backend) {
    FX_TRY(const auto values, member<std::vector<double>>(record, "values", stream.where()));
    Generator generator(stream.seed);
    const auto drawn = draw(stream, backend, generator);
    const std::string why = drawn ? differs(*drawn, values) : drawn.error().str();
    return why.empty() ? why : stream.where() + ": " + why;
}

using ReplayOne = Result<std::string> (*)(const Json&, const Stream&, Backend&);

Result<Report> replayAll(const std::string& path, Backend& backend, ReplayOne replayOne) {
    FX_TRY(const Json records, readJson(path));
    if (!records.is_array())
        return Diagnostic{"not a list of records", path, {}};
    Report report;
    for (size_t i = 0; i < records.size(); ++i) {
        FX_TRY(const Stream stream, streamOf(records[i], path + ", record " + std::to_string(i)));
        const std::string group = stream.op + " stream";
        if (stream.device != backend.name()) {
            report.skip(group, "recorded on " + stream.device);
            continue;
        }
        FX_TRY(const std::string why, replayOne(records[i], stream, backend));
        report.check(group, why);
    }
    return report;
}

} // namespace

Result<Report> replayRandperm(const std::string& path, Backend& backend) {
    return replayAll(path, backend, replayPair);
}
Result<Report> replayRandom(const std::string& path, Backend& backend) {
    return replayAll(path, backend, replayValues);
}

} // namespace fxscope::conform
