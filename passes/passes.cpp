// SPDX-License-Identifier: BSD-3-Clause
#include "passes/passes.h"

#include "core/support/text.h"
#include "passes/numpy_kwargs.h"
#include "passes/pattern_set_pass.h"
#include "passes/randperm_index.h"
#include "passes/randperm_index_add.h"

#include <algorithm>

namespace fxscope {
namespace {

const Pipeline* findPipeline(const std::string& name) {
    for (const Pipeline& pipeline : allPipelines())
        if (pipeline.name == name)
            return &pipeline;
    return nullptr;
}

const Pass* findPass(const std::string& name) {
    for (const Pass* pass : allPasses())
        if (pass->name() == name)
            return pass;
    return nullptr;
}

Diagnostic unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const Pass* pass : allPasses())
        names.emplace_back(pass->name());
    for (const Pipeline& pipeline : allPipelines())
        names.push_back(pipeline.name);
    const std::vector<std::string> near = nearest(name, names);
    return {"there is no pass or pipeline named " + displayText(name),
            {},
            near.empty() ? "there are: " + join(names, ", ") : "did you mean " + join(near, ", ") + "?"};
}

} // namespace

std::span<const Pass* const> allPasses() {
#define PASS(type) static const type k##type;
#include "passes/all_passes.def"
#undef PASS
#define PASS(type) &k##type,
    static const Pass* const kPasses[] = {
#include "passes/all_passes.def"
    };
#undef PASS
    return kPasses;
}

std::span<const Pipeline> allPipelines() {
#define PIPELINE(name, summary, ...) Pipeline{name, summary, {__VA_ARGS__}},
    static const std::vector<Pipeline> kPipelines{
#include "passes/pipelines/all_pipelines.def"
    };
#undef PIPELINE
    return kPipelines;
}

Result<std::vector<const Pass*>> resolvePasses(std::span<const std::string> names) {
    std::vector<const Pass*> result;
    for (const std::string& name : names) {
        if (const Pass* pass = findPass(name)) {
            result.push_back(pass);
            continue;
        }
        const Pipeline* pipeline = findPipeline(name);
        if (!pipeline)
            return unknown(name);
        for (const std::string& part : pipeline->passes)
            result.push_back(findPass(part));
    }
    return result;
}

} // namespace fxscope
