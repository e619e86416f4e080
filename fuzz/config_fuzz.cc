// Configurations: any text is loaded or refused with a reason, and never more.
#include "app/load_config.h"
#include "base/assert.h"
#include "config/environment.h"
#include "fuzz/checks/checks.h"
#include "provider/settings/providers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  static const provider::ProviderNames kNames = provider::provider_names();
  const config::FakeEnvironment environment({{"OPENAI_API_KEY", "sk-1"}, {"EMPTY", ""}});
  const app::LoadOptions options{.providers = kNames, .environment = environment};
  const std::string_view text = fuzz::text_of(data, size);
  const app::ConfigReport report = app::inspect_config(text, options);
  const auto loaded = app::parse_config(text, options);
  BF_ASSERT(loaded.has_value() == report.problems.empty());
  if (!loaded) BF_ASSERT(loaded.error().code == ErrorCode::kConfigInvalid);
  for (const config::Problem& problem : report.problems) BF_ASSERT(!problem.message.empty());
  return 0;
}
