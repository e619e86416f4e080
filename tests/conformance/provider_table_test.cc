// What every row of the provider table must do: chat and stream through its dialect and
// provider::prepare, its departures obeyed on both ways, errors and usage understood. Everything is
// derived from the row, so a new provider is tested by being there.
#include "base/strings.h"
#include "dialect/chat_codec.h"
#include "http/sse/parser.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/prepare.h"
#include "provider/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace bifrost::test {
namespace {

constexpr std::string_view kServer = "http://upstream.test:9000";
constexpr std::string_view kSecret = "secret";

// Uses each field that some row treats in its own way.
constexpr std::string_view kChat = R"({
  "model": "model-1",
  "messages": [
    {"role": "developer", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}]}
  ],
  "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
  "tool_choice": {"type": "function", "function": {"name": "f"}},
  "reasoning_effort": "minimal", "max_completion_tokens": 5, "seed": 7, "store": true,
  "service_tier": "auto", "verbosity": "low", "prompt_cache_key": "k", "stop": ["x"],
  "logprobs": true, "top_logprobs": 1, "logit_bias": {"1": 2}, "parallel_tool_calls": true,
  "user": "0123456789012345678901234567890123456789012345678901234567890123456789",
  "stream": true
})";

struct Sent {
  provider::OutboundRequest request;
  std::vector<std::string> dropped;
};

// A side of a row.
struct TableEntry {
  const provider::ProviderSpec* row;
  std::size_t side;
};

class ProviderTableTest : public ::testing::TestWithParam<TableEntry> {
 protected:
  void SetUp() override {
    provider::ProviderSettings settings;
    if (row().base_url.empty()) settings.network.base_url = kServer;
    if (row().key_rule != provider::KeyRule::kNone) {
      provider::KeySettings key;
      key.name = "main";
      key.value = config::Secret(std::string(kSecret));
      key.use_anthropic_endpoints = side_spec().on_request;
      settings.keys.push_back(std::move(key));
    }
    provider::Providers providers;
    providers.append(std::string(row().name), std::move(settings));
    auto built = provider::Registry::build(providers);
    ASSERT_TRUE(built) << built.error().message;
    registry_ = std::move(*built);
    endpoint_ = registry_.find(row().name);
    ASSERT_NE(endpoint_, nullptr);
    ASSERT_EQ(side().spec, &side_spec()) << "the key leads to another side";
  }

  static const provider::ProviderSpec& row() { return *GetParam().row; }
  static const provider::SideSpec& side_spec() { return row().sides.at(GetParam().side); }
  static const dialect::Dialect& dialect() { return *side_spec().dialect; }
  const provider::Key* key() const {
    return endpoint_->keys.empty() ? nullptr : &endpoint_->keys.front();
  }
  const provider::Side& side() const {
    return **endpoint_->side({dialect().chat->operation}, &dialect(), key(), "model-1");
  }
  const dialect::Flavor& flavor() const { return side().flavor; }

  static llm::Request sample() {
    std::string body(kChat);
    json::reserve_padding(body);
    auto request = dialect::find("openai_chat")->chat->decode_request({.body = body});
    EXPECT_TRUE(request) << request.error().message;
    return std::move(*request);
  }

  dialect::EncodedRequest translated(bool stream) const {
    llm::Request request = sample();
    request.stream = stream;
    auto encoded = dialect().chat->encode_request(request, {.model = "wire-1", .flavor = flavor()});
    EXPECT_TRUE(encoded) << encoded.error().message;
    return std::move(*encoded);
  }

  // The body as a caller of the row's own dialect would write it, on the way that changes little.
  std::string passed(bool stream) const {
    std::string body(kChat);
    if (dialect().name != "openai_chat") {
      const dialect::Flavor none;
      body = dialect().chat->encode_request(sample(), {.model = "model-1", .flavor = none})->body;
    }
    if (const auto at = body.find(R"("stream": true)"); !stream && at != std::string::npos) {
      body.replace(at, 14, R"("stream": false)");
    }
    json::reserve_padding(body);
    const dialect::RequestInput input{.body = body, .path_model = "model-1", .path_stream = stream};
    json::Scanner scanner;
    const auto facts = dialect().chat->peek(input, scanner);
    EXPECT_TRUE(facts) << facts.error().message;
    const auto edited =
        dialect().chat->edit_request(input, *facts, {.model = "wire-1", .flavor = flavor()});
    EXPECT_TRUE(edited) << edited.error().message;
    return edited->body.value_or(body);
  }

