// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/schema.h"
#include "core/support/text.h"

namespace fxscope {
namespace {

std::string shown(const Schema& schema) { return schema.target + ": " + schema.text; }

/// `value` as PyTorch's dispatcher stores it for this parameter: an int given for a float is a float, a number given
/// for an int[n] is that list. What does not fit stays as it is; the operator says so.
Argument coerced(const SchemaArg& arg, const Argument& value) {
    const ListType list = listType(arg.type);
    if (list.count < 0)
        return list.element == "float" && value.isInt() ? Argument::floating(static_cast<double>(value.asInt()))
                                                        : value;
    if (value.isSequence()) {
        ArgumentList items = value.items();
        if (list.element == "float")
            for (Argument& item : items)
                item = item.isInt() ? Argument::floating(static_cast<double>(item.asInt())) : item;
        return Argument::list(std::move(items));
    }
    const bool single = list.count > 0 && !value.isNone();
    return single ? Argument::list(ArgumentList(static_cast<size_t>(list.count), value)) : value;
}

/// A list of one element where n are wanted stands for n equal ones.
Argument expanded(const SchemaArg& arg, Argument value) {
    const ListType list = listType(arg.type);
    const bool numbers = list.element == "int" || list.element == "SymInt";
    if (!numbers || list.count < 2 || !value.isSequence() || value.items().size() != 1)
        return value;
    return Argument::list(ArgumentList(static_cast<size_t>(list.count), value.items().front()));
}

size_t positionalCount(const Schema& schema) {
    size_t count = 0;
    while (count < schema.args.size() && !schema.args[count].keywordOnly)
        ++count;
    return count;
}

/// Per parameter what the call gives for it, or nothing.
Result<std::vector<std::optional<Argument>>> given(const Schema& schema, const ArgumentList& args, const Kwargs& kwargs,
                                                   const std::string& where) {
    std::vector<std::optional<Argument>> values(schema.args.size());
    const size_t positional = positionalCount(schema);
    if (args.size() > positional)
        return Diagnostic{schema.target + " takes " +
                              counted(int64_t(positional), "positional argument", "positional arguments") +
                              ", the call has " + std::to_string(args.size()),
                          where, shown(schema)};
    for (size_t i = 0; i < args.size(); ++i)
        values[i] = coerced(schema.args[i], args[i]);
    for (const auto& [key, value] : kwargs) {
        int index = schema.find(key);
        if (index < 0 && key == "input") // torch functions call ATen's self input
            index = schema.find("self");
        if (index < 0)
            return Diagnostic{schema.target + " has no parameter " + key, where, shown(schema)};
        if (values[size_t(index)])
            return Diagnostic{schema.target + " gets its parameter " + key + " twice", where, shown(schema)};
        values[size_t(index)] = coerced(schema.args[size_t(index)], value);
    }
    return values;
}

} // namespace

Result<ArgumentList> bindArguments(const Schema& schema, const ArgumentList& args, const Kwargs& kwargs,
                                   const std::string& where) {
    FX_TRY(auto values, given(schema, args, kwargs, where));
    ArgumentList bound;
    for (size_t i = 0; i < values.size(); ++i) {
        const SchemaArg& arg = schema.args[i];
        if (!values[i] && !arg.fallback)
            return Diagnostic{schema.target + " misses its parameter " + arg.name, where, shown(schema)};
        bound.push_back(expanded(arg, values[i] ? *values[i] : *arg.fallback));
    }
    return bound;
}

void normaliseCall(const Schema& schema, ArgumentList& args, Kwargs& kwargs) {
    auto values = given(schema, args, kwargs, {});
    if (!values.ok())
        return; // a call that does not bind stays as it is; bindArguments says why
    const auto isDefault = [&](size_t i) { return !(*values)[i] || (*values)[i] == schema.args[i].fallback; };
    const size_t positional = positionalCount(schema);
    size_t last = positional;
    while (last > 0 && isDefault(last - 1))
        --last;
    for (size_t i = 0; i < schema.args.size(); ++i)
        if (!(*values)[i] && !schema.args[i].fallback)
            return;
    args.clear();
    kwargs.clear();
    for (size_t i = 0; i < last; ++i)
        args.push_back((*values)[i] ? *(*values)[i] : *schema.args[i].fallback);
    for (size_t i = positional; i < schema.args.size(); ++i)
        if (!isDefault(i))
            kwargs.emplace_back(schema.args[i].name, *(*values)[i]);
}

} // namespace fxscope
