# Warnings are errors, on our own code only: third-party headers come in as system headers.

add_library(bifrost_warnings INTERFACE)
target_compile_options(bifrost_warnings INTERFACE
  -Wall
  -Wextra
  -Wpedantic
  -Wshadow
  -Wconversion
  -Wold-style-cast
  -Wnon-virtual-dtor
  -Werror
  # Option structs are written as {.deadline = x}: a field left out is its default, which is the point of them.
  -Wno-missing-designated-field-initializers)
