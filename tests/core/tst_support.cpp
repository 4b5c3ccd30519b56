// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/file.h"
#include "core/support/resources.h"
#include "core/support/text.h"

#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace fxscope;

class TestSupport : public QObject {
    Q_OBJECT
private slots:
    void floatsPrintAsPython_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("whole") << 1.0 << "1.0";
        QTest::newRow("tenth") << 0.1 << "0.1";
        QTest::newRow("small") << 1e-05 << "1e-05";
        QTest::newRow("just fixed") << 0.0001 << "0.0001";
        QTest::newRow("large fixed") << 1e15 << "1000000000000000.0";
        QTest::newRow("large") << 1e16 << "1e+16";
        QTest::newRow("float32 in double") << 0.17677669529663687 << "0.17677669529663687";
        QTest::newRow("minus infinity") << -std::numeric_limits<double>::infinity() << "-inf";
        QTest::newRow("minus zero") << -0.0 << "-0.0";
    }
    void floatsPrintAsPython() {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(reprFloat(value)), text);
    }

    void stringsPrintAsPython() {
        QCOMPARE(reprString("bij,bjk->bik"), std::string("'bij,bjk->bik'"));
        QCOMPARE(reprString("it's"), std::string("\"it's\""));
        QCOMPARE(reprString("a\nb\\"), std::string("'a\\nb\\\\'"));
        QCOMPARE(reprString("both ' and \""), std::string("'both \\' and \"'"));
    }

    void numbersMustBeWhole() {
        QVERIFY(!parseInt("12a"));
        QVERIFY(!parseInt(""));
        QVERIFY(!parseInt("9223372036854775808"));
        QCOMPARE(*parseInt("-9223372036854775808"), std::numeric_limits<int64_t>::min());
        QCOMPARE(*parseDouble("1e-05"), 1e-05);
    }

    void hiddenCharactersShow() {
        QCOMPARE(displayText("a\xE2\x80\xAE"
                             "b"),
                 std::string("a\\u202eb"));
        QCOMPARE(displayText("a\x1b[31m"), std::string("a\\x1b[31m"));
        QCOMPARE(displayText("\xC3\xA9 ok"), std::string("\xC3\xA9 ok"));
        QCOMPARE(displayText("\xFFx"), std::string("\xEF\xBF\xBDx"));
        QCOMPARE(displayText("\xC0\x80"), std::string("\xEF\xBF\xBD\xEF\xBF\xBD"));
        QCOMPARE(escapeXml("<a href='x'>&"), std::string("&lt;a href=&#39;x&#39;&gt;&amp;"));
    }

    void nearNamesAreOffered() {
        const std::vector<std::string> names{"randperm_index", "randperm_index_add", "numpy_kwargs"};
        QCOMPARE(nearest("randperm_indx", names).at(0), std::string("randperm_index"));
        QVERIFY(nearest("zzz", names).empty());
    }

    void filesAreWrittenWhole() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("x.txt").toStdString();
        QVERIFY(writeFile(path, "one").ok());
        QVERIFY(writeFile(path, "two").ok());
        QCOMPARE((*MappedFile::open(path))->text(), std::string_view("two"));
        QCOMPARE(MappedFile::open(folder.filePath("none").toStdString()).error().what, std::string("no such file"));
        QVERIFY(MappedFile::open(folder.path().toStdString()).error().what.find("folder") != std::string::npos);
        const auto failed = writeFile(folder.filePath("no/such/x").toStdString(), "x");
        QVERIFY(!failed.ok());
        QVERIFY(failed.error().what.starts_with("cannot write"));
        QVERIFY(writeFile(path, "").ok());
        QVERIFY((*MappedFile::open(path))->bytes().empty());
    }

    void resourcesAreInside() {
        const auto schemas = resource("schemas/aten_schemas.txt");
        QVERIFY(schemas && schemas->find("aten::index_put(") != std::string_view::npos);
        QVERIFY(!resource("schemas/none"));
        QVERIFY(!resourceNames("schemas/").empty());
    }
};

QTEST_GUILESS_MAIN(TestSupport)
#include "tst_support.moc"