  Result<provider::OutboundRequest> prepared(bool stream) const {
    return provider::prepare({.endpoint = *endpoint_, .side = side(), .key = key()},
                             {.type = {dialect().chat->operation, stream},
                              .path = dialect().chat->path("wire-1", stream),
                              .model = "wire-1",
                              .accept = stream ? "text/event-stream" : "application/json",
                              .encoded = translated(stream)});
  }

  provider::Registry registry_;
  const provider::Endpoint* endpoint_ = nullptr;
};

// ---------------------------------------------------------------------------------------------
// Addresses and credentials

TEST_P(ProviderTableTest, GoesToItsServer) {
  for (const bool stream : {false, true}) {
    const auto request = prepared(stream);
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->method, "POST");
    const auto base = http::parse_url(row().base_url.empty() ? kServer : row().base_url);
    if (!row().built_in) {
      EXPECT_EQ(request->url.origin(), base->origin());
      EXPECT_TRUE(request->target.starts_with(base->path)) << request->target;
    }
    EXPECT_TRUE(http::is_request_target(request->target)) << request->target;
    EXPECT_EQ(request->target.find("/v1/v1"), std::string::npos) << request->target;
    EXPECT_TRUE(json::Document::parse(request->body));
    EXPECT_EQ(request->headers.get("content-type"), "application/json");
    EXPECT_EQ(request->headers.get("accept"), stream ? "text/event-stream" : "application/json");
  }
}

std::string_view path_end_of(std::string_view dialect) {
  if (dialect == "anthropic") return "/v1/messages";
  return dialect == "openai_responses" ? "/v1/responses" : "/chat/completions";
}

// Where each wire format has its chats; a row may only name another path of that kind.
TEST_P(ProviderTableTest, UsesThePathOfItsDialect) {
  const std::string chat = prepared(false)->target;
  const std::string stream = prepared(true)->target;
  if (dialect().name == "gemini") {
    EXPECT_EQ(chat, "/v1beta/models/wire-1:generateContent");
    EXPECT_EQ(stream, "/v1beta/models/wire-1:streamGenerateContent?alt=sse");
    return;
  }
  EXPECT_EQ(chat, stream);
  EXPECT_TRUE(chat.ends_with(path_end_of(dialect().name))) << chat;
}

TEST_P(ProviderTableTest, ShowsItsKeyInOneHeaderOnly) {
  const auto request = prepared(false);
  ASSERT_TRUE(request);
  std::vector<std::string> shown;
  for (const http::Header& header : request->headers) {
    if (header.value.find(kSecret) == std::string_view::npos) continue;
    shown.push_back(ascii_lower(header.name) + ": " + std::string(header.value));
  }
  EXPECT_EQ(request->target.find(kSecret), std::string::npos);
  std::vector<std::string> expected;
  const provider::Signing* signing = side_spec().signing;
  if (signing == &provider::kBearer) expected = {"authorization: Bearer secret"};
  if (signing == &provider::kApiKeyHeader) expected = {"x-api-key: secret"};
  if (signing == &provider::kGoogleApiKey) expected = {"x-goog-api-key: secret"};
  EXPECT_EQ(shown, expected);
  for (const provider::StaticHeader& header : side_spec().headers) {
    EXPECT_EQ(request->headers.get(header.name), header.value);
  }
}

// ---------------------------------------------------------------------------------------------
// Departures from the letter of the dialect, on both ways

std::vector<std::string> keys_of(json::Value object) {
  std::vector<std::string> keys;
  for (const json::Value member : object.children()) keys.push_back(member.key());
  return keys;
}

void expect_departures(json::Value body, const dialect::Flavor& flavor) {
  const std::vector<std::string> keys = keys_of(body);
  for (const std::string_view field : flavor.removed_fields) {
    EXPECT_FALSE(body[field].exists()) << field;
  }
  for (const auto& [ours, theirs] : flavor.renamed_fields) {
    EXPECT_FALSE(body[ours].exists()) << ours;
    EXPECT_LE(std::ranges::count(keys, theirs), 1) << theirs;
  }
  for (const std::string& key : keys) EXPECT_EQ(std::ranges::count(keys, key), 1) << key;
}

