// SPDX-License-Identifier: BSD-3-Clause
// The causes behind misses, what would match without a reason, unsound rewrites, and mistakes in pattern files.
#include "core/io/capture.h"
#include "core/pattern/lint.h"
#include "core/pattern/root_cause.h"
#include "core/pattern/soundness.h"

#include <QtTest>

using namespace fxscope;

namespace {

/// index_put(x, [randperm(4)[:2]], y, True) with parts of it replaced: (what stands there, what to put there).
Graph graphWith(const std::vector<std::pair<QString, QString>>& changes) {
    QString text =
        "class g(torch.nn.Module):\n"
        "    def forward(self, x: \"f32[4, 8]\", y: \"f32[2, 8]\"):\n"
        "        p: \"i64[4]\" = torch.ops.aten.randperm.default(4, device = device(type='cpu'), pin_memory = "
        "False)\n"
        "        s: \"i64[2]\" = torch.ops.aten.slice.Tensor(p, 0, 0, 2)\n"
        "        r: \"f32[4, 8]\" = torch.ops.aten.index_put.default(x, [s], y, True)\n"
        "        return (r, s)\n";
    for (const auto& [from, to] : changes)
        text.replace(from, to);
    const auto capture = io::openText(text.toStdString(), "g.py");
    if (!capture.ok())
        qWarning("%s", capture.error().str().c_str());
    return capture.ok() ? *capture->graphs[0].graph : Graph();
}

const PatternEntry& entry(const char* set, const char* name) { return *(*loadPatternSet(set))->find(name); }

using Changes = std::vector<std::pair<QString, QString>>;

constexpr const char* kGather = "class g(torch.nn.Module):\n"
                                "    def forward(self, x: \"f32[4, 8]\"):\n"
                                "        p: \"i64[4]\" = torch.ops.aten.randperm.default(4, device = "
                                "device(type='cpu'), pin_memory = False)\n"
                                "        s: \"i64[2]\" = torch.ops.aten.slice.Tensor(p, 0, 0, 2)\n"
                                "        r: \"f32[2, 8]\" = torch.ops.aten.index.Tensor(x, [s])\n"
                                "        return (r, s)\n";

} // namespace
Q_DECLARE_METATYPE(Changes)

class TestExplain : public QObject {
    Q_OBJECT
private slots:
    void causes_data() {
        QTest::addColumn<Changes>("changes");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("says");
        QTest::newRow("default written out") << Changes{{"0, 0, 2)", "0, 0, 2, 1)"}} << "default_written_out"
                                             << "step=1";
        QTest::newRow("used elsewhere") << Changes{{"(r, s)", "(r, s, p)"}} << "used_elsewhere"
                                        << "output";
        QTest::newRow("device") << Changes{{"type='cpu'", "type='cuda'"},
                                           {"x: \"f32[4, 8]\"", "x: \"f32[4, 8][8, 1]cpu\""}}
                                << "device_differs"
                                << "device=x.device";
        QTest::newRow("full permutation") << Changes{{"[s]", "[p]"}, {"(r, s)", "(r, p)"}} << "full_permutation"
                                          << "whole";
        QTest::newRow("a clone between")
            << Changes{{"        r:", "        c: \"i64[2]\" = torch.ops.aten.clone.default(s)\n        r:"},
                       {"[s]", "[c]"}}
            << "nodes_between"
            << "c (aten.clone.default)";
        QTest::newRow("other length") << Changes{{"default(4,", "default(5,"}} << "size_differs"
                                      << "4";
        QTest::newRow("memory changes")
            << Changes{{"        r:", "        w: \"f32[4, 8]\" = torch.ops.aten.add_.Tensor(x, 1)\n        r:"}}
            << "memory_changes"
            << "w (aten.add_.Tensor)";
        QTest::newRow("slice covers everything")
            << Changes{{"f32[2, 8]", "f32[4, 8]"}, {"0, 0, 2)", "0, 0, 4)"}} << "slice_covers_everything"
            << "vanishes";
        QTest::newRow("bfloat16") << Changes{{"f32", "bf16"}} << "bfloat16_keeps_index_add"
                                  << "bfloat16";
    }
    void causes() {
        QFETCH(Changes, changes);
        QFETCH(QString, says);
        const Graph graph = graphWith(changes);
        const Explanation why = explainAt(graph, entry("pytorch-2.11", "add_sliced"), *graph.find("r"));
        QVERIFY(why.reason != Reason::Match);
        const RootCause root = rootCauseOf(graph, why);
        QTEST(QString::fromStdString(root.code), "code");
        QVERIFY2(QString::fromStdString(root.cause + root.change).contains(says), (root.cause + root.change).c_str());
        QVERIFY(!root.change.empty());
    }

