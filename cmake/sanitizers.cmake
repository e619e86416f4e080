# Sanitizers, libFuzzer instrumentation and coverage. They apply to every target, so that one build tree is all alike.

if(BIFROST_SANITIZE)
  add_compile_options(-fsanitize=${BIFROST_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${BIFROST_SANITIZE})
endif()

# The presets asan and fuzz compile alike, so that the second one finds nearly everything in ccache.
if(BIFROST_FUZZ OR BIFROST_SANITIZE MATCHES "address")
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(BIFROST_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
