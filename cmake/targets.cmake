# SPDX-License-Identifier: BSD-3-Clause
# fxscope_library(NAME SOURCES a.cpp ... LINK libs ...): a static library with our flags.
function(fxscope_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE fxscope_flags ${arg_PRIVATE_LINK})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# fxscope_test(tst_x SOURCES tst_x.cpp LINK libs ... LABELS unit): a QtTest program run by ctest with the offscreen platform.
# FXSCOPE_SOURCE_DIR is where tests/data lies; FXSCOPE_SHARED_DIR a folder of wider recorded results that may be missing.
function(fxscope_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE fxscope_flags ${arg_LINK} Qt6::Test)
    target_compile_definitions(${name} PRIVATE FXSCOPE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" FXSCOPE_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
    add_test(NAME ${name} COMMAND ${name})
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;FXSCOPE_BINARY_DIR=${CMAKE_BINARY_DIR}"
        SKIP_REGULAR_EXPRESSION "SKIP   : ")
endfunction()

# fxscope_embed(TARGET): every file under resources/ becomes part of TARGET, see core/support/resources.h.
function(fxscope_embed target)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/resources ${CMAKE_SOURCE_DIR}/resources/*)
    set(symbols "")
    set(table "")
    set(paths "")
    set(index 0)
    foreach(file IN LISTS files)
        string(APPEND symbols "extern \"C\" const char fxscopeResource${index}[], fxscopeResource${index}End[];\n"
            "asm(\".section .rodata\\n.balign 64\\n.global fxscopeResource${index}\\nfxscopeResource${index}:\\n.incbin \\\"${CMAKE_SOURCE_DIR}/resources/${file}\\\"\\n\"\n"
            "    \".global fxscopeResource${index}End\\nfxscopeResource${index}End:\\n.byte 0\\n.previous\\n\");\n")
        string(APPEND table "    {\"${file}\", fxscopeResource${index}, fxscopeResource${index}End},\n")
        list(APPEND paths ${CMAKE_SOURCE_DIR}/resources/${file})
        math(EXPR index "${index} + 1")
    endforeach()
    set(generated ${CMAKE_BINARY_DIR}/generated/resources.cpp)
    file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"// Made by cmake/targets.cmake from the files under resources/.
#include \"core/support/resources.h\"
#include <cstddef>
@symbols@
namespace fxscope {
const ResourceEntry kResources[] = {
@table@};
const size_t kResourceCount = @index@;
} // namespace fxscope
")
    target_sources(${target} PRIVATE ${generated})
    set_source_files_properties(${generated} PROPERTIES OBJECT_DEPENDS "${paths}" SKIP_UNITY_BUILD_INCLUSION ON CXX_COMPILER_LAUNCHER "")
endfunction()

# fxscope_device_headers(TARGET NAME[=FILE] ...): texts that code compiled at run time can include as NAME, see
# core/cuda/program.h.
function(fxscope_device_headers target)
    set(symbols "")
    set(table "")
    set(paths "")
    set(index 0)
    foreach(entry IN LISTS ARGN)
        string(REGEX REPLACE "=.*" "" name ${entry})
        string(REGEX REPLACE ".*=" "" file ${entry})
        string(APPEND symbols "extern \"C\" const char fxscopeHeader${index}[], fxscopeHeader${index}End[];\n"
            "asm(\".section .rodata\\n.global fxscopeHeader${index}\\nfxscopeHeader${index}:\\n.incbin \\\"${CMAKE_SOURCE_DIR}/${file}\\\"\\n\"\n"
            "    \".global fxscopeHeader${index}End\\nfxscopeHeader${index}End:\\n.byte 0\\n.previous\\n\");\n")
        string(APPEND table "    {\"${name}\", fxscopeHeader${index}, fxscopeHeader${index}End},\n")
        list(APPEND paths ${CMAKE_SOURCE_DIR}/${file})
        math(EXPR index "${index} + 1")
    endforeach()
    set(generated ${CMAKE_BINARY_DIR}/generated/device_headers.cpp)
    file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"// Made by cmake/targets.cmake.
#include \"core/cuda/program.h\"
#include <cstddef>
@symbols@
namespace fxscope::cuda {
const DeviceHeader kDeviceHeaders[] = {
@table@};
const size_t kDeviceHeaderCount = @index@;
} // namespace fxscope::cuda
")
    target_sources(${target} PRIVATE ${generated})
    set_source_files_properties(${generated} PROPERTIES OBJECT_DEPENDS "${paths}" SKIP_UNITY_BUILD_INCLUSION ON CXX_COMPILER_LAUNCHER "")
endfunction()
