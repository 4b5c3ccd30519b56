// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/cli/command.h"

namespace fxscope::cli {

// One verb per file. Each adds its subcommand to `app`; when it is chosen, it runs and sets `exitCode`:
// 0 fine, 1 the answer is no, differs or failed, 2 unusable input or usage.
void addShow(Command& app);
void addList(Command& app);
void addPasses(Command& app);
void addApply(Command& app);
void addExplain(Command& app);
void addDiff(Command& app);
void addLint(Command& app);
void addRun(Command& app);
void addCompare(Command& app);
void addBench(Command& app);
void addExport(Command& app);
void addConform(Command& app);
void addWorker(Command& app);
void addDoctor(Command& app);

} // namespace fxscope::cli
