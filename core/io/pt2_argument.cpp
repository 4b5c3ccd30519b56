// SPDX-License-Identifier: BSD-3-Clause
// torch.export's argument union, sizes and tensor metadata. See formats.md, 4.2 and 4.3.
#include "core/io/pt2_parts.h"

#include "core/io/json_repair.h"
#include "core/io/limits.h"
#include "core/support/text.h"

#include <algorithm>
#include <limits>

namespace fxscope::io::pt2 {
namespace {

Diagnostic wrong(const std::string& where, std::string_view expected) {
    return {"expected " + std::string(expected), where, "the file is damaged, or of a schema that is not known"};
}

/// Floats may be the words that JSON has no numbers for.
std::optional<double> floatOf(Json json) {
    double value = 0;
    if (!json.get(value))
        return value;
    std::string_view word;
    if (json.get(word))
        return std::nullopt;
    if (word == "Infinity" || word == "-Infinity")
        return word[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    return word == "NaN" ? std::optional(std::numeric_limits<double>::quiet_NaN()) : std::nullopt;
}

Result<Argument> intOf(Json json, const std::string& where) {
    int64_t value = 0;
    if (json.get(value))
        return wrong(where, "a whole number of 64 bits");
    return Argument::integer(value);
}
Result<Argument> boolOf(Json json, const std::string& where) {
    bool value = false;
    if (json.get(value))
        return wrong(where, "true or false");
    return Argument::boolean(value);
}
Result<Argument> numberOf(Json json, const std::string& where) {
    const auto value = floatOf(json);
    return value ? Result<Argument>(Argument::floating(*value)) : Result<Argument>(wrong(where, "a number"));
}
Result<Argument> stringOf(Json json, const std::string& where) {
    std::string_view text;
    if (json.get(text))
        return wrong(where, "a string");
    return Argument::string(std::string(text));
}

template <class Read> Result<Argument> listOf(Json json, const std::string& where, Read read) {
    JsonArray array;
    if (json.get(array))
        return wrong(where, "a list");
    ArgumentList items;
    for (const Json item : array) {
        FX_TRY(Argument value, read(item));
        items.push_back(std::move(value));
        if (items.size() > limits().arguments)
            return Diagnostic{"a list of more than " + std::to_string(limits().arguments) + " items", where,
                              raiseLimit("arguments")};
    }
    return Argument::list(std::move(items));
}

Result<Argument> deviceOf(Json json, const std::string& where) {
    std::string_view type;
    if (json["type"].get(type))
        return wrong(where, "a device {type, index}");
    int64_t index = -1;
    if (json["index"].get(index))
        index = -1;
    const auto device = Device::parse(std::string(type) + (index < 0 ? "" : ":" + std::to_string(index)));
    return device ? Result<Argument>(Argument::device(*device)) : Result<Argument>(wrong(where, "a known device"));
}

Result<Argument> numbered(std::string_view tag, Json json, const std::string& where) {
    int64_t number = 0;
    if (json.get(number))
        return wrong(where, "the number of an enumeration");
    if (tag == "as_scalar_type") {
        if (const auto dtype = dtypeFromPt2(static_cast<int>(number)))
            return Argument::dtype(*dtype);
    } else if (tag == "as_layout") {
        if (number >= 1 && number <= 7)
            return Argument::layout(static_cast<Layout>(number));
    } else if (number >= 1 && number <= 4) {
        return Argument::memoryFormat(static_cast<MemoryFormat>(number));
    }
    return Diagnostic{"unknown number " + std::to_string(number) + " in " + std::string(tag), where,
                      "the file is of a newer schema"};
}

Result<Argument> complexOf(Json json, const std::string& where) {
    const auto part = [&](const char* key) {
        Json value;
        return json[key].get(value) ? std::nullopt : floatOf(value);
    };
    const auto real = part("real"), imaginary = part("imag");
    if (!real || !imaginary)
        return wrong(where, "a complex number {real, imag}");
    return Argument::complex({*real, *imaginary});
}

class ArgumentReader {
public:
    explicit ArgumentReader(const ArgumentContext& context) : m_context(context) {}

    Result<Argument> read(Json json, int depth = 0) {
        if (depth > limits().nesting)
            return wrong(where(), "arguments nested less deep");
        FX_TRY(const Union argument, unionOf(json, where()));
        return tagged(argument.tag, argument.value, depth);
    }

private:
    const std::string& where() const { return m_context.where; }

    Result<Argument> reference(Json json, const char* key) {
        std::string_view name;
        if (json[key].get(name))
            return wrong(where(), std::string("a name under ") + key);
        const auto node = m_context.names.find(name);
        if (!node)
            return m_context.names.undefined(name, where());
        return Argument::node(NodeId{*node});
    }
    Result<Argument> tensor(Json json) { return reference(json, "name"); }
    Result<Argument> optional(Json json) {
        FX_TRY(const Union value, unionOf(json, where()));
        return value.tag == "as_none" ? Result<Argument>(Argument::none()) : tensor(value.value);
    }
    /// {as_name} or a plain number.
    Result<Argument> symbolic(Json json) {
        FX_TRY(const Union value, unionOf(json, where()));
        if (value.tag == "as_name")
            return reference(json, "as_name");
        if (value.tag == "as_int")
            return intOf(value.value, where());
        if (value.tag == "as_bool")
            return boolOf(value.value, where());
        if (value.tag == "as_float")
            return numberOf(value.value, where());
        return wrong(where(), "as_name or a number");
    }
    Result<Argument> dictOf(Json json, int depth) {
        JsonObject object;
        if (json.get(object))
            return wrong(where(), "an object");
        Kwargs items;
        for (const auto field : object) {
            FX_TRY(Argument value, read(field.value, depth + 1));
            items.emplace_back(std::string(field.key), std::move(value));
        }
        return Argument::dict(std::move(items));
    }
    /// A child graph was given a node that fetches it; an object that is no input stays a name.
    Result<Argument> fetched(Json json) {
        std::string_view name;
        if (json["name"].get(name))
            return wrong(where(), "a name");
        const auto node = m_context.names.find(name);
        return node ? Argument::node(NodeId{*node}) : Argument::opaque(std::string(name));
    }

    Result<Argument> tagged(std::string_view tag, Json value, int depth);
    Result<Argument> rareTag(std::string_view tag, Json value, int depth);

    const ArgumentContext& m_context;
};

Result<Argument> ArgumentReader::tagged(std::string_view tag, Json value, int depth) {
    if (tag == "as_tensor")
        return tensor(value);
    if (tag == "as_int")
        return intOf(value, where());
    if (tag == "as_ints")
        return listOf(value, where(), [&](Json item) { return intOf(item, where()); });
    if (tag == "as_tensors")
        return listOf(value, where(), [&](Json item) { return tensor(item); });
    if (tag == "as_none")
        return Argument::none();
    if (tag == "as_bool")
        return boolOf(value, where());
    if (tag == "as_float")
        return numberOf(value, where());
    if (tag == "as_string")
        return stringOf(value, where());
    if (tag == "as_device")
        return deviceOf(value, where());
    if (tag == "as_scalar_type" || tag == "as_layout" || tag == "as_memory_format")
        return numbered(tag, value, where());
    if (tag == "as_sym_int" || tag == "as_sym_float" || tag == "as_sym_bool")
        return symbolic(value);
    if (tag == "as_sym_ints" || tag == "as_sym_floats" || tag == "as_sym_bools")
        return listOf(value, where(), [&](Json item) { return symbolic(item); });
    return rareTag(tag, value, depth);
}

Result<Argument> ArgumentReader::rareTag(std::string_view tag, Json value, int depth) {
    if (tag == "as_optional_tensor")
        return optional(value);
    if (tag == "as_optional_tensors")
        return listOf(value, where(), [&](Json item) { return optional(item); });
    if (tag == "as_nested_tensors")
        return listOf(value, where(),
                      [&](Json items) { return listOf(items, where(), [&](Json item) { return tensor(item); }); });
    if (tag == "as_floats")
        return listOf(value, where(), [&](Json item) { return numberOf(item, where()); });
    if (tag == "as_bools")
        return listOf(value, where(), [&](Json item) { return boolOf(item, where()); });
    if (tag == "as_strings")
        return listOf(value, where(), [&](Json item) { return stringOf(item, where()); });
    if (tag == "as_int_lists")
        return listOf(value, where(), [&](Json items) {
            return listOf(items, where(), [&](Json item) { return intOf(item, where()); });
        });
    if (tag == "as_float_lists")
        return listOf(value, where(), [&](Json items) {
            return listOf(items, where(), [&](Json item) { return numberOf(item, where()); });
        });
    if (tag == "as_complex")
        return complexOf(value, where());
    if (tag == "as_operator") {
        FX_TRY(const Argument text, stringOf(value, where()));
        return Argument::op(text.asString());
    }
    if (tag == "as_graph" || tag == "as_custom_obj")
        return fetched(value);
    if (tag == "as_string_to_argument")
        return dictOf(value, depth);
    return Diagnostic{"unknown kind of argument " + displayText(tag), where(), "the file is of a newer schema"};
}

} // namespace

constexpr size_t kMostSpare = 65'536; ///< characters that a parser makes room for before they come

Result<Json> JsonParser::parse(std::string_view text, const std::string& where) {
    m_text = text;
    return parseText(where);
}

Result<Json> JsonParser::parse(const NodeSlice& node, const std::string& where) {
    m_text.clear();
    appendCall(node, m_text);
    return parseText(where);
}

/// Once more with Python's own words repaired where JSON's rules fail.
Result<Json> JsonParser::parseText(const std::string& where) {
    const auto parse = [this](Json& root) {
        m_text.reserve(m_text.size() + simdjson::SIMDJSON_PADDING); // else the parser copies it
        return m_parser.parse(m_text.data(), m_text.size(), /*realloc_if_needed=*/false).get(root);
    };
    if (m_parser.capacity() < m_text.size() || m_parser.max_depth() != static_cast<size_t>(limits().nesting)) {
        const size_t capacity = std::max(m_text.size(), std::min(2 * m_parser.capacity(), kMostSpare));
        if (const auto error = m_parser.allocate(capacity, limits().nesting))
            return Diagnostic{std::string("no memory for this JSON: ") + simdjson::error_message(error), where, ""};
    }
    Json root;
    auto error = parse(root);
    if (error) {
        if (std::string repaired = repairedJson(m_text); !repaired.empty()) {
            m_text = std::move(repaired);
            error = parse(root);
        }
    }
    if (error)
        return Diagnostic{std::string("broken JSON: ") + simdjson::error_message(error), where, "save the file again"};
    return root;
}

Result<Done> expectDistinctKeys(Json json, const std::string& where) {
    JsonObject object;
    if (json.get(object))
        return Done{};
    std::vector<std::string_view> keys;
    for (const auto field : object)
        keys.push_back(field.key);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice == keys.end())
        return Done{};
    return Diagnostic{"the key " + displayText(*twice) + " stands here twice", where,
                      "the file is damaged: it does not say which of the two counts"};
}

Result<Union> unionOf(Json json, const std::string& where) {
    JsonObject object;
    if (json.get(object))
        return wrong(where, "an object with one key");
    auto first = object.begin();
    if (first == object.end())
        return wrong(where, "an object with one key, found none");
    const Union found{first.key(), first.value()};
    if (++first != object.end())
        return wrong(where, "an object with one key, found several");
    return found;
}

Result<Argument> readArgument(Json json, const ArgumentContext& context) { return ArgumentReader(context).read(json); }

Result<Argument> readLiteral(Json json, const std::string& where) {
    const NameTable none;
    return ArgumentReader({none, where}).read(json);
}

Result<SymInt> SymbolReader::size(Json json, const std::string& where) {
    FX_TRY(const Union value, unionOf(json, where));
    int64_t number = 0;
    if (value.tag == "as_int" && !value.value.get(number))
        return SymInt(number);
    std::string_view text;
    if (value.tag != "as_expr" || value.value["expr_str"].get(text))
        return wrong(where, "a size {as_int} or {as_expr}");
    auto found = m_parsed.find(text);
    if (found == m_parsed.end())
        found = m_parsed.emplace(text, SymInt::parse(text)).first;
    std::vector<std::string> symbols;
    found->second.collectSymbols(symbols);
    int64_t hint = 0;
    if (symbols.size() == 1 && found->second == SymInt::symbol(symbols[0]) && !value.value["hint"]["as_int"].get(hint))
        m_hints.emplace(symbols[0], hint);
    return found->second;
}

Result<SymSizes> SymbolReader::sizes(Json json, const std::string& where) {
    JsonArray array;
    if (json.get(array))
        return wrong(where, "a list of sizes");
    SymSizes result;
    result.reserve(array.size());
    for (const Json item : array) {
        FX_TRY(SymInt value, size(item, where));
        result.push_back(std::move(value));
    }
    if (result.size() > 64)
        return wrong(where, "at most 64 dimensions");
    return result;
}

Result<ValueMeta> SymbolReader::tensorValue(std::string_view text, const std::string& where) {
    if (const auto known = m_values.find(text); known != m_values.end())
        return known->second;
    FX_TRY(const Json tensor, m_parser.parse(text, where));
    FX_TRY(TensorMeta meta, tensorMeta(tensor, where));
    return m_values.emplace(text, ValueMeta::tensor(std::move(meta))).first->second;
}

Result<TensorMeta> SymbolReader::tensorMeta(Json json, const std::string& where) {
    int64_t dtype = 0, layout = 0;
    Json sizeList, strideList, offset, device;
    if (json["dtype"].get(dtype) || json["sizes"].get(sizeList) || json["layout"].get(layout))
        return wrong(where, "tensor metadata {dtype, sizes, strides, device, layout}");
    const auto known = dtypeFromPt2(static_cast<int>(dtype));
    if (!known || layout < 1 || layout > 7)
        return Diagnostic{"unknown element type " + std::to_string(dtype) + " or layout " + std::to_string(layout),
                          where, "the file is of a newer schema"};
    TensorMeta meta;
    meta.dtype = *known;
    meta.layout = static_cast<Layout>(layout);
    FX_TRY(meta.sizes, sizes(sizeList, where));
    if (!json["strides"].get(strideList)) {
        FX_TRY(SymSizes strides, sizes(strideList, where));
        if (strides.size() == meta.sizes.size())
            meta.strides = std::move(strides);
    }
    if (!json["storage_offset"].get(offset)) {
        FX_TRY(meta.storageOffset, size(offset, where));
    }
    if (!json["device"].get(device)) {
        FX_TRY(const Argument value, deviceOf(device, where));
        meta.device = value.asDevice();
    }
    if (json["requires_grad"].get(meta.requiresGrad))
        meta.requiresGrad = false;
    return meta;
}

} // namespace fxscope::io::pt2
