// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

namespace fxscope::conform {

/// What came of replaying recorded results: counts by group (an operator, a pass, a program), and why what failed
/// failed.
class Report {
public:
    struct Group {
        size_t passed = 0, failed = 0, skipped = 0;
        std::string firstFailure; ///< the record and what differed
        std::map<std::string, size_t> skipReasons;
    };

    void pass(const std::string& group) { ++m_groups[group].passed; }
    void fail(const std::string& group, const std::string& why) {
        Group& into = m_groups[group];
        if (into.failed++ == 0)
            into.firstFailure = why;
    }
    void skip(const std::string& group, const std::string& why) {
        ++m_groups[group].skipped;
        ++m_groups[group].skipReasons[why];
    }
    void check(const std::string& group, const std::string& whyNot) {
        whyNot.empty() ? pass(group) : fail(group, whyNot);
    }
    void add(const Report& other) {
        for (const auto& [name, group] : other.m_groups) {
            Group& into = m_groups[name];
            if (into.firstFailure.empty())
                into.firstFailure = group.firstFailure;
            into.passed += group.passed;
            into.failed += group.failed;
            into.skipped += group.skipped;
            for (const auto& [why, count] : group.skipReasons)
                into.skipReasons[why] += count;
        }
    }

    const std::map<std::string, Group>& groups() const { return m_groups; }
    Group total() const {
        Group sum;
        for (const auto& [name, group] : m_groups) {
            sum.passed += group.passed;
            sum.failed += group.failed;
            sum.skipped += group.skipped;
        }
        return sum;
    }

private:
    std::map<std::string, Group> m_groups;
};

} // namespace fxscope::conform
