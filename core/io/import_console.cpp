// SPDX-License-Identifier: BSD-3-Clause
// What TORCH_LOGS prints on a console: graphs line by line, each behind the logger's prefix. See formats.md, 0.1.
#include "core/io/formats.h"
#include "core/io/log_line.h"
#include "core/io/plain_text.h"
#include "core/io/stages.h"
#include "core/support/text.h"

#include <array>
#include <map>

namespace fxscope::io::console {
namespace {

/// "[0/0] [__graph_code]     y = x + 1": compile, artifact and what was logged.
struct Message {
    std::string_view compile, artifact, content;
};

Message parseMessage(std::string_view text) {
    Message message;
    while (text.starts_with('[')) {
        const size_t close = text.find(']');
        if (close == std::string_view::npos)
            break;
        const std::string_view word = text.substr(1, close - 1);
        text.remove_prefix(close + 1);
        if (text.starts_with(' '))
            text.remove_prefix(1);
        if (word.starts_with("__")) {
            message.artifact = word.substr(2);
            break;
        }
        if (word.find('/') != std::string_view::npos)
            message.compile = word;
    }
    message.content = text;
    return message;
}

/// The record of a structured log that holds the same graph, by what stands between ===== on the console.
std::string stageOf(std::string_view artifact, std::string_view title) {
    struct Named {
        std::string_view title, stage;
    };
    static constexpr std::array<Named, 8> kStages{{{"Joint graph", "aot_joint_graph"},
                                                   {"Forward graph", "aot_forward_graph"},
                                                   {"Backward graph", "aot_backward_graph"},
                                                   {"BEFORE PRE GRAD", "before_pre_grad_graph"},
                                                   {"AFTER PRE GRAD", "after_pre_grad_graph"},
                                                   {"BEFORE POST GRAD", "before_post_grad_graph"},
                                                   {"AFTER POST GRAD", "after_post_grad_graph"},
                                                   {"__compiled_fn", "dynamo_output_graph"}}};
    for (const Named& known : kStages)
        if (title.starts_with(known.title))
            return std::string(known.stage);
    return std::string(artifact);
}

struct Block {
    std::string compile, stage, text;
    int line = 0;
};

class Collector {
public:
    void take(std::string_view line, int number) {
        const auto parsed = parseLogLine(line);
        if (!parsed)
            return;
        const Message message = parseMessage(parsed->message);
        if (message.artifact.empty())
            return;
        Stream& stream = m_streams[std::string(parsed->rank) + " " + std::string(parsed->process)];
        if (message.artifact != stream.artifact || message.compile != stream.compile)
            stream = {std::string(message.artifact), std::string(message.compile), {}, -1};
        const std::string_view content = message.content;
        if (content.starts_with("TRACED GRAPH"))
            stream.open = -1;
        else if (const size_t title = content.find("===== "); title != std::string_view::npos && title < 4)
            beginTitle(stream, content.substr(title + 6));
        else
            takeContent(stream, content, number);
    }
    std::vector<Block> blocks;

private:
    /// What one process prints; processes may print in turns.
    struct Stream {
        std::string artifact, compile, title;
        int open = -1; ///< block that is being printed
    };

    static void beginTitle(Stream& stream, std::string_view title) {
        stream.title = trim(title.substr(0, title.find(" =====")));
        stream.open = -1;
    }

    void takeContent(Stream& stream, std::string_view content, int number) {
        if (const size_t start = graphStart(content);
            start != std::string_view::npos && (stream.open < 0 || start == 0)) {
            content = content.substr(start);
            stream.open = static_cast<int>(blocks.size());
            blocks.push_back({stream.compile, stageOf(stream.artifact, stream.title), {}, number});
        }
        if (stream.open >= 0)
            (blocks[static_cast<size_t>(stream.open)].text += content) += '\n';
    }

    /// Where a graph begins on this line: at its class, before which a file name may stand, or at "graph():".
    static size_t graphStart(std::string_view content) {
        if (content.starts_with("graph():"))
            return 0;
        if (content.find("(torch.nn.Module):") == std::string_view::npos)
            return content.starts_with("def forward(") ? 0 : std::string_view::npos;
        const size_t at = content.find("class ");
        return at == 0 || (at != std::string_view::npos && trim(content.substr(0, at)).size() > 0)
                   ? at
                   : std::string_view::npos;
    }

    std::map<std::string, Stream> m_streams;
};

} // namespace

bool recognise(const Source& source) {
    std::string storage;
    Lines lines(plainText(source.content.substr(0, size_t{1} << 20), storage));
    int looked = 0;
    for (std::string_view line; lines.next(line) && looked < 2'000; ++looked)
        if (const auto parsed = parseLogLine(line); parsed && !parseMessage(parsed->message).artifact.empty())
            return true;
    return false;
}

Result<Capture> open(const Source& source) {
    std::string storage;
    Collector collector;
    Lines lines(plainText(source.content, storage));
    for (std::string_view line; lines.next(line);)
        collector.take(line, lines.number());
    Capture capture;
    StageList stages(capture);
    std::map<std::string, int> latest;
    for (Block& block : collector.blocks) {
        const auto previous = latest.find(block.compile);
        const std::string where = source.where + ", graph of line " + std::to_string(block.line);
        const StageList::Stage stage{block.compile, block.stage, previous == latest.end() ? -1 : previous->second,
                                     block.text.size()};
        const std::string compile = block.compile;
        latest[compile] = stages.add(stage, [where, text = std::move(block.text)] {
            return readOneGraph({where, text, nullptr, {}});
        });
    }
    if (capture.graphs.empty())
        return Diagnostic{"this is a log of PyTorch (TORCH_LOGS) without a graph", source.where,
                          "TORCH_LOGS=graph_code,aot_graphs prints graphs; TORCH_TRACE=FOLDER keeps them all"};
    return capture;
}

} // namespace fxscope::io::console
