// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/gui.h"

#include "app/cli/print.h"

#include <filesystem>
#include <unistd.h>

namespace fxscope::cli {

std::string guiProgram() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? "fxscope-gui" : (self.parent_path() / "fxscope-gui").string();
}

int startGui(const std::vector<std::string>& arguments) {
    const std::string program = guiProgram();
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    return fail({"the window is not installed beside this program", program,
                 "build the target fxscope-gui, or use a verb (see: fxscope --help)"});
}

} // namespace fxscope::cli
