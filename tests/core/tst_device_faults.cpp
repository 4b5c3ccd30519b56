// SPDX-License-Identifier: BSD-3-Clause
// What a device can do wrong, through the worker: the answer names node and cause and says whether the worker can go
// on. FXSCOPE_TEST_PROGRAM names the program; with the emulated device (FXSCOPE_EMULATED chooses its machine) all of it
// runs anywhere, with a card what a card can be made to do.
#include "tests/support/worker_process.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::worker;

namespace {

const QString kProgram = qEnvironmentVariable("FXSCOPE_TEST_PROGRAM");

/// y = 2 x, then `lines`, which make `z`.
std::string graphOf(const std::string& lines) {
    return "class GraphModule(torch.nn.Module):\n"
           "    def forward(self, x: \"f32[64, 8]\"):\n"
           "        y: \"f32[64, 8]\" = torch.ops.aten.mul.Tensor(x, 2)\n" +
           lines + "        return (z,)\n";
}

/// Rows of y at four places that are all `index`.
std::string rowsAt(const std::string& op, const std::string& index) {
    return graphOf("        i: \"i64[4]\" = torch.ops.aten.full.default([4], " + index +
                   ", dtype = torch.int64)\n"
                   "        rows: \"f32[4, 8]\" = torch.ops.aten." +
                   op +
                   "(y, [i])\n"
                   "        z: \"f32[4, 8]\" = torch.ops.aten.add.Tensor(rows, 1)\n");
}

QProcessEnvironment machine(const QString& name) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("FXSCOPE_EMULATED"), name);
    return environment;
}

/// Runs a graph as the worker's next request.
Message runOn(WorkerProcess& client, const std::string& graph, const std::string& device) {
    static int64_t id = 10;
    Request load{.verb = Verb::Load, .id = ++id, .handle = "g"};
    load.payload = graph;
    if (Message loaded = client.ask(load); loaded.kind != Message::Kind::Load)
        return loaded;
    return client.ask({.verb = Verb::Run, .id = ++id, .handle = "g", .device = device});
}

} // namespace

class TstDeviceFaults : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void reachingOutsideMemoryEndsTheDevice();
    void anIndexOutOfRangeIsNamed();
    void aFaultIsNotMetByTheNextRun();
    void tooLittleMemoryIsNamed();
    void tooLittleMemoryForInputsIsNamed();
    void machinesWithoutACardSayWhy_data();
    void machinesWithoutACardSayWhy();
    void tf32IsSaid();

private:
    bool m_emulated = kProgram.endsWith(QStringLiteral("emulated"));
};

void TstDeviceFaults::initTestCase() {
    QVERIFY2(!kProgram.isEmpty(), "FXSCOPE_TEST_PROGRAM names the program to test");
    WorkerProcess client(kProgram);
    for (const DeviceInfo& device : client.hello().hello.devices)
        if (device.name == "cuda" && !device.available)
            QSKIP(device.why.c_str());
}

void TstDeviceFaults::reachingOutsideMemoryEndsTheDevice() {
    WorkerProcess client(kProgram);
    client.hello();
    const std::string good = rowsAt("index.Tensor", "3"), wild = rowsAt("_unsafe_index.Tensor", "17179869184");
    QVERIFY(runOn(client, good, "cuda").kind == Message::Kind::Run);
    Message answer = runOn(client, wild, "cuda");
    QCOMPARE(answer.kind, Message::Kind::Error);
    QCOMPARE(answer.error.code, std::string("failed"));
    QVERIFY(answer.error.restart);
    QCOMPARE(answer.error.diagnostic.where, std::string("node rows (aten._unsafe_index.Tensor)"));
    QVERIFY2(said(answer).contains("an illegal memory access was encountered"), qPrintable(said(answer)));
    QCOMPARE(answer.error.diagnostic.next, std::string("this process cannot go on; restart the worker"));
    answer = runOn(client, good, "cuda");
    QCOMPARE(answer.kind, Message::Kind::Error);
    QVERIFY(answer.error.restart);
    QVERIFY2(said(answer).contains("node rows (aten._unsafe_index.Tensor)") &&
                 said(answer).contains("cannot go on; restart the worker"),
             qPrintable(said(answer)));
    QVERIFY(runOn(client, good, "cpu").kind == Message::Kind::Run);
    QCOMPARE(client.end(), 0);
}

void TstDeviceFaults::anIndexOutOfRangeIsNamed() {
    WorkerProcess client(kProgram);
    client.hello();
    const Message answer = runOn(client, rowsAt("index.Tensor", "100"), "cuda");
    QCOMPARE(said(answer), QStringLiteral("node rows (aten.index.Tensor): index 100 is out of bounds for dimension "
                                          "with size 64"));
    QVERIFY(!answer.error.restart);
    QVERIFY(runOn(client, rowsAt("index.Tensor", "-1"), "cuda").kind == Message::Kind::Run);
}

