// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace fxscope::cli {

// The command line's parser, behind a face small enough that a verb compiles without it.

/// One option of a verb; every call refines it and returns it.
class OptionRef {
public:
    explicit OptionRef(CLI::Option& option) : option_(&option) {}
    OptionRef required();
    OptionRef typeName(const std::string& shown);
    OptionRef showDefault();
    OptionRef separatedByComma();
    OptionRef count(int atLeast, int atMost); ///< of values
    OptionRef range(int least, int most);     ///< of the value
    OptionRef nonNegative();
    OptionRef oneOf(std::initializer_list<const char*> words);

private:
    CLI::Option* option_;
};

/// One verb while it is described. The variables named here must live until the command line has been parsed and run.
class Command {
public:
    Command(CLI::App& app, int& exitCode) : app_(&app), exitCode_(&exitCode) {}
    Command add(const char* name, const char* help);
    /// `names`: "--long", "-s,--long", or a capital word for what stands by its place.
    OptionRef option(const char* names, std::string& value, const char* help);
    OptionRef option(const char* names, std::vector<std::string>& value, const char* help);
    OptionRef option(const char* names, double& value, const char* help);
    OptionRef option(const char* names, int& value, const char* help);
    OptionRef option(const char* names, uint64_t& value, const char* help);
    OptionRef flag(const char* name, bool& value, const char* help);
    void footer(const std::string& text); ///< at the end of the verb's help
    bool given(const char* option) const; ///< on the command line, once that was parsed
    /// What the verb does when it is chosen; returns the exit code.
    void onRun(std::function<int()> run);

private:
    CLI::App* app_;
    int* exitCode_;
};

} // namespace fxscope::cli