    /// What an explanation proposes, done by hand: the pattern matches then.
    void changesMatch_data() {
        QTest::addColumn<Changes>("before");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("proposes");
        QTest::addColumn<Changes>("change");
        const Changes symbolic{{"f32[4, 8]", "f32[s0, s1]"},
                               {"f32[2, 8]", "f32[s2, s1]"},
                               {"i64[2]", "i64[s2]"},
                               {"i64[4]", "i64[s0]"},
                               {"default(4,", "default(n,"},
                               {"0, 0, 2)", "0, 0, k)"},
                               {"        p:",
                                "        n: \"Sym(s0)\" = torch.ops.aten.sym_size.int(x, 0)\n"
                                "        k: \"Sym(s2)\" = torch.ops.aten.sym_size.int(y, 0)\n        p:"}};
        const auto also = [](Changes all, const Changes& more) {
            all.insert(all.end(), more.begin(), more.end());
            return all;
        };
        QTest::newRow("default") << Changes{{"0, 0, 2)", "0, 0, 2, 1)"}} << "default_written_out"
                                 << "leave step=1 out" << Changes{{"0, 0, 2, 1)", "0, 0, 2)"}};
        QTest::newRow("step") << Changes{{"0, 0, 2)", "0, 0, 2, 2)"}} << "default_differs"
                              << "leave step out, if 1 is meant" << Changes{{"0, 0, 2, 2)", "0, 0, 2)"}};
        QTest::newRow("keyword") << Changes{{", pin_memory = False", ""}} << "keyword_left_out"
                                 << "write False for it" << Changes{{"'cpu')", "'cpu'), pin_memory = False"}};
        QTest::newRow("end") << Changes{{"0, 0, 2)", "0, 0, -2)"}} << "size_differs"
                             << "write 2 in place of -2" << Changes{{"-2)", "2)"}};
        QTest::newRow("length") << Changes{{"default(4,", "default(5,"}} << "size_differs"
                                << "write 4 in place of 5" << Changes{{"default(5,", "default(4,"}};
        QTest::newRow("user") << Changes{{"(r, s)", "(r, s, p)"}} << "used_elsewhere"
                              << "compute what output needs from another node than p"
                              << Changes{{"(r, s, p)", "(r, s)"}};
        QTest::newRow("between") << Changes{{"        r:",
                                             "        c: \"i64[2]\" = torch.ops.aten.clone.default(s)\n        r:"},
                                            {"[s]", "[c]"}}
                                 << "nodes_between"
                                 << "take c (aten.clone.default) out" << Changes{{"[c]", "[s]"}};
        QTest::newRow("memory") << Changes{{"        r:",
                                            "        w: \"f32[4, 8]\" = torch.ops.aten.add_.Tensor(x, 1)\n        r:"}}
                                << "memory_changes"
                                << "move it before p"
                                << Changes{{"        w: \"f32[4, 8]\" = torch.ops.aten.add_.Tensor(x, 1)\n", ""},
                                           {"        p:", "        w: \"f32[4, 8]\" = torch.ops.aten.add_.Tensor(x, "
                                                          "1)\n        p:"}};
        QTest::newRow("device") << Changes{{"type='cpu'", "type='cuda'"},
                                           {"x: \"f32[4, 8]\"", "x: \"f32[4, 8][8, 1]cpu\""}}
                                << "device_differs"
                                << "device=x.device" << Changes{{"type='cuda'", "type='cpu'"}};
        QTest::newRow("dimension") << Changes{{"f32[4, 8]", "f32[4, 4]"},
                                              {"f32[2, 8]", "f32[4, 2]"},
                                              {"[s]", "[None, s]"}}
                                   << "other_dimensions"
                                   << "write 1 entry there"
                                   << Changes{{"f32[4, 2]", "f32[2, 4]"}, {"[None, s]", "[s]"}};
        QTest::newRow("size of its own")
            << also(symbolic, {{"(r, s)", "(r, s, k)"}}) << "used_elsewhere"
            << "write a new torch.ops.aten.sym_size.int(y, 0) in place of k"
            << Changes{{"        s:", "        own: \"Sym(s2)\" = torch.ops.aten.sym_size.int(y, 0)\n        s:"},
                       {"0, 0, k)", "0, 0, own)"}};
        QTest::newRow("size of what is added")
            << also(symbolic,
                    {{"        p:", "        z: \"f32[s2, s1]\" = torch.ops.aten.relu.default(y)\n        p:"},
                     {"[s], y,", "[s], z,"}})
            << "sources_differ"
            << "write a new torch.ops.aten.sym_size.int(z, 0)"
            << Changes{{"        s:", "        own: \"Sym(s2)\" = torch.ops.aten.sym_size.int(z, 0)\n        s:"},
                       {"0, 0, k)", "0, 0, own)"}};
        QTest::newRow("number for a size")
            << also(symbolic, {{"0, 0, k)", "0, 0, 2)"}}) << "size_not_asked_of_source"
            << "write torch.ops.aten.sym_size.int(y, 0) in place of 2" << Changes{{"0, 0, 2)", "0, 0, k)"}};
    }
    void changesMatch() {
        QFETCH(Changes, before);
        QFETCH(Changes, change);
        QFETCH(QString, proposes);
        const PatternEntry& pattern = entry("pytorch-2.11", "add_sliced");
        const Graph graph = graphWith(before);
        const RootCause root = rootCauseOf(graph, explainAt(graph, pattern, *graph.find("r")));
        QTEST(QString::fromStdString(root.code), "code");
        QVERIFY2(QString::fromStdString(root.change).contains(proposes), root.change.c_str());
        before.insert(before.end(), change.begin(), change.end());
        const Graph changed = graphWith(before);
        const Explanation after = explainAt(changed, pattern, *changed.find("r"));
        QVERIFY2(after.reason == Reason::Match, after.sentence.c_str());
    }

