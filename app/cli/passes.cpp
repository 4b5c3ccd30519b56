// SPDX-License-Identifier: BSD-3-Clause
#include "passes/passes.h"

#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/support/text.h"

#include <fmt/format.h>

namespace fxscope::cli {
namespace {

void printPassesJson() {
    Json passes = Json::array(), pipelines = Json::array();
    for (const Pass* pass : allPasses())
        passes.push_back({{"name", pass->name()}, {"summary", pass->summary()}, {"patternSets", pass->patternSets()}});
    for (const Pipeline& pipeline : allPipelines())
        pipelines.push_back({{"name", pipeline.name}, {"summary", pipeline.summary}, {"passes", pipeline.passes}});
    printJson({{"passes", passes}, {"pipelines", pipelines}});
}

void printPassesText() {
    Table passes({"pass", "what it does"}), sets({"pass", "pattern sets, the default first"});
    for (const Pass* pass : allPasses()) {
        passes.add({std::string(pass->name()), std::string(pass->summary())});
        if (const auto names = pass->patternSets(); !names.empty())
            sets.add({std::string(pass->name()), join(names, ", ")});
    }
    Table pipelines({"pipeline", "passes", "what it is for"});
    for (const Pipeline& pipeline : allPipelines())
        pipelines.add({pipeline.name, join(pipeline.passes, ", "), pipeline.summary});
    fmt::print("{}\n{}\n{}", passes.str(), sets.str(), pipelines.str());
}

} // namespace

void addPasses(Command& app) {
    auto json = std::make_shared<bool>(false);
    Command command = app.add("passes", "list passes, pipelines and pattern sets");
    addJson(command, *json);
    command.onRun([json] {
        *json ? printPassesJson() : printPassesText();
        return 0;
    });
}

} // namespace fxscope::cli
