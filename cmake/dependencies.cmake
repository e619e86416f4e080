# Third-party libraries, all from Debian packages (tools/packages.txt). Found once, here.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)

# Debian's packages of c-ares, argon2 and re2 have no file for CMake.
find_library(BIFROST_CARES_LIBRARY NAMES cares REQUIRED)
add_library(cares::cares UNKNOWN IMPORTED)
set_target_properties(cares::cares PROPERTIES IMPORTED_LOCATION "${BIFROST_CARES_LIBRARY}")

find_library(BIFROST_ARGON2_LIBRARY NAMES argon2 REQUIRED)
add_library(argon2::argon2 UNKNOWN IMPORTED)
set_target_properties(argon2::argon2 PROPERTIES IMPORTED_LOCATION "${BIFROST_ARGON2_LIBRARY}")

find_library(BIFROST_RE2_LIBRARY NAMES re2 REQUIRED)
add_library(re2::re2 UNKNOWN IMPORTED)
set_target_properties(re2::re2 PROPERTIES IMPORTED_LOCATION "${BIFROST_RE2_LIBRARY}")

if(BIFROST_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(BIFROST_BENCH)
  find_package(benchmark REQUIRED)
endif()