    void lostSlice() {
        const Graph graph = *io::openText(kGather, "g.py")->graphs[0].graph;
        const PatternEntry& gather = entry("pytorch-2.11", "gather_2.11");
        QCOMPARE(gather.lost.size(), size_t(1));
        QCOMPARE(gather.lost[0].target, std::string("aten.slice.Tensor"));
        const RootCause root = rootCauseOf(graph, explainAt(graph, gather, *graph.find("r")));
        QCOMPARE(root.code, std::string("sliced_gather"));
        QVERIFY2(root.cause.find("s (aten.slice.Tensor)") != std::string::npos, root.cause.c_str());
        QVERIFY(entry("pytorch-d58734b", "gather_sliced").lost.empty());
    }

    void noAnchor() {
        const Graph graph =
            graphWith({{"index_put.default(x, [s], y, True)", "index_add.default(x, 0, s, y)"}, {"f32", "bf16"}});
        QCOMPARE(whyNoAnchor(graph, entry("pytorch-2.11", "add_sliced")).code, std::string("bfloat16_keeps_index_add"));
        QVERIFY(whyNoAnchor(graph, entry("pytorch-2.11", "gather_2.11")).code.empty());
    }

    void whatIf_data() {
        QTest::addColumn<Changes>("changes");
        QTest::addColumn<QList<bool>>("without"); // users, dtypes, mutations, phase two
        QTest::newRow("users") << Changes{{"(r, s)", "(r, s, p)"}} << QList<bool>{true, false, false, false};
        QTest::newRow("mutation")
            << Changes{{"        r:", "        w: \"f32[4, 8]\" = torch.ops.aten.add_.Tensor(x, 1)\n        r:"}}
            << QList<bool>{false, false, true, false};
        QTest::newRow("dtype") << Changes{{"f32", "bf16"}} << QList<bool>{false, true, false, true};
        QTest::newRow("shapes") << Changes{{"default(4,", "default(5,"}} << QList<bool>{false, false, false, true};
    }
    void whatIf() {
        QFETCH(Changes, changes);
        QFETCH(QList<bool>, without);
        const Graph graph = graphWith(changes);
        constexpr bool WhatIf::*kFlags[] = {&WhatIf::userCounts, &WhatIf::dtypes, &WhatIf::mutationRegions,
                                            &WhatIf::recheck};
        for (int i = 0; i < 4; ++i) {
            PatternFacts facts;
            facts.whatIf.*kFlags[i] = true;
            const Explanation open = explainAt(graph, entry("pytorch-2.11", "add_sliced"), *graph.find("r"), facts);
            QCOMPARE(open.reason == Reason::Match, without[i]);
        }
    }

