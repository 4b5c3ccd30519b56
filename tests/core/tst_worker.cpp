// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/protocol.h"
#include "tests/support/worker_process.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::worker;

namespace {

const std::string kGraph = FXSCOPE_SOURCE_DIR "/tests/data/pt2/randperm_index_add.pt2";

Request loadRequest() { return {.verb = Verb::Load, .id = 2, .handle = "g", .path = kGraph, .passes = {"misc"}}; }

/// A graph that takes long enough to be cancelled: products of matrices in a row.
std::string longGraph() {
    std::string text = "class GraphModule(torch.nn.Module):\n    def forward(self, x: \"f32[384, 384]\"):\n",
                last = "x";
    for (int i = 0; i < 4000; ++i) {
        const std::string name = "mm_" + std::to_string(i);
        text += "        " + name + ": \"f32[384, 384]\" = torch.ops.aten.mm.default(" + last + ", x)\n";
        last = name;
    }
    return text + "        return (" + last + ",)\n";
}

} // namespace

class TstWorker : public QObject {
    Q_OBJECT
private slots:
    void framesArriveInPieces() {
        const std::string bytes = encode({"{\"a\": 1}", std::string("\0\1\2", 3)}).value() + encode({"{}", ""}).value();
        QCOMPARE(bytes.size(), size_t(12 + 8 + 3 + 12 + 2));
        FrameReader reader;
        std::vector<Frame> frames;
        for (const char byte : bytes) {
            reader.feed({&byte, 1});
            if (auto frame = reader.next().value())
                frames.push_back(*frame);
        }
        QCOMPARE(frames.size(), size_t(2));
        QCOMPARE(frames[0].payload, std::string("\0\1\2", 3));
        QCOMPARE(frames[1].header, std::string("{}"));
        QVERIFY(reader.empty());
    }

    void requestsReadBack() {
        Request request{.verb = Verb::Compare, .id = 7, .handle = "h", .device = "cuda:1", .seed = UINT64_MAX};
        request.tolerance = Tolerance{1e-3, 1e-4};
        request.repeats = 9;
        request.fuse = request.replay = true;
        request.statistics = true;
        request.payload = "bytes";
        int64_t id = 0;
        const Request read = parseRequest(toFrame(request), id).value();
        QCOMPARE(id, int64_t(7));
        QCOMPARE(read.device, request.device);
        QCOMPARE(read.seed, request.seed);
        QCOMPARE(read.tolerance->atol, 1e-4);
        QCOMPARE(read.repeats, 9);
        QVERIFY(read.fuse && read.replay);
        QVERIFY(read.statistics);
        QCOMPARE(read.payload, request.payload);
    }

    void wrongRequestsAreRefused_data() {
        QTest::addColumn<QString>("header");
        QTest::addColumn<QString>("error");
        const QString lists = "; app/worker/protocol.h lists the requests",
                      members = "; app/worker/protocol.h lists them";
        QTest::newRow("no object") << "[1]"
                                   << "worker request: not a JSON object";
        QTest::newRow("no JSON") << "{"
                                 << "worker request: not a JSON object";
        QTest::newRow("no id") << R"({"request": "run"})"
                               << "worker request: 'request' or 'id' is missing" + lists;
        QTest::newRow("verb") << R"({"request": "fly", "id": 1})"
                              << "worker request: the request 'fly' is unknown" + lists;
        QTest::newRow("handle") << R"({"request": "run", "id": 1})"
                                << "worker request: 'handle' is missing" + lists;
        QTest::newRow("type") << R"({"request": "run", "id": 1, "handle": "a", "seed": "x"})"
                              << "worker request: the member 'seed' has the wrong type" + members;
        QTest::newRow("version") << R"({"request": "run", "id": 1, "handle": "a", "version": "later"})"
                                 << "worker request: version is 'later', wanted is before or after" + lists;
        QTest::newRow("repeats") << R"({"request": "compare", "id": 1, "handle": "a", "repeats": 0})"
                                 << "worker request: 'repeats' must be 1 to 10000" + lists;
        QTest::newRow("fused values") << R"({"request": "run", "id": 1, "handle": "a", "fuse": true, "keepAll": true})"
                                      << "worker request: 'fuse' makes no values between fused nodes, which 'keep' and "
                                         "'keepAll' ask for" +
                                             lists;
    }
    void wrongRequestsAreRefused() {
        QFETCH(QString, header);
        int64_t id = 0;
        const auto request = parseRequest({header.toStdString(), {}}, id);
        QVERIFY(!request.ok());
        QTEST(QString::fromStdString(request.error().str()), "error");
    }

