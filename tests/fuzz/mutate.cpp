// SPDX-License-Identifier: BSD-3-Clause
// A small driver for compilers without libFuzzer: it changes files of a corpus at random, without looking at coverage.
// fuzz_x CORPUS... [-runs=N] [-max_total_time=SECONDS] [-seed=N]; what it is about to try stands in crash-x before it
// is.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Random = std::mt19937_64;
constexpr size_t kLargest = 1 << 16;

size_t below(Random& random, size_t limit) { return limit == 0 ? 0 : random() % limit; }

void change(std::string& text, const std::vector<std::string>& corpus, Random& random) {
    static const std::vector<std::string> kWords{"(",
                                                 ")",
                                                 "[",
                                                 "]",
                                                 "{",
                                                 "}",
                                                 "\"",
                                                 "'",
                                                 "\n",
                                                 "\t",
                                                 ", ",
                                                 ": ",
                                                 " = ",
                                                 "%",
                                                 "0",
                                                 "-1",
                                                 "99999999999999999999",
                                                 "None",
                                                 "\\",
                                                 "#",
                                                 "class ",
                                                 "def forward(",
                                                 "return ",
                                                 std::string(1, '\0'),
                                                 "\xff\xff\xff\xff",
                                                 "\r",
                                                 "x",
                                                 ";  "};
    const size_t at = below(random, text.size() + 1),
                 length = below(random, std::min<size_t>(text.size() - at, 64) + 1);
    switch (below(random, 7)) {
    case 0: text.erase(at, length); break;
    case 1: text.insert(at, kWords[below(random, kWords.size())]); break;
    case 2: text.insert(at, text.substr(below(random, text.size() + 1), below(random, 256))); break;
    case 3:
        if (at < text.size())
            text[at] = static_cast<char>(text[at] ^ (1 << below(random, 8)));
        break;
    case 4:
        if (at < text.size())
            text[at] = static_cast<char>(random());
        break;
    case 5: {
        const std::string& other = corpus[below(random, corpus.size())];
        const size_t from = below(random, other.size() + 1);
        text.replace(at, length, other, from, below(random, 512));
        break;
    }
    default: text.resize(at); break;
    }
}

void collect(const std::filesystem::path& path, std::vector<std::string>& corpus) {
    if (std::filesystem::is_directory(path)) {
        for (const auto& entry : std::filesystem::directory_iterator(path))
            collect(entry.path(), corpus);
        return;
    }
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (corpus.back().size() > kLargest)
        corpus.back().resize(kLargest);
}

} // namespace

int main(int argc, char** argv) {
    uint64_t runs = UINT64_MAX, seconds = UINT64_MAX, seed = 1;
    std::vector<std::string> corpus;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.starts_with("-runs="))
            runs = std::strtoull(word.c_str() + 6, nullptr, 10);
        else if (word.starts_with("-max_total_time="))
            seconds = std::strtoull(word.c_str() + 16, nullptr, 10);
        else if (word.starts_with("-seed="))
            seed = std::strtoull(word.c_str() + 6, nullptr, 10);
        else if (!word.starts_with('-'))
            collect(word, corpus);
    }
    if (corpus.empty())
        corpus.emplace_back();
    const std::string crash = "crash-" + std::filesystem::path(argv[0]).filename().string();
    const auto start = std::chrono::steady_clock::now();
    Random random(seed);
    uint64_t run = 0;
    for (; run < runs; ++run) {
        if (run % 64 == 0 &&
            std::chrono::steady_clock::now() - start > std::chrono::seconds(std::min<uint64_t>(seconds, 1 << 30)))
            break;
        std::string text = run < corpus.size() ? corpus[run] : corpus[below(random, corpus.size())];
        for (size_t changes = run < corpus.size() ? 0 : 1 + below(random, 6); changes > 0; --changes)
            change(text, corpus, random);
        if (text.size() > 2 * kLargest)
            text.resize(2 * kLargest);
        if (std::getenv("FUZZ_KEEP"))
            std::ofstream(crash, std::ios::binary) << text;
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    }
    std::printf("%s: Done %llu runs\n", argv[0], static_cast<unsigned long long>(run));
    return 0;
}
