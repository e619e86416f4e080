// Configurations: any text is loaded or refused with a reason, and never more.
#include "base/assert.h"
#include "config/load.h"
#include "fuzz/checks/checks.h"

#include <array>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  static constexpr std::array<std::string_view, 4> kProviders = {"openai", "anthropic", "gemini",
                                                                 "vllm"};
  static constexpr std::array<std::string_view, 1> kUnserved = {"bedrock"};
  const config::FakeEnvironment environment({{"OPENAI_API_KEY", "sk-1"}, {"EMPTY", ""}});
  const config::LoadOptions options{
      .known_providers = kProviders, .unserved_providers = kUnserved, .environment = environment};
  const std::string_view text = fuzz::text_of(data, size);
  const config::Report report = config::inspect(text, options);
  const auto loaded = config::load(text, options);
  BF_ASSERT(loaded.has_value() == report.problems.empty());
  if (!loaded) BF_ASSERT(loaded.error().code == ErrorCode::kConfigInvalid);
  for (const config::Problem& problem : report.problems) BF_ASSERT(!problem.message.empty());
  return 0;
}
