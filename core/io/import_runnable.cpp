// SPDX-License-Identifier: BSD-3-Clause
// fx_graph_runnable.py, repro.py and checkpoints of the minifier: a graph, and in load_args what its inputs were.
// Nothing of the program is executed. See formats.md, section 3.
#include "core/io/formats.h"
#include "core/io/plain_text.h"
#include "core/io/python_values.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <deque>
#include <set>

namespace fxscope::io::runnable {
namespace {

/// One line of load_args.
struct Input {
    std::string target; ///< of its placeholder; empty: not said
    ValueMeta meta;     ///< Unknown: not readable
};

class ArgsReader {
public:
    ArgsReader(const SymHints& hints, const std::string& where, Diagnostics& notes)
        : m_hints(hints), m_where(where), m_notes(notes) {}

    void take(std::string_view line, int number) {
        m_line = number;
        line = trim(line);
        const size_t comment = line.find("  # ");
        const std::string_view target =
            comment == std::string_view::npos ? std::string_view{} : trim(line.substr(comment + 4));
        const std::string_view code = trim(line.substr(0, comment));
        if (const size_t storage = code.find(" = reader.storage("); storage != std::string_view::npos)
            readStorage(code.substr(0, storage), code.substr(storage + 17));
        else if (code.starts_with("reader.tensor("))
            inputs.push_back({std::string(target), readTensor(code.substr(13), target)});
        else if (code.starts_with("reader.symint("))
            inputs.push_back({std::string(target), readSymInt(code.substr(13))});
        else if (code.starts_with("reader.const("))
            inputs.push_back({std::string(target.substr(0, target.find(','))), {}});
        else if (const size_t unsupported = code.find(" was unsupported type for dumping");
                 unsupported != std::string_view::npos)
            inputs.push_back({std::string(trim(code.substr(1, unsupported - 1))), {}});
    }
    std::vector<Input> inputs;

private:
    struct Buffer {
        std::optional<int64_t> bytes;
        Device device;
    };

    void readStorage(std::string_view name, std::string_view call) {
        Buffer buffer{std::nullopt, Device{}};
        ArgumentList args;
        Kwargs kwargs;
        PythonValues values(call, m_names);
        if (!values.arguments(args, kwargs) || args.size() < 2)
            return warn("this storage cannot be read");
        buffer.bytes = number(args[1]);
        for (const auto& [key, value] : kwargs)
            if (key == "device" && value.kind() == Argument::Kind::Device)
                buffer.device = value.asDevice();
        m_bufferNames.emplace_back(name);
        if (!m_names.bind(m_bufferNames.back(), static_cast<uint32_t>(m_buffers.size())))
            m_names.rebind(m_bufferNames.back(), static_cast<uint32_t>(m_buffers.size()));
        m_buffers.push_back(std::move(buffer));
    }

    /// "(buf0, (16, 16), (16, 1), dtype=torch.float16, is_leaf=True)".
    ValueMeta readTensor(std::string_view call, std::string_view target) {
        ArgumentList args;
        Kwargs kwargs;
        PythonValues values(call, m_names);
        if (!values.arguments(args, kwargs) || args.size() < 2 || !args[0].isNode())
            return warn("the input " + displayText(target) + " cannot be read"), ValueMeta{};
        TensorMeta meta;
        const auto sizes = sizesOf(args[1]);
        std::optional<SymSizes> strides = args.size() > 2 ? sizesOf(args[2]) : std::nullopt;
        if (!sizes)
            return warn("the sizes of " + displayText(target) + " cannot be read"), ValueMeta{};
        meta.sizes = *sizes;
        for (const auto& [key, value] : kwargs) {
            if (key == "dtype" && value.kind() == Argument::Kind::DType)
                meta.dtype = value.asDType();
            else if (key == "storage_offset" && sizeOf(value))
                meta.storageOffset = *sizeOf(value);
            else if (key == "requires_grad" && value.kind() == Argument::Kind::Bool)
                meta.requiresGrad = value.asBool();
            else if (key == "stride")
                strides = sizesOf(value);
        }
        meta.strides = strides && strides->size() == meta.sizes.size() ? *strides : contiguousStrides(meta.sizes);
        const Buffer& buffer = m_buffers[args[0].asNode().index];
        meta.device = buffer.device;
        if (!fits(meta, buffer))
            return warn("the input " + displayText(target) + " is larger than its storage"), ValueMeta{};
        return ValueMeta::tensor(std::move(meta));
    }

    ValueMeta readSymInt(std::string_view call) {
        ArgumentList args;
        Kwargs kwargs;
        PythonValues values(call, m_names);
        const auto size = values.arguments(args, kwargs) && !args.empty() ? sizeOf(args[0]) : std::nullopt;
        if (!size)
            return ValueMeta{};
        for (const auto& [symbol, hint] : m_hints) // which symbol it is, the file does not say: the first that fits
            if (size->is(hint) && m_taken.insert(symbol).second)
                return ValueMeta::symInt(SymInt::symbol(symbol));
        return ValueMeta::symInt(*size);
    }

