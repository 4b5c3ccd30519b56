// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/split_strings.h"

#include "core/io/call_schema.h"

#include <algorithm>

namespace fxscope::io {
namespace {

/// From the first to the last of `count` arguments, with what stands between them.
std::string spanOf(const std::vector<std::string_view>& texts, size_t from, size_t count) {
    const std::string_view last = texts[from + count - 1];
    return {texts[from].data(), last.data() + last.size()};
}

void replace(ArgumentList& args, size_t from, size_t count, Argument by) {
    args[from] = std::move(by);
    args.erase(args.begin() + static_cast<ptrdiff_t>(from + 1), args.begin() + static_cast<ptrdiff_t>(from + count));
}

void joinByParameters(const std::vector<CallParameter>& parameters, const std::vector<std::string_view>& texts,
                      ArgumentList& args) {
    const auto positional = static_cast<size_t>(
        std::count_if(parameters.begin(), parameters.end(), [](const auto& each) { return !each.keywordOnly; }));
    const auto isText = [](const CallParameter& each) { return each.isString && !each.keywordOnly; };
    const auto text = std::find_if(parameters.begin(), parameters.end(), isText);
    if (args.size() <= positional || std::count_if(parameters.begin(), parameters.end(), isText) != 1)
        return;
    const auto at = static_cast<size_t>(text - parameters.begin());
    const size_t count = args.size() - positional + 1;
    replace(args, at, count, Argument::string(spanOf(texts, at, count)));
}

/// PyTorch functions beside its operators that take the type of a device as their first argument.
bool takesDeviceType(const Target& target) {
    return target == Target("torch.amp.autocast_mode._enter_autocast") ||
           target == Target("torch.ops.higher_order.wrap_with_autocast");
}

/// "cpu" may be text as well: where the operator says so, it is.
void restoreStrings(const std::vector<CallParameter>& parameters, const std::vector<std::string_view>& texts,
                    NodeBody& body) {
    for (size_t i = 0; i < body.args.size(); ++i) {
        const bool text = i < parameters.size() ? parameters[i].isString && !parameters[i].keywordOnly
                                                : i == 0 && takesDeviceType(body.target);
        if (text && body.args[i].kind() == Argument::Kind::Device)
            body.args[i] = Argument::string(std::string(texts[i]));
    }
}

} // namespace

bool joinSplitStrings(const std::vector<std::string_view>& texts, NodeBody& body) {
    const auto isString = [](const Argument& argument) { return argument.kind() == Argument::Kind::String; };
    const auto mayBe = [&](const Argument& each) { return isString(each) || each.kind() == Argument::Kind::Device; };
    if (texts.size() != body.args.size() || std::none_of(body.args.begin(), body.args.end(), mayBe))
        return false;
    const auto parameters = callParameters(body.target);
    restoreStrings(parameters, texts, body);
    if (!parameters.empty()) {
        joinByParameters(parameters, texts, body.args);
        return false;
    }
    bool joined = false;
    for (size_t end = body.args.size(); end > 0; --end) { // from behind: places in front stay what they are
        size_t from = end;
        while (from > 0 && isString(body.args[from - 1]))
            --from;
        if (end - from < 2)
            continue;
        replace(body.args, from, end - from, Argument::opaque(spanOf(texts, from, end - from)));
        joined = true;
        end = from + 1;
    }
    return joined;
}

} // namespace fxscope::io
