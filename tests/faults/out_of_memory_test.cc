// A worker that gets no memory at some point of a request, at every point in turn.
#include "tests/faults/starving_worker.h"
#include "tests/integration/config_text.h"
#include "tests/integration/wire_samples.h"
#include "tests/support/client.h"
#include "tests/support/fake_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace bifrost::test {
namespace {

using ::testing::IsEmpty;

constexpr std::string_view kRefusedModel = "refused";

// One kind of request.
struct Ask {
  std::string name;
  std::string method;
  std::string path;
  std::string body = {};
  int status = 200;  // with enough memory
};

void PrintTo(const Ask& ask, std::ostream* out) { *out << ask.name; }

class OutOfMemoryTest : public testing::TestWithParam<Ask> {
 protected:
  OutOfMemoryTest() {
    provider_.handle([](const ReceivedRequest& request) { return answer(request); });
    std::string text =
        config_text({.providers = {{.network = R"("max_retries": 0)"}, {.name = "anthropic"}},
                     .server = R"("per_address": {"max_connections": 100})"});
    for (std::size_t at = 0; (at = text.find("${provider_url}", at)) != std::string::npos;) {
      text.replace(at, std::string_view("${provider_url}").size(), provider_.url());
    }
    config_ = text;
  }

  static Script answer(const ReceivedRequest& request) {
    if (request.body.contains(kRefusedModel)) return Script::json(503, openai_error("no"));
    if (request.method == "GET") return Script::json(200, R"({"data": [{"id": "gpt-test"}]})");
    const WireSample& sample = request.target.ends_with("/messages") ? anthropic() : openai();
    return request.body.contains("\"stream\"") ? sample.stream() : sample.reply();
  }

  static Response ask(const StarvingWorker& worker, const Ask& what) {
    Client client(worker.port());
    return client.request(what.method, what.path, {{"content-type", "application/json"}},
                          what.body);
  }

  // The `nth` allocation of a request fails. False: it has fewer of them.
  bool fail_at(std::int64_t nth) {
    StarvingWorker worker(config_);
    worker.shortage().begin(nth);
    const Response starved = ask(worker, GetParam());
    EXPECT_NE(starved.end, End::kTimeout);
    EXPECT_NE(starved.end, End::kMalformed);
    worker.shortage().end();
    EXPECT_EQ(ask(worker, GetParam()).status, GetParam().status);
    EXPECT_THAT(worker.left_behind(), IsEmpty());
    EXPECT_TRUE(worker.come_down());
    return worker.shortage().failed > 0;
  }

  FakeProvider provider_;
  std::string config_;
};

std::vector<Ask> all_asks() {
  const std::string translated = R"({"model": "anthropic/claude-test", "messages": [)"
                                 R"({"role": "user", "content": "Hi"}]})";
  const std::string stream = R"({"stream": true, )" + translated.substr(1);
  const std::string fallback = R"({"model": "openai/refused", "fallbacks": )"
                               R"(["anthropic/claude-test"], "messages": [)"
                               R"({"role": "user", "content": "Hi"}]})";
  return {{.name = "Whole", .method = "POST", .path = openai().path, .body = openai().request},
          {.name = "Stream",
           .method = "POST",
           .path = unified().stream_path,
           .body = unified().stream_request},
          {.name = "Translated", .method = "POST", .path = unified().path, .body = translated},
          {.name = "TranslatedStream", .method = "POST", .path = unified().path, .body = stream},
          {.name = "Fallback", .method = "POST", .path = unified().path, .body = fallback},
          {.name = "Models", .method = "GET", .path = "/v1/models"},
          {.name = "Metrics", .method = "GET", .path = "/metrics"},
          {.name = "NoRoute", .method = "GET", .path = "/nothing", .status = 404}};
}

INSTANTIATE_TEST_SUITE_P(Requests, OutOfMemoryTest, testing::ValuesIn(all_asks()),
                         [](const auto& test) { return test.param.name; });

TEST_P(OutOfMemoryTest, LeavesNothingBehindWhereverItStrikes) {
  if (!kNewCanFail) GTEST_SKIP() << "nothing fails in this build";
  std::int64_t nth = 1;
  while (!HasFailure() && fail_at(nth)) ++nth;
  EXPECT_GT(nth, 10) << "the request was not touched";
  RecordProperty("allocations", static_cast<int>(nth - 1));
}

}  // namespace
}  // namespace bifrost::test
