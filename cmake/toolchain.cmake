# What every preset shares: the standard, the linker, ccache, position independence.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

# clang-19 finds the ld.lld of its own version beside itself.
add_link_options(-fuse-ld=lld)

# A plain char has a sign where the tests run; on arm64 it would have none.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  add_compile_options(-fsigned-char)
endif()

find_program(BIFROST_CCACHE ccache)
if(BIFROST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Sloppiness: what ccache asks for before it caches files that use a precompiled header. Base and no hash of the folder: one
  # clone, or one preset with the same flags, finds what another has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;${BIFROST_CCACHE}")
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # The usual hardening of a program that faces the network; it does not show on the load bench.
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--icf=safe)
  add_compile_options(-ffunction-sections -fdata-sections)
else()
  # Bounds checks of libstdc++ in everything that is not measured or shipped.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