    void caveats_data() {
        QTest::addColumn<Changes>("changes");
        QTest::addColumn<QStringList>("codes");
        QTest::newRow("sound") << Changes{} << QStringList{};
        QTest::newRow("dtype of the index")
            << Changes{{"default(4,", "default(4, dtype = torch.int32,"}, {"i64", "i32"}}
            << QStringList{"index_dtype_changed"};
        QTest::newRow("broadcast source") << Changes{{"f32[2, 8]", "f32[2, 1]"}} << QStringList{"source_shape_relaxed"};
        QTest::newRow("random between")
            << Changes{{"        s:", "        d: \"f32[4]\" = torch.ops.aten.rand.default([4])\n        s:"}}
            << QStringList{"random_order_changed"};
        QTest::newRow("symbolic length") << Changes{{"f32[4, 8]", "f32[s0, 8]"}, {"f32[2, 8]", "f32[2, 8]"}}
                                         << QStringList{"n_not_proven", "bounds_check_removed"};
    }
    void caveats() {
        QFETCH(Changes, changes);
        const Graph graph = graphWith(changes);
        PatternFacts facts;
        facts.whatIf.recheck = true; // the second phase would refuse some of these
        const PatternEntry& add = entry("pytorch-2.11", "add_sliced");
        const Explanation match = explainAt(graph, add, *graph.find("r"), facts);
        QCOMPARE(match.reason, Reason::Match);
        QStringList codes;
        for (const Caveat& caveat : caveatsOf(graph, add, *match.match)) {
            codes.append(QString::fromStdString(caveat.code));
            QVERIFY(!caveat.sentence.empty());
        }
        QTEST(codes, "codes");
    }

