// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/command.h"

#include <CLI/CLI.hpp>

namespace fxscope::cli {

OptionRef OptionRef::required() {
    option_->required();
    return *this;
}
OptionRef OptionRef::typeName(const std::string& shown) {
    option_->type_name(shown);
    return *this;
}
OptionRef OptionRef::showDefault() {
    option_->capture_default_str();
    return *this;
}
OptionRef OptionRef::separatedByComma() {
    option_->delimiter(',');
    return *this;
}
OptionRef OptionRef::count(int atLeast, int atMost) {
    option_->expected(atLeast, atMost);
    return *this;
}
OptionRef OptionRef::range(int least, int most) {
    option_->check(CLI::Range(least, most));
    return *this;
}
OptionRef OptionRef::nonNegative() {
    option_->check(CLI::NonNegativeNumber);
    return *this;
}
OptionRef OptionRef::oneOf(std::initializer_list<const char*> words) {
    option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
    return *this;
}

Command Command::add(const char* name, const char* help) { return {*app_->add_subcommand(name, help), *exitCode_}; }

OptionRef Command::option(const char* names, std::string& value, const char* help) {
    return OptionRef(*app_->add_option(names, value, help));
}
OptionRef Command::option(const char* names, std::vector<std::string>& value, const char* help) {
    return OptionRef(*app_->add_option(names, value, help));
}
OptionRef Command::option(const char* names, double& value, const char* help) {
    return OptionRef(*app_->add_option(names, value, help));
}
OptionRef Command::option(const char* names, int& value, const char* help) {
    return OptionRef(*app_->add_option(names, value, help));
}
OptionRef Command::option(const char* names, uint64_t& value, const char* help) {
    return OptionRef(*app_->add_option(names, value, help));
}
OptionRef Command::flag(const char* name, bool& value, const char* help) {
    return OptionRef(*app_->add_flag(name, value, help));
}
void Command::onRun(std::function<int()> run) {
    app_->callback([run = std::move(run), exitCode = exitCode_] { *exitCode = run(); });
}

} // namespace fxscope::cli