    static std::optional<SymInt> sizeOf(const Argument& value) {
        if (value.isInt())
            return SymInt(value.asInt());
        return value.kind() == Argument::Kind::Sym ? std::optional(value.asSym()) : std::nullopt;
    }
    static std::optional<SymSizes> sizesOf(const Argument& value) {
        if (!value.isSequence())
            return std::nullopt;
        SymSizes sizes;
        for (const Argument& item : value.items()) {
            const auto size = sizeOf(item);
            if (!size)
                return std::nullopt;
            sizes.push_back(*size);
        }
        return sizes;
    }
    std::optional<int64_t> number(const Argument& value) const {
        const auto size = sizeOf(value);
        return size ? size->eval(m_hints) : std::nullopt;
    }

    /// Whether the largest element that sizes and strides reach lies in the storage; true where a size is not known.
    bool fits(const TensorMeta& meta, const Buffer& buffer) const {
        if (!buffer.bytes)
            return true;
        __int128 last = meta.storageOffset.eval(m_hints).value_or(0);
        for (size_t i = 0; i < meta.sizes.size(); ++i) {
            const auto size = meta.sizes[i].eval(m_hints), stride = (*meta.strides)[i].eval(m_hints);
            if (!size || !stride)
                return true;
            if (*size < 0 || *stride < 0)
                return false;
            if (*size == 0)
                return true;
            last += static_cast<__int128>(*size - 1) * *stride;
            if (last > INT64_MAX)
                return false;
        }
        return (last + 1) * static_cast<__int128>(bytesOf(meta.dtype)) <= *buffer.bytes;
    }

    void warn(std::string what) {
        m_notes.push_back({std::move(what), atLine(m_where, m_line), "give inputs with --inputs", Severity::Warning});
    }

    const SymHints& m_hints;
    const std::string& m_where;
    Diagnostics& m_notes;
    int m_line = 0;
    NameTable m_names; ///< of storages
    std::deque<std::string> m_bufferNames;
    std::vector<Buffer> m_buffers;
    std::set<std::string> m_taken;
};

/// "s53 = 32" above the imports.
SymHints hintsOf(std::string_view text) {
    SymHints hints;
    Lines lines(text);
    for (std::string_view line; lines.next(line) && !line.starts_with("import ") && !line.starts_with("from ");) {
        const size_t equals = line.find(" = ");
        const auto value = equals == std::string_view::npos ? std::nullopt : parseInt(trim(line.substr(equals + 3)));
        if (value && isSymbolName(line.substr(0, equals)))
            hints.emplace(line.substr(0, equals), *value);
    }
    return hints;
}

std::vector<Input> readArgs(std::string_view text, const SymHints& hints, const std::string& where,
                            Diagnostics& notes) {
    ArgsReader reader(hints, where, notes);
    Lines lines(text);
    bool inside = false;
    for (std::string_view line; lines.next(line);) {
        if (line.starts_with("def load_args(reader):")) {
            inside = true;
        } else if (inside && line.starts_with("load_args._version = ")) {
            const std::string_view version = trim(line.substr(21));
            if (version == "0")
                break;
            notes.push_back({"the inputs are of version " + displayText(version) + ", expected 0",
                             atLine(where, lines.number()), "give inputs with --inputs", Severity::Warning});
            return {};
        } else if (inside) {
            reader.take(line, lines.number());
        }
    }
    return std::move(reader.inputs);
}

/// By target where the comment has one, else by place.
void setInputs(Graph& graph, const std::vector<Input>& inputs, const std::string& where, Diagnostics& notes) {
    const std::vector<NodeId> placeholders = graph.placeholders();
    if (inputs.size() != placeholders.size())
        notes.push_back({"load_args describes " + counted(static_cast<int64_t>(inputs.size()), "input", "inputs") +
                             ", the graph has " + std::to_string(placeholders.size()),
                         where, "give inputs with --inputs", Severity::Warning});
    std::map<std::string, const Input*> byTarget;
    for (const Input& input : inputs)
        byTarget.emplace(input.target, &input);
    for (size_t i = 0; i < placeholders.size(); ++i) {
        NodeBody body = graph[placeholders[i]];
        const auto found = byTarget.find(body.target.str());
        const Input* input = found != byTarget.end()                         ? found->second
                             : i < inputs.size() && inputs[i].target.empty() ? &inputs[i]
                                                                             : nullptr;
        if (!input || !input->meta.isKnown())
            continue;
        body.meta = input->meta;
        graph.setBody(placeholders[i], std::move(body));
    }
}

} // namespace

bool recognise(const Source& source) {
    return source.content.find("class Repro(") != std::string_view::npos &&
           source.content.find("def load_args(reader):") != std::string_view::npos;
}

Result<Capture> open(const Source& source) {
    FX_TRY(Capture capture, readable::open(source));
    std::string storage;
    const std::string_view text = plainText(source.content, storage);
    auto graph = std::make_shared<Graph>(*capture.graphs[0].graph);
    graph->symHints = hintsOf(text);
    setInputs(*graph, readArgs(text, graph->symHints, source.where, capture.notes), source.where, capture.notes);
    capture.graphs[0].graph = std::move(graph);
    return capture;
}

} // namespace fxscope::io::runnable
