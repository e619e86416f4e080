// The first event of a stream decides whether it is an answer or a failure, however the bytes were
// cut into packets.
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

// What a provider of this dialect writes into a stream when it fails.
std::string error_event(const WireSample& sample) {
  if (&sample == &anthropic()) {
    return sse_event(R"({"type":"error","error":{"type":"api_error","message":"it broke"}})",
                     "error");
  }
  if (&sample == &gemini()) {
    return sse_event(R"({"error":{"code":500,"message":"it broke","status":"INTERNAL"}})");
  }
  return sse_event(openai_error("it broke"));
}

class FirstEventTest : public GatewayTest, public testing::WithParamInterface<WireSample> {
 protected:
  void SetUp() override {
    start({.providers = {{.name = GetParam().provider, .network = R"("max_retries": 0)"}}});
  }

  // The sample's events up to the one at `count`, and then an error.
  static std::string broken_after(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += GetParam().events[i];
    // The parameter is a copy of the sample.
    for (const WireSample& sample : all_samples()) {
      if (sample.name == GetParam().name) text += error_event(sample);
    }
    return text;
  }

  Response answer_to(const std::vector<std::string>& packets) {
    provider.push(Script::events(packets));
    return ask_stream(GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Dialects, FirstEventTest, testing::ValuesIn(all_samples()),
                         [](const auto& test) { return test.param.name; });

TEST_P(FirstEventTest, AnErrorBehindAGoodEventIsToldInTheStream) {
  const std::string text = broken_after(GetParam().first_content_at + 1);
  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    const Response reply = answer_to({text.substr(0, cut), text.substr(cut)});
    ASSERT_EQ(reply.status, 200) << cut;
    ASSERT_EQ(reply.body, text) << cut;
  }
}

TEST_P(FirstEventTest, AnErrorBeforeAGoodEventIsAFailure) {
  const std::string error = broken_after(GetParam().first_content_at);
  const std::string text = error + GetParam().stream_text();
  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    const Response reply = answer_to({text.substr(0, cut), text.substr(cut)});
    ASSERT_EQ(reply.status / 100, 5) << cut;
    ASSERT_THAT(reply.body, HasSubstr("it broke")) << cut;
  }
}

}  // namespace
}  // namespace bifrost::test
