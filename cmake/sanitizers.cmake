# Sanitizers, libFuzzer instrumentation and coverage. They apply to every target, so that one build tree is all alike.

if(BIFROST_SANITIZE)
  add_compile_options(-fsanitize=${BIFROST_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${BIFROST_SANITIZE})
endif()

# Tests run with it as well: so one build tree is enough for both.
if(BIFROST_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(BIFROST_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