/// The fault shows only when the device is waited for, and the run has failed before.
void TstDeviceFaults::aFaultIsNotMetByTheNextRun() {
    WorkerProcess client(kProgram);
    client.hello();
    std::string graph = rowsAt("index.Tensor", "100");
    graph.replace(graph.find("        return"), std::string::npos,
                  "        huge: \"f32[1048576, 1048576]\" = torch.ops.aten.full.default([1048576, 1048576], 1.0)\n"
                  "        return (z, huge)\n");
    const Message answer = runOn(client, graph, "cuda");
    QCOMPARE(said(answer), QStringLiteral("node rows (aten.index.Tensor): index 100 is out of bounds for dimension "
                                          "with size 64"));
    const Message next = runOn(client, rowsAt("index.Tensor", "3"), "cuda");
    QVERIFY2(next.kind == Message::Kind::Run, qPrintable(said(next)));
}

void TstDeviceFaults::tooLittleMemoryIsNamed() {
    WorkerProcess client(kProgram);
    client.hello();
    const Message answer =
        runOn(client,
              graphOf("        z: \"f32[1048576, 1048576]\" = torch.ops.aten.full.default([1048576, 1048576], 1.0)\n"),
              "cuda");
    QVERIFY2(said(answer).startsWith("node z (aten.full.default): out of memory on cuda:0: 4194304 MiB are wanted, "),
             qPrintable(said(answer)));
    QVERIFY(!answer.error.restart);
    QVERIFY(runOn(client, rowsAt("index.Tensor", "3"), "cuda").kind == Message::Kind::Run);
}

void TstDeviceFaults::tooLittleMemoryForInputsIsNamed() {
    if (!m_emulated)
        return; // an input that no card holds, no host makes up
    WorkerProcess client(kProgram, machine(QStringLiteral("small card")));
    client.hello();
    const Message answer = runOn(client,
                                 "class GraphModule(torch.nn.Module):\n"
                                 "    def forward(self, x: \"f32[32, 1048576]\"):\n"
                                 "        z: \"f32[32, 1048576]\" = torch.ops.aten.mul.Tensor(x, 2)\n"
                                 "        return (z,)\n",
                                 "cuda");
    QVERIFY2(said(answer).startsWith("input x: out of memory on cuda:0: 128 MiB are wanted, 64 MiB of 64 MiB are free"),
             qPrintable(said(answer)));
    QVERIFY(!answer.error.restart);
}

void TstDeviceFaults::machinesWithoutACardSayWhy_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("why");
    QTest::newRow("no driver") << "no driver"
                               << "no NVIDIA driver; install the driver of your card";
    QTest::newRow("no device") << "no device"
                               << "no CUDA device; CUDA_VISIBLE_DEVICES may hide it";
    QTest::newRow("old card") << "old card"
                              << "emulated device has compute capability 7.5, the kernels need 8.0; use a newer card, "
                                 "or --device cpu";
}

void TstDeviceFaults::machinesWithoutACardSayWhy() {
    if (!m_emulated)
        return; // this machine has a card
    QFETCH(QString, name);
    QFETCH(QString, why);
    WorkerProcess client(kProgram, machine(name));
    const Message hello = client.hello();
    QCOMPARE(hello.hello.devices.back().name, std::string("cuda"));
    QVERIFY(!hello.hello.devices.back().available);
    QCOMPARE(QString::fromStdString(hello.hello.devices.back().why), why);
    const Message answer = runOn(client, rowsAt("index.Tensor", "3"), "cuda");
    QCOMPARE(answer.error.code, std::string("input"));
    QVERIFY(!answer.error.restart);
    QCOMPARE(said(answer), "device cuda cannot run graphs here; choose one of: cpu, cuda (not now: " + why + ")");
    QVERIFY(runOn(client, rowsAt("index.Tensor", "3"), "cpu").kind == Message::Kind::Run);
}

void TstDeviceFaults::tf32IsSaid() {
    WorkerProcess client(kProgram);
    client.hello();
    Request load{.verb = Verb::Load, .id = 2, .handle = "g"};
    load.payload = rowsAt("index.Tensor", "3");
    QCOMPARE(client.ask(load).kind, Message::Kind::Load);
    Request run{.verb = Verb::Run, .id = 3, .handle = "g", .device = "cuda"};
    QVERIFY(client.ask(run).run.remarks.empty());
    run.tf32 = true;
    const std::string said = "TF32 is on: products and convolutions of float32 take 10 of 23 bits of their operands";
    QCOMPARE(client.ask(run).run.remarks, std::vector<std::string>{said});
    run.tf32 = false;
    QVERIFY(client.ask(run).run.remarks.empty());
    run.tf32 = true;
    run.device = "cpu";
    const Message refused = client.ask(run);
    QCOMPARE(QString::fromStdString(refused.error.diagnostic.str()),
             QStringLiteral("TF32 is a mode of NVIDIA cards, cpu has none; leave it out"));
}

QTEST_GUILESS_MAIN(TstDeviceFaults)
#include "tst_device_faults.moc"
