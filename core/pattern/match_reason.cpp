// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/match_reason.h"

namespace fxscope {

std::string_view name(Reason reason) {
    static constexpr std::string_view kNames[] = {"match",
                                                  "unsupported_type",
                                                  "function_mismatch",
                                                  "arity_mismatch",
                                                  "not_normalisable",
                                                  "multiple_users",
                                                  "args_structure",
                                                  "constant_args",
                                                  "repeated_pattern_differs",
                                                  "kwarg_mismatch",
                                                  "exclusive_arg_twice",
                                                  "non_list",
                                                  "list_element",
                                                  "list_no_match",
                                                  "no_anchor_found",
                                                  "mutation_region",
                                                  "missing_input",
                                                  "missing_value",
                                                  "no_fake_value",
                                                  "integer_requires_grad",
                                                  "extra_check",
                                                  "retrace_failed",
                                                  "retrace_crashes",
                                                  "retrace_unsupported",
                                                  "replacement_crashes",
                                                  "replacement_unsupported"};
    return kNames[static_cast<size_t>(reason)];
}

bool stopsPass(Reason reason) {
    return reason == Reason::MissingInput || reason == Reason::MissingValue || reason == Reason::NoFakeValue ||
           reason == Reason::RetraceCrashes || reason == Reason::ReplacementCrashes;
}

} // namespace fxscope
