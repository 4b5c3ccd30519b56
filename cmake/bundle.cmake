# SPDX-License-Identifier: BSD-3-Clause
# cmake -DPROGRAM=fxscope -DFOLDER=bundle -P bundle.cmake: the program with the libraries it needs beside it, for machines
# that have none of them (a server with a card and no desktop). The C and C++ runtimes are the machine's own.
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${PROGRAM} RESOLVED_DEPENDENCIES_VAR libraries UNRESOLVED_DEPENDENCIES_VAR missing
    PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|gcc_s|stdc\\+\\+)\\.so")
if(missing)
    message(FATAL_ERROR "not found: ${missing}")
endif()
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
foreach(file IN LISTS libraries ITEMS ${PROGRAM})
    file(COPY ${file} DESTINATION ${FOLDER} FOLLOW_SYMLINK_CHAIN)
endforeach()
file(GLOB copies ${FOLDER}/*)
execute_process(COMMAND strip ${copies} ERROR_QUIET)
message(STATUS "${FOLDER} holds the program and its libraries")
