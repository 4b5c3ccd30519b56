// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/ops_conform.h"

#include "app/conform/exceptions.h"
#include "core/io/capture.h"
#include "core/ops/args.h"
#include "core/ops/shapes.h"
#include "core/support/text.h"

#include <filesystem>

namespace fxscope::conform {
namespace {

/// The same layout where it can be told: the stride of a dimension of one element says nothing.
bool sameLayout(const Sizes& sizes, const Sizes& a, const Sizes& b) {
    for (size_t d = 0; d < sizes.size(); ++d)
        if (sizes[d] == 0)
            return true;
    for (size_t d = 0; d < sizes.size(); ++d)
        if (sizes[d] != 1 && a[d] != b[d])
            return false;
    return true;
}

std::string shown(const TensorMeta& meta) { return ValueMeta::tensor(meta).str(true); }

/// Empty if `got` is laid out as `wanted`. Results were copied when they were recorded, which closes gaps and
/// repetitions of views; so is `got` here.
std::string layoutDifference(TensorMeta got, const TensorMeta& wanted) {
    got.strides = preservedStrides(got);
    const auto constants = [](const SymSizes& from) {
        Sizes to;
        for (const SymInt& size : from)
            to.push_back(size.isConstant() ? size.constant() : -1);
        return to;
    };
    const Sizes sizes = constants(got.sizes), wantedSizes = constants(wanted.sizes);
    const bool same = got.dtype == wanted.dtype && sizes == wantedSizes && got.strides &&
                      sameLayout(sizes, constants(*got.strides), constants(*wanted.strides));
    return same ? std::string() : "got " + shown(got) + ", recorded " + shown(wanted);
}

void collectMetas(const ValueMeta& meta, std::vector<TensorMeta>& into) {
    if (meta.isTensor())
        into.push_back(meta.tensor());
    else if (meta.kind() == ValueMeta::Kind::List)
        for (const ValueMeta& item : meta.items())
            collectMetas(item, into);
}

std::string numbersDifference(const std::string& op, const Tensor& got, const Tensor& wanted, double distance) {
    const TensorDifference difference = compareTensors(got, wanted, toleranceFor(op, wanted, distance));
    if (difference.equal)
        return {};
    if (!difference.mismatch.empty())
        return difference.mismatch;
    return counted(difference.differing, "element differs", "elements differ") + ", at " +
           std::to_string(difference.firstBad) + " " + reprFloat(difference.firstBadA) + " instead of " +
           reprFloat(difference.firstBadB);
}

/// Empty if rule and kernel agree with the record. `cannotReplay` is set where there is no code for the
/// case.
Result<std::string> replayCase(const OpDef& op, const Json& record, RecordedCall& of, Backend& backend,
                               bool& cannotReplay) {
    const Schema* schema = schemaOf(op);
    FX_TRY(const std::vector<Value> args, boundValues(*schema, record, of));
    std::vector<Tensor> wanted;
    for (const Json& json : record.at("out")) {
        if (!json.is_object())
            continue;
        FX_TRY(Tensor tensor, tensorOf(json, of));
        wanted.push_back(std::move(tensor));
    }
    std::vector<TensorMeta> inferred;
    if (op.infer)
        if (const auto meta = op.infer(metaArgs(args)); meta.ok())
            collectMetas(*meta, inferred);
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto result = runAlone(backend, op, args, context);
    if (!result.ok()) {
        cannotReplay = result.error().what.find("no kernel for") != std::string::npos;
        return result.error().str();
    }
    const auto distances = record.find("cuda_max_abs_diff");
    const auto distanceOf = [&](size_t i) {
        const bool known = backend.name() == "cuda" && distances != record.end() && distances->is_array() &&
                           i < distances->size() && (*distances)[i].is_number();
        return known ? (*distances)[i].get<double>() : 0.0;
    };
    std::vector<Tensor> got;
    forEachTensor(*result, [&](const Tensor& tensor) { got.push_back(tensor); });
    if (got.size() != wanted.size())
        return counted(int64_t(got.size()), "result", "results") + ", recorded " + std::to_string(wanted.size());
    for (size_t i = 0; i < got.size(); ++i) {
        if (const auto why = layoutDifference(got[i].meta(), wanted[i].meta()); !why.empty())
            return "kernel: " + why;
        if (i < inferred.size())
            if (const auto why = layoutDifference(inferred[i], wanted[i].meta()); !why.empty())
                return "shape rule: " + why;
        if (isUninitialised(op.target.shortName()))
            continue;
        if (i == 1 && namesPlacesOfEqualElements(op.target.shortName()) && args[0].tensor().dim() > 0) {
            const int64_t dim = args[op.target.shortName() == "aten.sort.default" ? 1 : 2].toInt();
            if (picksRecordedValues(args[0].tensor(), dim, got[1], wanted[0], backend))
                continue;
        }
        if (const auto why = numbersDifference(std::string(op.target.shortName()), got[i], wanted[i], distanceOf(i));
            !why.empty())
            return why;
    }
    return std::string();
}

void replayInto(Report& report, const std::string& group, const Json& record, RecordedCall& of, Backend& backend) {
    const OpDef* op = findOp("torch.ops." + group);
    if (!op || !op->reference || !schemaOf(*op)) {
        report.skip(group, "no kernel for torch.ops." + group);
        return;
    }
    if (readsUnrecordedMemory(*op, record, of)) {
        report.skip(group, "reads memory that was not recorded");
        return;
    }
    bool cannotReplay = false;
    const auto outcome = replayCase(*op, record, of, backend, cannotReplay);
    const std::string why = outcome.ok() ? *outcome : outcome.error().str();
    if (cannotReplay)
        report.skip(group, why);
    else
        report.check(group, why.empty() ? why : of.where + ": " + why);
}

} // namespace

Result<Report> replayOperator(const std::string& path, Backend& backend) {
    FX_TRY(const Json json, readJson(path));
    FX_TRY(const auto op, member<std::string>(json, "op", path));
    FX_TRY(const auto cases, member<Json>(json, "cases", path));
    FX_TRY(const TensorMap tensors,
           io::loadTensors(std::filesystem::path(path).replace_extension(".safetensors").string()));
    Report report;
    size_t number = 0;
    for (const Json& record : cases) {
        const size_t at = number++;
        RecordedCall of{op + ", case " + std::to_string(at), std::to_string(at) + ".", tensors, {}};
        if (!record.is_object() || !record.contains("args") || !record.contains("kwargs") || !record.contains("out"))
            return Diagnostic{"a case without args, kwargs or out", of.where, "record again, or take an intact copy"};
        replayInto(report, op, record, of, backend);
    }
    return report;
}

} // namespace fxscope::conform