void expect_openai_departures(json::Value body, const dialect::Flavor& flavor, bool stream) {
  EXPECT_TRUE(body["model"].equals("wire-1"));
  const auto limit_name = std::ranges::find(flavor.renamed_fields, "max_completion_tokens",
                                            &std::pair<std::string_view, std::string_view>::first);
  const std::string_view limit =
      limit_name == flavor.renamed_fields.end() ? "max_completion_tokens" : limit_name->second;
  EXPECT_EQ(body[limit].integer(), 5);
  EXPECT_EQ(body["user"].exists(), flavor.user_bytes_max == 0);
  const json::Value first = body["messages"].at(0);
  EXPECT_TRUE(first["role"].equals(flavor.developer_role ? "developer" : "system")) << first.raw();
  EXPECT_EQ(body["messages"].raw().find("cache_control") != std::string_view::npos,
            flavor.keeps_cache_control);
  const json::Value effort = flavor.reasoning_object && body["reasoning"].exists()
                                 ? body["reasoning"]["effort"]
                                 : body["reasoning_effort"];
  if (flavor.forced_tool_ends_thinking) {
    EXPECT_FALSE(effort.exists()) << effort.raw();
    EXPECT_TRUE(body["thinking"]["type"].equals("disabled")) << body["thinking"].raw();
  } else {
    EXPECT_TRUE(effort.equals(flavor.minimal_effort)) << effort.raw();
  }
  const bool takes_options =
      flavor.injects_usage_option &&
      std::ranges::find(flavor.removed_fields, "stream_options") == flavor.removed_fields.end();
  EXPECT_EQ(body["stream_options"]["include_usage"].boolean().value_or(false),
            stream && takes_options);
  if (std::ranges::find(flavor.removed_fields, "tool_choice") != flavor.removed_fields.end())
    return;
  if (flavor.named_tool_choice) {
    EXPECT_TRUE(body["tool_choice"]["function"]["name"].equals("f"));
  } else {
    EXPECT_TRUE(body["tool_choice"].equals(flavor.required_choice));
  }
}

TEST_P(ProviderTableTest, ItsDeparturesAreObeyedWhenTranslating) {
  for (const bool stream : {false, true}) {
    const dialect::EncodedRequest encoded = translated(stream);
    const auto body = json::Document::parse(encoded.body);
    ASSERT_TRUE(body) << encoded.body;
    expect_departures(body->root(), flavor());
    if (dialect().name == "openai_chat") expect_openai_departures(body->root(), flavor(), stream);
  }
}

TEST_P(ProviderTableTest, ItsDeparturesAreObeyedWhenPassing) {
  for (const bool stream : {false, true}) {
    const std::string sent = passed(stream);
    const auto body = json::Document::parse(sent);
    ASSERT_TRUE(body) << sent;
    expect_departures(body->root(), flavor());
    if (dialect().name == "openai_chat") expect_openai_departures(body->root(), flavor(), stream);
  }
}

TEST_P(ProviderTableTest, WhatItRefusesIsNamedAsDropped) {
  const dialect::EncodedRequest encoded = translated(false);
  const auto chat = json::Document::parse(kChat);
  for (const std::string_view field : flavor().removed_fields) {
    if (!chat->root()[field].exists() || dialect().name != "openai_chat") continue;
    EXPECT_NE(std::ranges::find(encoded.dropped.lost, field), encoded.dropped.lost.end()) << field;
  }
}

// ---------------------------------------------------------------------------------------------
// Errors

struct StatusRow {
  int status;
  ErrorCode code;
  Retry retry;
};

constexpr std::array<StatusRow, 9> kStatuses = {{
    {400, ErrorCode::kUpstreamInvalidRequest, Retry::kOtherTarget},
    {401, ErrorCode::kUpstreamAuth, Retry::kReplaceKey},
    {402, ErrorCode::kUpstreamBilling, Retry::kReplaceKey},
    {403, ErrorCode::kUpstreamAuth, Retry::kReplaceKey},
    {404, ErrorCode::kUpstreamNotFound, Retry::kOtherTarget},
    {429, ErrorCode::kUpstreamRateLimited, Retry::kOtherKey},
    {500, ErrorCode::kUpstreamServerError, Retry::kSameTarget},
    {502, ErrorCode::kUpstreamServerError, Retry::kSameTarget},
    {503, ErrorCode::kUpstreamOverloaded, Retry::kSameTarget},
}};