    void comparisonsReadBack() {
        Comparison c;
        c.firstDiffering = "a";
        c.maxRel = std::numeric_limits<double>::infinity();
        c.before = std::chrono::nanoseconds(12);
        c.nodes.push_back({.before = "a", .after = "b", .beforeId = NodeId{3}, .afterId = NodeId{9}, .type = "f32[2]"});
        c.nodes[0].difference.firstBadA = std::nan("");
        c.nodes[0].afterStatistics = TensorStatistics{.elements = 2, .histogram = {1, 1}};
        c.onlyAfter.push_back({"n", NodeId{4}, "f32[1]", {}});
        c.beforeTimes = {{NodeId{3}, std::chrono::nanoseconds(5)}};
        c.afterTimes = {{NodeId{4}, std::chrono::nanoseconds(6), {NodeId{3}, NodeId{4}}, 128}};
        c.fused = true;
        c.replayAfter = std::chrono::nanoseconds(7);
        c.remarksBefore = {"slow"};
        c.copy = {"a device", 1e9};
        const auto read = parseComparison(comparisonJson(c));
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().str().c_str());
        QCOMPARE(read->maxRel, c.maxRel);
        QCOMPARE(read->nodes[0].afterId, NodeId{9});
        QVERIFY(std::isnan(read->nodes[0].difference.firstBadA));
        QVERIFY(!read->nodes[0].beforeStatistics && read->nodes[0].afterStatistics->histogram.size() == 2);
        QCOMPARE(read->onlyAfter[0].name, std::string("n"));
        QCOMPARE(read->beforeTimes[0].took.count(), int64_t(5));
        QVERIFY(read->fused);
        QCOMPARE(read->afterTimes[0].fused, (std::vector<NodeId>{{3}, {4}}));
        QCOMPARE(read->afterTimes[0].bytes, uint64_t(128));
        QCOMPARE(read->replayAfter.count(), int64_t(7));
        QCOMPARE(read->remarksBefore, c.remarksBefore);
        QCOMPARE(read->copy.device, c.copy.device);
        QCOMPARE(comparisonJson(*read), comparisonJson(c));
        QVERIFY(!parseComparison("{\"nodes\": 3}").ok());
    }

    void handshake() {
        WorkerProcess client;
        const Message hello = client.hello();
        QCOMPARE(hello.kind, Message::Kind::Hello);
        QCOMPARE(hello.hello.protocol, kProtocol);
        QVERIFY(!hello.hello.version.empty());
        QCOMPARE(hello.hello.devices.at(0).name, std::string("cpu"));
        QCOMPARE(client.end(), 0);
    }

    void nothingBeforeHello() {
        WorkerProcess client;
        const Message answer = client.ask(loadRequest());
        QCOMPARE(answer.kind, Message::Kind::Error);
        QCOMPARE(answer.id, int64_t(2));
        QCOMPARE(answer.error.code, std::string("protocol"));
        QCOMPARE(said(answer), QStringLiteral("worker protocol: the first request must be hello"));
    }

    void otherProtocolIsRefused() {
        WorkerProcess client;
        const Message answer = client.ask({.verb = Verb::Hello, .id = 1, .protocol = kProtocol + 1});
        QCOMPARE(answer.error.code, std::string("protocol"));
        QVERIFY2(said(answer).contains("the client speaks protocol 2, this worker 1"), qPrintable(said(answer)));
    }

    void runSendsValues() {
        WorkerProcess client;
        client.hello();
        const Message loaded = client.ask(loadRequest());
        QVERIFY2(loaded.kind == Message::Kind::Load, qPrintable(said(loaded)));
        QCOMPARE(loaded.load.rewrites, size_t(1));
        QCOMPARE(loaded.load.inputs.at(0).type, std::string("f32[64, 32]"));
        Request request{.verb = Verb::Run, .id = 3, .handle = "g", .seed = 5};
        request.after = false;
        request.keep = {"slice_1"};
        request.values = request.statistics = true;
        const Message ran = client.ask(request);
        QVERIFY2(ran.kind == Message::Kind::Run, qPrintable(said(ran)));
        QCOMPARE(ran.run.outputs, (std::vector<std::string>{"out0", "out1"}));
        auto bytes = std::make_shared<const std::string>(ran.payload);
        const auto tensors =
            io::loadSafetensors(std::as_bytes(std::span(bytes->data(), bytes->size())), bytes, "answer");
        QVERIFY2(tensors.ok(), tensors.ok() ? "" : tensors.error().str().c_str());
        QCOMPARE(tensors->size(), size_t(3));
        QVERIFY(compareTensors(tensors->at("slice_1"), tensors->at("out1")).bitEqual);
        const auto kept = std::find_if(ran.run.nodes.begin(), ran.run.nodes.end(),
                                       [](const RunNode& n) { return n.name == "slice_1"; });
        QVERIFY(kept != ran.run.nodes.end() && kept->statistics && kept->type == "i64[16]");
    }

    void compareIsEqual() {
        WorkerProcess client;
        client.hello();
        client.ask(loadRequest());
        const Message answer =
            client.ask({.verb = Verb::Compare, .id = 4, .handle = "g", .seed = 7, .statistics = true});
        QVERIFY2(answer.kind == Message::Kind::Compare, qPrintable(said(answer)));
        QVERIFY(answer.comparison.equal);
        QCOMPARE(answer.comparison.rewrites, size_t(1));
        QVERIFY(answer.comparison.nodes.size() >= 3);
        QVERIFY(answer.comparison.nodes.back().beforeStatistics.has_value());
    }

    void runsAreTimedAsAsked() {
        WorkerProcess client;
        client.hello();
        client.ask(loadRequest());
        const Message ran =
            client.ask({.verb = Verb::Run, .id = 3, .handle = "g", .seed = 5, .repeats = 3, .fuse = true});
        QVERIFY2(ran.kind == Message::Kind::Run, qPrintable(said(ran)));
        QVERIFY(ran.run.total.count() > 0 && ran.run.copy.bytesPerSecond > 0);
        const auto moved = std::count_if(ran.run.nodes.begin(), ran.run.nodes.end(),
                                         [](const RunNode& node) { return node.bytes > 0; });
        QVERIFY(moved >= 3);
        const Message compared =
            client.ask({.verb = Verb::Compare, .id = 4, .handle = "g", .repeats = 2, .fuse = true});
        QVERIFY2(compared.kind == Message::Kind::Compare, qPrintable(said(compared)));
        QVERIFY(compared.comparison.fused && compared.comparison.equal);
    }

    void errorsLeaveTheWorkerAlive() {
        WorkerProcess client;
        client.hello();
        Message answer = client.ask({.verb = Verb::Run, .id = 3, .handle = "none"});
        QCOMPARE(said(answer),
                 QStringLiteral("worker request: nothing is loaded under the handle 'none'; send load first"));
        QCOMPARE(answer.error.code, std::string("input"));
        Request missing = loadRequest();
        missing.path += ".missing";
        answer = client.ask(missing);
        QCOMPARE(answer.error.code, std::string("input"));
        QVERIFY(answer.error.diagnostic.where.find("missing") != std::string::npos);
        client.sendBytes(encode({"garbage", "more"}).value());
        answer = client.receive();
        QCOMPARE(answer.error.code, std::string("protocol"));
        QCOMPARE(answer.id, int64_t(-1));
        QCOMPARE(client.ask(loadRequest()).kind, Message::Kind::Load);
        QCOMPARE(client.end(), 0);
    }

    void garbageEndsTheWorkerWithAnError_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("text") << QByteArray("hello worker, how are you today?");
        QTest::newRow("ones") << QByteArray(64, '\xff');
        QTest::newRow("huge payload") << QByteArray::fromHex("02000000ffffffffffffff7f") + "{}";
        QTest::newRow("cut off") << QByteArray::fromHex("100000000000000000000000") + "{\"req";
    }
    void garbageEndsTheWorkerWithAnError() {
        QFETCH(QByteArray, bytes);
        WorkerProcess client;
        client.hello();
        client.sendBytes(bytes.toStdString());
        if (QByteArray(QTest::currentDataTag()) == "cut off")
            QCOMPARE(client.end(), 2);
        const Message answer = client.receive();
        QCOMPARE(answer.kind, Message::Kind::Error);
        QCOMPARE(answer.error.code, std::string("protocol"));
        QVERIFY(client.waitForEnd());
        QCOMPARE(client.exitCode(), 2);
    }

    void cancelStopsARun() {
        WorkerProcess client;
        client.hello();
        Request load{.verb = Verb::Load, .id = 2, .handle = "long"};
        load.payload = longGraph();
        QCOMPARE(client.ask(load).kind, Message::Kind::Load);
        client.send({.verb = Verb::Run, .id = 3, .handle = "long"});
        Message message = client.receive();
        QCOMPARE(message.kind, Message::Kind::Progress);
        QCOMPARE(message.id, int64_t(3));
        client.send({.verb = Verb::Run, .id = 4, .handle = "long"}); // waits behind it
        client.send({.verb = Verb::Cancel, .id = 5, .of = 4});
        client.send({.verb = Verb::Cancel, .id = 6, .of = 3});
        std::map<int64_t, Message> answers;
        while (answers.size() < 4) {
            message = client.receive();
            if (message.kind != Message::Kind::Progress)
                answers[message.id] = message;
        }
        QCOMPARE(answers.at(3).error.code, std::string("cancelled"));
        QCOMPARE(answers.at(4).error.code, std::string("cancelled"));
        QCOMPARE(answers.at(5).kind, Message::Kind::Done);
        QCOMPARE(client.ask(loadRequest()).kind, Message::Kind::Load);
    }

    void quitEndsIt() {
        WorkerProcess client;
        client.hello();
        QCOMPARE(client.ask({.verb = Verb::Quit, .id = 9}).kind, Message::Kind::Done);
        QVERIFY(client.waitForEnd());
        QCOMPARE(client.exitCode(), 0);
    }

    void endOfInputCancelsAndEnds() {
        WorkerProcess client;
        client.hello();
        Request load{.verb = Verb::Load, .id = 2, .handle = "long"};
        load.payload = longGraph();
        client.ask(load);
        client.send({.verb = Verb::Run, .id = 3, .handle = "long"});
        client.receive();
        QCOMPARE(client.end(), 0);
    }
};

QTEST_GUILESS_MAIN(TstWorker)
#include "tst_worker.moc"
