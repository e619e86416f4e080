# How a folder becomes a library and a test binary.

# The tests that cross threads: what the thread sanitizer runs.
add_custom_target(threaded_tests)

# Seconds. A test is stopped only when it hangs for certain: on a busy machine one that takes two seconds may take minutes.
set(BIFROST_TEST_HANGS_AFTER 1800)

# Settings shared by every target of ours.
function(bifrost_target_defaults target)
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${target} PRIVATE bifrost_warnings Threads::Threads)
endfunction()

# The standard library, precompiled for our own code: a third of the time of a file. It hides missing includes, so the dev
# preset has none, and what is compiled without is what is compiled first. Not in it: <filesystem>, since it brings <iomanip>, whose
# std::quoted is found before ours.
if(BIFROST_PCH)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/pch.cc" CONTENT "")
  add_library(bifrost_pch OBJECT EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/pch.cc")
  target_link_libraries(bifrost_pch PRIVATE bifrost_warnings Threads::Threads)
  target_compile_options(bifrost_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(bifrost_pch PRIVATE
    <algorithm> <array> <atomic> <charconv> <chrono> <coroutine> <expected> <functional> <limits> <map> <memory>
    <mutex> <optional> <random> <ranges> <set> <span> <string> <string_view> <tuple> <unordered_map> <unordered_set> <utility>
    <variant> <vector>)
endif()

# Compiles the library `target` with it.
function(bifrost_precompiled target)
  if(BIFROST_PCH)
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    target_precompile_headers(${target} REUSE_FROM bifrost_pch)
  endif()
endfunction()

# googletest costs 1.0 of the 1.5 s that a small test file takes to compile; precompiled once for all tests it is 0.55 s.
if(BIFROST_TESTS)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/test_pch.cc" CONTENT "")
  add_executable(bifrost_test_pch EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/test_pch.cc")  # PIE, like the tests
  target_link_libraries(bifrost_test_pch PRIVATE GTest::gtest GTest::gmock GTest::gtest_main)
  bifrost_target_defaults(bifrost_test_pch)
  # No timestamp in it, so that ccache knows it again (see toolchain.cmake).
  target_compile_options(bifrost_test_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(bifrost_test_pch PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> <chrono> <memory> <optional> <string> <string_view> <vector>)
endif()

# Declares `target` as a test binary under build/<preset>/bin and registers each of its cases as a ctest `<label>.<Suite>.<Case>`.
# Without BIFROST_TEST_CASES, `processes` ctests `<label>.<number>` share its cases: a program with sanitizers takes longer to start
# than most cases take.
# Tests run in the root of the source tree, so that they can name golden files by a relative path.
# With `threads` it is one that the thread sanitizer runs: label <label>+threads.
function(bifrost_register_test target label threads processes)
  if(threads)
    set(labels "${label}+threads")
    add_dependencies(threaded_tests ${target})
  else()
    set(labels "${label}")
  endif()
  target_link_libraries(${target} PRIVATE GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(${target} REUSE_FROM bifrost_test_pch)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  if(NOT BIFROST_TEST_CASES)
    math(EXPR last "${processes} - 1")
    foreach(number RANGE ${last})
      add_test(NAME ${label}.${number} COMMAND ${target} --gtest_brief=1 WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
      set_tests_properties(${label}.${number} PROPERTIES
        LABELS "${labels}"
        TIMEOUT ${BIFROST_TEST_HANGS_AFTER}
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${processes};GTEST_SHARD_INDEX=${number}")
    endforeach()
    return()
  endif()
  # Found when ctest runs, not while building: no test binary is executed by the build.
  gtest_discover_tests(${target}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT ${BIFROST_TEST_HANGS_AFTER}
    TEST_PREFIX "${label}."
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
    PROPERTIES LABELS "${labels}" TIMEOUT ${BIFROST_TEST_HANGS_AFTER})
endfunction()

# bifrost_module(NAME <folder> [DEPS <folders>...] [LIBS <third-party targets>...] [MAIN <file>] [THREADS])
#
#   *.cc below the folder, sub-folders included   -> static library bifrost_<folder>
#   *_test.cc below it                            -> one test binary <folder>_test
#   MAIN, when the file exists                    -> the executable `bifrost`, at the top of the build tree
#   THREADS                                       -> its tests cross threads and also run with the thread sanitizer
#
# DEPS is the layering rule: tools/check_layers.py refuses an #include of a folder that is not named in it.
function(bifrost_module)
  cmake_parse_arguments(PARSE_ARGV 0 arg "THREADS" "NAME;MAIN" "DEPS;LIBS")
  if(NOT arg_NAME OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "bifrost_module: NAME is missing, or unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(library "bifrost_${arg_NAME}")

  # CONFIGURE_DEPENDS: a new file is seen by the next build, no edit here.
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests "${sources}")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  set(main "${CMAKE_CURRENT_SOURCE_DIR}/${arg_MAIN}")
  if(arg_MAIN)
    list(REMOVE_ITEM sources "${main}")
  endif()

  list(TRANSFORM arg_DEPS PREPEND "bifrost_" OUTPUT_VARIABLE deps)
  if(sources)
    add_library(${library} STATIC ${sources})
    target_include_directories(${library} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(${library} PUBLIC ${deps} ${arg_LIBS} PRIVATE bifrost_warnings Threads::Threads)
    bifrost_precompiled(${library})
  else()
    add_library(${library} INTERFACE)
    target_include_directories(${library} INTERFACE "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(${library} INTERFACE ${deps} ${arg_LIBS})
  endif()

  if(arg_MAIN AND EXISTS "${main}")
    add_executable(bifrost "${main}")
    bifrost_target_defaults(bifrost)
    target_link_libraries(bifrost PRIVATE ${library})
    set_target_properties(bifrost PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  endif()

  if(tests AND BIFROST_TESTS)
    add_executable(${arg_NAME}_test ${tests})
    bifrost_target_defaults(${arg_NAME}_test)
    target_link_libraries(${arg_NAME}_test PRIVATE ${library})
    bifrost_register_test(${arg_NAME}_test ${arg_NAME} ${arg_THREADS} 2)
  endif()
endfunction()

# bifrost_test_suite(NAME <name> DEPS <folders or other targets without their bifrost_ prefix>... [LIBS <targets>...]
#                    [FIXTURES <name>] [THREADS])
#
# For tests/<name>/: every *.cc below the folder -> one test binary <name>_test. The root of the tree is an include root
# too, for "tests/support/fake_provider.h".
# With `FIXTURES` those of them that are no *_test.cc become the library bifrost_<FIXTURES>, for other suites' DEPS.
function(bifrost_test_suite)
  cmake_parse_arguments(PARSE_ARGV 0 arg "THREADS" "NAME;FIXTURES" "DEPS;LIBS")
  if(NOT BIFROST_TESTS)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM arg_DEPS PREPEND "bifrost_" OUTPUT_VARIABLE deps)
  if(arg_FIXTURES)
    set(fixtures "${sources}")
    list(FILTER fixtures EXCLUDE REGEX "_test\\.cc$")
    list(FILTER sources INCLUDE REGEX "_test\\.cc$")
    add_library(bifrost_${arg_FIXTURES} STATIC ${fixtures})
    bifrost_target_defaults(bifrost_${arg_FIXTURES})
    target_include_directories(bifrost_${arg_FIXTURES} PUBLIC "${CMAKE_SOURCE_DIR}")
    target_link_libraries(bifrost_${arg_FIXTURES} PUBLIC ${deps} ${arg_LIBS} GTest::gmock)
    bifrost_precompiled(bifrost_${arg_FIXTURES})
    set(deps "bifrost_${arg_FIXTURES}")
  endif()
  add_executable(${arg_NAME}_test ${sources})
  bifrost_target_defaults(${arg_NAME}_test)
  target_include_directories(${arg_NAME}_test PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${arg_NAME}_test PRIVATE ${deps} ${arg_LIBS})
  bifrost_register_test(${arg_NAME}_test ${arg_NAME} ${arg_THREADS} 16)
endfunction()

# Links `target` with the module of every folder that `source` includes ("json/writer.h" -> bifrost_json). For fuzz targets and
# micro benchmarks, which are one file each and may look at any layer.
function(bifrost_link_included target source)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
  file(STRINGS "${source}" lines REGEX "^#include \"[a-z0-9_]+/")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^#include \"([a-z0-9_]+)/.*$" "\\1" folder "${line}")
    if(TARGET "bifrost_${folder}")
      target_link_libraries(${target} PRIVATE "bifrost_${folder}")
    endif()
  endforeach()
endfunction()