TEST_P(ProviderTableTest, ErrorsAreToldApartByStatus) {
  const Error plain = upstream_error(ErrorCode::kUpstreamInvalidRequest, Retry::kNo, "no words");
  const std::string own = dialect().family.encode_error(plain);
  for (const auto& [status, code, retry] : kStatuses) {
    for (const std::string_view body : {std::string_view(own), std::string_view("<html>"),
                                        std::string_view(""), std::string_view("{}")}) {
      const Error error = dialect().family.decode_error({.status = status, .body = body});
      EXPECT_EQ(error.code, code) << status << ' ' << body;
      EXPECT_EQ(error.retry, retry) << status << ' ' << body;
      EXPECT_EQ(error.origin, Origin::kUpstream);
      EXPECT_EQ(error.status(), status);
      EXPECT_EQ(error.upstream_status, status);
    }
  }
}

// ---------------------------------------------------------------------------------------------
// Usage

llm::Response sample_answer() {
  llm::Response answer{.id = "id-1", .model = "model-1", .created = 1700000000};
  answer.usage = {.input = 20, .cache_read = 100, .output = 20, .reasoning = 40, .known = true};
  answer.choices.push_back({.finish = llm::FinishReason::kStop});
  answer.choices.front().parts.push_back({.content = llm::TextPart{.text = "hi"}});
  return answer;
}

TEST_P(ProviderTableTest, UsageOfAnswersIsCountedOnBothWays) {
  const std::string body = dialect().chat->encode_response(sample_answer(), {});
  const dialect::TapState tap = dialect().chat->tap_response(body);
  EXPECT_EQ(tap.usage, dialect().chat->decode_response(body)->usage);
  EXPECT_EQ(tap.usage.input_total(), 120);
  EXPECT_EQ(tap.usage.cache_read, 100);
  EXPECT_EQ(tap.usage.output_total(), 60);
  EXPECT_EQ(tap.finish, llm::FinishReason::kStop);
}

TEST_P(ProviderTableTest, UsageOfStreamsIsCountedOnBothWays) {
  const llm::Response answer = sample_answer();
  const auto encoder = dialect().chat->make_stream_encoder({.include_usage = true});
  std::string bytes;
  for (const llm::StreamEvent& event : std::vector<llm::StreamEvent>{
           llm::StreamStart{.id = answer.id, .model = answer.model}, llm::TextDelta{.text = "hi"},
           llm::StreamFinish{.reason = llm::FinishReason::kStop},
           llm::UsageUpdate{.usage = answer.usage}, llm::StreamEnd{}}) {
    encoder->event(event, bytes);
  }
  const auto tap = dialect().chat->make_stream_tap();
  tap->feed(bytes);
  EXPECT_EQ(tap->finish(), "");
  EXPECT_TRUE(tap->state().ended);
  EXPECT_EQ(tap->state().usage.input_total(), 120);
  EXPECT_EQ(tap->state().usage.cache_read, 100);
  EXPECT_EQ(tap->state().usage.output_total(), 60);
  EXPECT_EQ(tap->state().finish, llm::FinishReason::kStop);
  EXPECT_GT(tap->state().content_events, 0U);
}

// ---------------------------------------------------------------------------------------------

std::vector<TableEntry> entries() {
  std::vector<TableEntry> entries;
  for (const provider::ProviderSpec& row : provider::all()) {
    for (std::size_t side = 0; side < row.sides.size(); ++side) entries.push_back({&row, side});
  }
  return entries;
}

std::string entry_name(const ::testing::TestParamInfo<TableEntry>& info) {
  std::string name(info.param.row->name);
  std::ranges::replace(name, '-', '_');
  if (info.param.side > 0) {
    name += "_" + std::string(info.param.row->sides[info.param.side].dialect->name);
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ProviderTableTest, ::testing::ValuesIn(entries()), entry_name);

}  // namespace
}  // namespace bifrost::test
