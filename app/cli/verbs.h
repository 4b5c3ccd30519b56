// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace CLI {
class App;
}

namespace fxscope::cli {

// One verb per file. Each adds its subcommand to `app`; when it is chosen, it runs and sets `exitCode`:
// 0 fine, 1 the answer is no, differs or failed, 2 unusable input or usage.
void addShow(CLI::App& app, int& exitCode);
void addList(CLI::App& app, int& exitCode);
void addPasses(CLI::App& app, int& exitCode);
void addApply(CLI::App& app, int& exitCode);
void addExplain(CLI::App& app, int& exitCode);
void addRun(CLI::App& app, int& exitCode);
void addCompare(CLI::App& app, int& exitCode);
void addExport(CLI::App& app, int& exitCode);
void addConform(CLI::App& app, int& exitCode);
void addWorker(CLI::App& app, int& exitCode);
void addDoctor(CLI::App& app, int& exitCode);

} // namespace fxscope::cli
