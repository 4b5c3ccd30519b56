// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/command.h"

#include "core/support/text.h"

#include <CLI/CLI.hpp>

#include <charconv>

namespace fxscope::cli {

namespace {

std::string checkWholeNumber(const std::string& text) {
    uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && at == end ? "" : text + " is no whole number from 0 to 18446744073709551615";
}
std::string checkNonNegative(const std::string& text) {
    const auto value = parseDouble(text);
    return value && *value >= 0 ? "" : text + " is no number from 0 on"; // nan is none, inf is
}

} // namespace

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
    option_->check(checkNonNegative, "");
    return *this;
}
OptionRef OptionRef::oneOf(std::initializer_list<const char*> words) {
    option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
    return *this;
}

void Command::footer(const std::string& text) { app_->footer(text + "\n\n" + app_->get_footer()); }

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
    return OptionRef(*app_->add_option(names, value, help)->check(checkWholeNumber, ""));
}
OptionRef Command::flag(const char* name, bool& value, const char* help) {
    return OptionRef(*app_->add_flag(name, value, help));
}
bool Command::given(const char* option) const { return app_->get_option(option)->count() > 0; }
void Command::onRun(std::function<int()> run) {
    app_->callback([run = std::move(run), exitCode = exitCode_] { *exitCode = run(); });
}

} // namespace fxscope::cli