    void lintFinds_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("code");
        const QString head = "import torch\norder = 1\nrule = \"r\"\ninputs = dict(x=\"f32[4, 8]\")\n"
                             "examples = [dict(x=\"f32[4, 8]\", matches=1)]\n";
        const QString relu = "def replacement(x):\n    return torch.relu(x)\n";
        QTest::newRow("nothing") << head + "def pattern(x):\n    return torch.relu(x)\n" + relu << "";
        QTest::newRow("unused value") << head + "def pattern(x):\n    z = torch.neg(x)\n    return torch.relu(x)\n" +
                                             relu
                                      << "value_unused";
        QTest::newRow("other shape") << head + "def pattern(x):\n    return torch.relu(x)\n"
                                               "def replacement(x):\n    return torch.relu(x)[:2]\n"
                                     << "result_differs";
        QTest::newRow("other count") << head + "def pattern(x):\n    return torch.relu(x)\n"
                                               "def replacement(x):\n    return torch.relu(x), x\n"
                                     << "refused";
        QTest::newRow("failing example") << QString(head).replace("matches=1", "matches=3") +
                                                "def pattern(x):\n    return torch.relu(x)\n" + relu
                                         << "example_fails";
        QTest::newRow("no firing example")
            << QString(head).replace("examples = [dict(x=\"f32[4, 8]\", matches=1)]\n", "") +
                   "def pattern(x):\n    return torch.relu(x)\n" + relu
            << "no_firing_example";
        QTest::newRow("named out") << QString("import torch\ninputs = dict(out=\"f32[4, 8]\")\nexamples = "
                                              "[dict(out=\"f32[4, 8]\", matches=1)]\n"
                                              "def pattern(out):\n    return torch.relu(out)\n"
                                              "def replacement(out):\n    return torch.relu(out)\n")
                                   << "argument_named_out";
        QTest::newRow("no such condition")
            << "requires = [\"sorted(x)\"]\n" + head + "def pattern(x):\n    return torch.relu(x)\n" + relu
            << "refused";
        QTest::newRow("function nobody runs")
            << head + "def pattern(x):\n    return torch.relu(x)\n" + relu + "def other(x):\n    return x\n"
            << "refused";
        QTest::newRow("binds nothing") << head + "def pattern(x):\n    return torch.randperm(4)\n"
                                                 "def replacement(x):\n    return torch.randperm(4)\n"
                                       << "refused";
        QTest::newRow("outside the subset")
            << head + "def pattern(x):\n    while x:\n        x = 1\n    return x\n" + relu << "refused";
    }
    void lintFinds() {
        QFETCH(QString, file);
        QFETCH(QString, code);
        const auto findings = lint(makePatternSet("own", {{"p", file.toStdString()}}));
        if (code.isEmpty()) {
            QVERIFY2(findings.empty(), findings.empty() ? "" : findings[0].diagnostic.str().c_str());
            return;
        }
        QVERIFY2(std::any_of(findings.begin(), findings.end(),
                             [&](const LintFinding& finding) { return finding.code == code.toStdString(); }),
                 findings.empty() ? "nothing found" : findings[0].code.c_str());
    }

    void lintSeesShadowing() {
        const std::string head = "import torch\nrule = \"r\"\ninputs = dict(x=\"f32[4, 8]\")\n";
        const std::string general = head + "order = 1\ndef pattern(x):\n    return torch.relu(x)\n"
                                           "def replacement(x):\n    return torch.relu(x)\n";
        const std::string special = head + "order = 2\ndef pattern(x):\n    return torch.relu(torch.neg(x))\n"
                                           "def replacement(x):\n    return torch.relu(x)\n";
        const auto has = [](const std::vector<LintFinding>& findings) {
            return std::any_of(findings.begin(), findings.end(),
                               [](const LintFinding& finding) { return finding.code == "shadowed"; });
        };
        QVERIFY(has(lint(makePatternSet("own", {{"a", general}, {"b", special}}))));
        const std::string swapped = QString::fromStdString(special).replace("order = 2", "order = 0").toStdString();
        QVERIFY(!has(lint(makePatternSet("own", {{"a", general}, {"b", swapped}}))));
    }

    void lintOfOurSets() {
        for (const char* set : {"as_written", "pytorch-d58734b", "pytorch-pr196873"})
            for (const LintFinding& finding : lint(**loadPatternSet(set)))
                QVERIFY2(finding.diagnostic.severity != Severity::Error && finding.code != "example_fails",
                         finding.diagnostic.str().c_str());
    }
};

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
