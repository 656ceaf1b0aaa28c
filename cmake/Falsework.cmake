# falsework_library(FOLDER DEPS...)   src/FOLDER -> the library FOLDER ('/' becomes '_') and, from its
#                                     *_test.cpp files, the program FOLDER_test, which links nothing
#                                     but that library: a call against the direction of the layers
#                                     does not link.
add_library(flags INTERFACE)
target_include_directories(flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Woverloaded-virtual -Wimplicit-fallthrough -Wunused -Werror
  -ffunction-sections -fdata-sections)
target_compile_definitions(flags INTERFACE
  FMT_HEADER_ONLY
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_JSON_NO_LIB BOOST_URL_NO_LIB BOOST_JSON_STATIC_LINK BOOST_URL_STATIC_LINK
  OPENSSL_NO_DEPRECATED)
target_link_options(flags INTERFACE -Wl,--gc-sections)
if(FALSEWORK_SANITIZE)
  target_compile_options(flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(flags INTERFACE -fsanitize=address,undefined)
endif()

# A compiler cache is used when the machine has one; nothing depends on it.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
  target_compile_options(flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# One precompiled header for everything: Asio's awaitable, Boost.JSON, fmt and the standard library
# cost two seconds a file otherwise. What it defines inline is compiled once, into `precompiled`, and
# not again in each file that uses it: that halves the time of a build. The first library makes it,
# the others use it again. The header of the tests has GoogleTest besides.
function(falsework_precompile target)
  if(target STREQUAL "base")
    falsework_make_header(base precompiled)
  else()
    target_precompile_headers(${target} REUSE_FROM base)
    target_link_libraries(${target} PRIVATE precompiled)
  endif()
endfunction()

function(falsework_precompile_test target)
  if(NOT TARGET precompiled_test)
    file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/nothing.cpp" CONTENT "")
    add_library(test_header OBJECT "${CMAKE_BINARY_DIR}/nothing.cpp")
    target_link_libraries(test_header PRIVATE flags GTest::gmock)
    falsework_make_header(test_header precompiled_test)
  endif()
  target_precompile_headers(${target} REUSE_FROM test_header)
  target_link_libraries(${target} PRIVATE precompiled precompiled_test)
endfunction()

function(falsework_make_header maker header)  # cmake/HEADER.hpp, compiled by the target MAKER
  target_precompile_headers(${maker} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/${header}.hpp")
  target_compile_options(${maker} PRIVATE "SHELL:-Xclang -fmodules-codegen")
  set(compiled "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${maker}.dir/cmake_pch.hxx.pch")
  set(object "${CMAKE_CURRENT_BINARY_DIR}/${header}.o")
  string(TOUPPER "CMAKE_CXX_FLAGS_${CMAKE_BUILD_TYPE}" build_type_flags)
  separate_arguments(given NATIVE_COMMAND "${CMAKE_CXX_FLAGS} ${${build_type_flags}}")
  if(CMAKE_CXX_COMPILER_TARGET)
    list(APPEND given "--target=${CMAKE_CXX_COMPILER_TARGET}")
  endif()
  add_custom_command(
    OUTPUT "${object}"
    COMMAND "${CMAKE_CXX_COMPILER}" ${given}
      "$<FILTER:$<TARGET_PROPERTY:${maker},COMPILE_OPTIONS>,INCLUDE,^-f>"
      -std=c++2b -c "${compiled}" -o "${object}"
    DEPENDS "${compiled}"
    COMMAND_EXPAND_LISTS VERBATIM)
  add_library(${header} STATIC "${object}")
  set_target_properties(${header} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

function(falsework_library folder)
  string(REPLACE "/" "_" name "${folder}")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC flags ${ARGN})
  falsework_precompile(${name})
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${FALSEWORK_UNITY})
  if(tests AND NOT FALSEWORK_BOOTSTRAP_ONLY)
    falsework_test(${name}_test SOURCES ${tests} LINKS ${name})
  endif()
endfunction()

# falsework_embed(TARGET FILE HEADER NAMESPACE FUNCTION)   the text of src/FILE as a string_view that
#                                     FUNCTION, declared in HEADER, returns
function(falsework_embed target file header namespace function)
  set(source "${CMAKE_SOURCE_DIR}/src/${file}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${target}_${function}.cpp")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFILE=${source}" "-DHEADER=${header}" "-DNAMESPACE=${namespace}"
      "-DFUNCTION=${function}" "-DOUTPUT=${output}" -P "${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake"
    DEPENDS "${source}" "${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
  set_source_files_properties("${output}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

function(falsework_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name} PRIVATE FALSEWORK_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  falsework_precompile_test(${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
