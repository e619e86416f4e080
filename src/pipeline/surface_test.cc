#include "pipeline/surface.h"

#include "exchange/router.h"
#include "operation/all.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::pipeline {
namespace {

// What stands for the parameter of a pattern.
std::string_view value_in(std::string_view pattern) {
  return pattern.contains("...}") ? "org/x" : "x";
}

// A path that fits the pattern.
std::string example(std::string_view pattern) {
  std::string path(pattern);
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    path.replace(open, path.find('}') + 1 - open, value_in(pattern));
  }
  return path;
}

std::string_view format_of(const exchange::Match& match) {
  const Surface* spoken = match.spoken();
  return spoken == nullptr || spoken->dialect == nullptr ? "" : spoken->dialect->name;
}

TEST(Surface, EveryRowIsFoundByItsPath) {
  const exchange::Router router(surfaces());
  for (const Surface& surface : surfaces()) {
    const std::string path = example(surface.pattern);
    const exchange::Match match = router.match(surface.method, path);
    ASSERT_EQ(match.surface, &surface) << surface.method << ' ' << path;
    for (const std::string_view name : http::parameter_names(surface.pattern)) {
      EXPECT_EQ(match.parameters.get(name), value_in(surface.pattern)) << path;
    }
    EXPECT_EQ(router.match("PATCH", path).surface, nullptr);
  }
}

TEST(Surface, HasADialectThatSpeaksItsOperation) {
  for (const Surface& surface : surfaces()) {
    const auto type = llm::find_request_type(surface.operation->name);
    if (!type) continue;  // of the gateway itself
    ASSERT_NE(surface.dialect, nullptr) << surface.pattern;
    EXPECT_TRUE(surface.dialect->speaks().has(*type)) << surface.pattern;
    if (surface.method == "GET") continue;  // nothing of one model
    EXPECT_EQ(surface.provider.empty(), surface.shape == Shape::kUnified) << surface.pattern;
  }
}

TEST(Surface, SpeaksTheFormatOfTheNearestRoute) {
  const exchange::Router router(surfaces());
  EXPECT_EQ(format_of(router.match("GET", "/openai/v1/none")), "openai_chat");
  EXPECT_EQ(format_of(router.match("GET", "/langchain/none")), "openai_chat");
  EXPECT_EQ(format_of(router.match("POST", "/langchain/v1/messages/none")), "anthropic");
  EXPECT_EQ(format_of(router.match("GET", "/langchain/v1beta/none")), "gemini");
  EXPECT_EQ(format_of(router.match("GET", "/health/none")), "");
  EXPECT_EQ(router.match("GET", "/none").spoken(), nullptr);
}

TEST(Surface, GuessesOnlyWhatIsThere) {
  const exchange::Router router(surfaces());
  EXPECT_EQ(router.match("POST", "/v1/messages").meant, "POST /anthropic/v1/messages");
  EXPECT_EQ(router.match("GET", "/v1/messages").meant, "");
  EXPECT_EQ(router.match("GET", "/models").meant, "GET /v1/models");
  EXPECT_EQ(router.match("DELETE", "/v1/models").meant, "") << "the path exists";
  EXPECT_EQ(router.match("GET", "/anthropic/anthropic").meant, "");
  EXPECT_EQ(router.match("POST", "/v1/" + std::string(100'000, 'a')).meant, "");
}

}  // namespace
}  // namespace bifrost::pipeline
