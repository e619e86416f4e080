// HTTP as the gateway serves it: what is malformed, what is old, what is reused.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <ostream>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HttpTest : public GatewayTest {
 protected:
  void SetUp() override { start({}, {"--workers", "1"}); }

  // The answer to bytes on a connection of their own.
  Response raw(std::string_view bytes, std::string_view method = "GET") {
    Client client = connect();
    client.send(bytes);
    return client.read_response(method);
  }
};

// ---------------------------------------------------------------------------------------------
// Malformed requests

struct Malformed {
  std::string name;
  std::string bytes;
};

void PrintTo(const Malformed& value, std::ostream* out) { *out << value.name; }

class MalformedTest : public HttpTest, public testing::WithParamInterface<Malformed> {};

std::string with_fields(std::string_view fields, std::string_view body = {}) {
  return fmt::format("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n{}\r\n{}", fields, body);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, MalformedTest,
    testing::Values(
        Malformed{"LengthAndChunked",
                  with_fields("content-length: 5\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")},
        Malformed{"TwoLengths", with_fields("content-length: 1\r\ncontent-length: 2\r\n", "ab")},
        Malformed{"LengthList", with_fields("content-length: 1, 2\r\n", "ab")},
        Malformed{"SignedLength", with_fields("content-length: +1\r\n", "a")},
        Malformed{"NegativeLength", with_fields("content-length: -1\r\n")},
        Malformed{"HexLength", with_fields("content-length: 0x1\r\n", "a")},
        Malformed{"HugeLength", with_fields("content-length: 99999999999999999999999\r\n")},
        Malformed{"EmptyLength", with_fields("content-length: \r\n")},
        Malformed{"UnknownCoding", with_fields("transfer-encoding: gzip\r\n", "0\r\n\r\n")},
        Malformed{"ChunkedNotLast",
                  with_fields("transfer-encoding: chunked, gzip\r\n", "0\r\n\r\n")},
        Malformed{"ChunkedTwice",
                  with_fields("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
                              "0\r\n\r\n")},
        Malformed{"HiddenCoding", with_fields("transfer-encoding: \vchunked\r\n", "0\r\n\r\n")},
        Malformed{"BadChunkSize", with_fields("transfer-encoding: chunked\r\n", "zz\r\n")},
        Malformed{"NegativeChunkSize", with_fields("transfer-encoding: chunked\r\n", "-1\r\n")},
        Malformed{"HugeChunkSize",
                  with_fields("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n")},
        Malformed{"ChunkWithoutEnd",
                  with_fields("transfer-encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n")},
        Malformed{"SpaceBeforeColon", with_fields("content-length : 0\r\n")},
        Malformed{"FoldedField", with_fields("x-a: b\r\n c\r\n")},
        Malformed{"NoColon", with_fields("nonsense\r\n")},
        Malformed{"NameWithSpace", with_fields("x a: b\r\n")},
        Malformed{"NulInValue", with_fields(std::string("x-a: b\0c\r\n", 10))},
        Malformed{"NoHost", "GET /health HTTP/1.1\r\n\r\n"},
        Malformed{"TwoHosts", "GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"},
        Malformed{"NoVersion", "GET /health\r\nhost: x\r\n\r\n"},
        Malformed{"StrangeVersion", "GET /health HTTP/3.7\r\nhost: x\r\n\r\n"},
        Malformed{"SpaceInTarget", "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n"},
        Malformed{"NoTarget", "GET  HTTP/1.1\r\nhost: x\r\n\r\n"},
        Malformed{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10)},
        Malformed{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}),
    [](const auto& test) { return test.param.name; });

// Refused, and never understood in another way afterwards: what follows is not read.
TEST_P(MalformedTest, IsRefusedAndTheConnectionClosed) {
  Client client = connect();
  client.send(GetParam().bytes + "GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  const Response reply = client.read_response();
  EXPECT_GE(reply.status, 400);
  EXPECT_LE(reply.status, 505);
  EXPECT_NE(reply.status, 500);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_THAT(provider.requests(), IsEmpty());
  EXPECT_EQ(connect().get("/health").status, 200);
}

// ---------------------------------------------------------------------------------------------
// Requests in every form

TEST_F(HttpTest, AnswersPipelinedRequestsInOrder) {
  Gate gate;
  provider.push(Script().wait(gate).then(openai().reply()));
  Client client = connect();
  client.send(
      fmt::format("POST /openai/v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n"
                  "\r\n{}GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
                  "GET /none HTTP/1.1\r\nhost: x\r\n\r\n",
                  openai().request.size(), openai().request));
  ASSERT_TRUE(provider.wait_for_requests(1));
  gate.open();
  EXPECT_EQ(client.read_response().body, openai().answer);
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(client.read_response().status, 404);
}

TEST_F(HttpTest, ReadsARequestByteForByte) {
  provider.push(unified().reply());
  Client client = connect();
  const std::string bytes =
      fmt::format("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{}",
                  unified().request.size(), unified().request);
  for (const char c : bytes) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(HttpTest, ReadsAChunkedBody) {
  provider.push(unified().reply());
  std::string chunks;
  for (const char c : unified().request) chunks += fmt::format("1;x=y\r\n{}\r\n", c);
  Client client = connect();
  const Response reply = client.request("POST", unified().path, {{"transfer-encoding", "chunked"}},
                                        chunks + "0\r\nx-trailer: y\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(json_text(provider.requests()[0].body, "content"), "Hi");
  EXPECT_EQ(client.get("/health").status, 200);  // the trailer was read as well
}

TEST_F(HttpTest, TakesABodyThatDoesNotWaitForPermission) {
  provider.push(openai().reply());
  Client client = connect();
  const Response reply =
      client.request("POST", openai().path, {{"expect", "100-continue"}}, openai().request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, openai().answer);
}

TEST_F(HttpTest, AsksForABodyThatWaitsForPermission) {
  provider.push(unified().reply());
  const std::string& body = unified().request;
  Client client = connect();
  client.send_request(
      "POST", unified().path,
      {{"expect", "100-continue"}, {"content-length", std::to_string(body.size())}});
  EXPECT_EQ(client.read_interim(), 100);
  client.send(body);
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.interim, IsEmpty()) << "asked twice";
}

TEST_F(HttpTest, TakesAWholeUrlAsTheTarget) {
  EXPECT_EQ(raw("GET http://gateway.example/health?x=/y HTTP/1.1\r\nhost: gateway.example\r\n\r\n")
                .status,
            200);
  EXPECT_EQ(raw("GET http://gateway.example HTTP/1.1\r\nhost: gateway.example\r\n\r\n").status,
            200);
}

TEST_F(HttpTest, ServesHttp10) {
  const Response plain = raw("GET /health HTTP/1.0\r\n\r\n");
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.headers.get("connection"), "close");

  Client kept = connect();
  kept.send("GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.read_response().headers.get("connection"), "keep-alive");
  EXPECT_EQ(kept.get("/health").status, 200);
}

TEST_F(HttpTest, StreamsToHttp10UntilTheConnectionEnds) {
  provider.push(openai().stream());
  Client client = connect();
  client.send(
      fmt::format("POST /openai/v1/chat/completions HTTP/1.0\r\ncontent-length: {}\r\n\r\n{}",
                  openai().stream_request.size(), openai().stream_request));
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.headers.contains("transfer-encoding"));
  EXPECT_EQ(reply.body, openai().stream_text());
}

TEST_F(HttpTest, AnswersHeadWithoutABody) {
  Client client = connect();
  const Response head = client.request("HEAD", "/health");
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.headers.get("content-length"), "0");
  EXPECT_TRUE(head.body.empty());
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST_F(HttpTest, KnowsItsRoutes) {
  const Response none = connect().get("/v1/nothing");
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(json_text(none.body, "type"), "route_not_found");
  const Response wrong = connect().get("/v1/chat/completions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.get("allow"), "POST");
  EXPECT_EQ(connect().request("DELETE", "/health").status, 405);
}

TEST_F(HttpTest, KeepsAConnectionAfterAnErrorWithoutABody) {
  Client client = connect();
  EXPECT_EQ(client.get("/none").status, 404);
  EXPECT_EQ(client.post("/none", "{}").status, 404);  // the body is read past
  EXPECT_EQ(client.post(unified().path, "{").status, 400);
  EXPECT_EQ(client.get("/health").status, 200);
}

// For whatever needs a wait it has left: see CancelTest.
TEST_F(HttpTest, AProbeThatFinishesSendingIsAnswered) {
  start();
  Client client = connect();
  client.send_request("GET", "/health");
  client.finish_sending();
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpTest, ClosesWhenAsked) {
  Client client = connect();
  EXPECT_EQ(client.request("GET", "/health", {{"connection", "close"}}).headers.get("connection"),
            "close");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpTest, ReusesItsConnectionsToProviders) {
  provider.handle([](const ReceivedRequest&) { return unified().reply(); });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.connection_count(), 1U);
  provider.push(unified().stream());
  EXPECT_EQ(ask_stream().status, 200);
  provider.push(Script::json(500, openai_error("x")));
  EXPECT_EQ(ask().status, 500);
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.connection_count(), 1U);
  EXPECT_THAT(provider.problems(), IsEmpty());
}

TEST_F(HttpTest, CountsItsConnectionsToProviders) {
  Gate rest;
  provider.push(unified().held_stream(rest));
  provider.push(unified().reply());
  Client streaming = connect();
  streaming.send_request("POST", unified().stream_path, {}, unified().stream_request);
  EXPECT_EQ(streaming.read_head().status, 200);
  EXPECT_EQ(ask().status, 200);
  EXPECT_TRUE(metric_reaches("bifrost_connections", 2, {{"kind", "provider"}}));
  streaming.close();  // its provider's connection cannot be used again
  EXPECT_TRUE(metric_reaches("bifrost_connections", 1, {{"kind", "provider"}}));
}

// ---------------------------------------------------------------------------------------------
// Headers

TEST_F(HttpTest, NamesEachRequest) {
  const Response own = connect().get("/health");
  EXPECT_FALSE(own.headers.get("x-request-id").empty());
  EXPECT_NE(connect().get("/health").headers.get("x-request-id"), own.headers.get("x-request-id"));
  Client client = connect();
  EXPECT_EQ(
      client.request("GET", "/health", {{"x-request-id", "my-7"}}).headers.get("x-request-id"),
      "my-7");
  const Response failed = client.request("POST", unified().path, {{"x-request-id", "my-8"}}, "{");
  EXPECT_EQ(failed.headers.get("x-request-id"), "my-8");
  EXPECT_EQ(json_text(failed.body, "event_id"), "my-8");
  const Response too_long =
      client.request("GET", "/health", {{"x-request-id", std::string(1000, 'x')}});
  EXPECT_LT(too_long.headers.get("x-request-id").size(), 200U);
}

TEST_F(HttpTest, ABodyCannotWriteHeaders) {
  const Response reply = post(
      unified().path,
      R"({"model": "openai/a\r\nx-evil: 1", "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_FALSE(reply.headers.contains("x-evil"));
  EXPECT_THAT(gateway->metrics().malformed(), IsEmpty());
}

TEST_F(HttpTest, LabelsOfMetricsStayLegal) {
  const std::string model = R"(we\"ird{x=\"y\"}#é)";
  for (int i = 0; i < 2; ++i) provider.push(unified().reply());
  EXPECT_EQ(post(unified().path, fmt::format(R"({{"model": "openai/{}", "messages": )"
                                             R"([{{"role": "user", "content": "Hi"}}]}})",
                                             model))
                .status,
            200);
  static_cast<void>(connect().get("/\"x\"\\"));
  EXPECT_THAT(gateway->metrics().malformed(), IsEmpty());
}

TEST_F(HttpTest, LetsPagesOfThisMachineIn) {
  Client client = connect();
  const Response preflight = client.request("OPTIONS", unified().path,
                                            {{"origin", "http://localhost:3000"},
                                             {"access-control-request-method", "POST"},
                                             {"access-control-request-headers", "x-stainless-os"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.get("access-control-allow-origin"), "http://localhost:3000");
  EXPECT_THAT(preflight.headers.get("access-control-allow-headers"), HasSubstr("x-stainless-os"));
  const Response failed = client.request("GET", "/none", {{"origin", "http://localhost:3000"}});
  EXPECT_EQ(failed.headers.get("access-control-allow-origin"), "http://localhost:3000");
}

TEST_F(HttpTest, KeepsPagesOfStrangersOut) {
  Client client = connect();
  // As a browser sends it unasked, without a preflight.
  const Response simple = client.request(
      "POST", unified().path, {{"origin", "https://evil.example"}, {"content-type", "text/plain"}},
      unified().request);
  EXPECT_EQ(simple.status, 403);
  EXPECT_THAT(simple.body, HasSubstr("client.allowed_origins"));
  EXPECT_FALSE(simple.headers.contains("access-control-allow-origin"));
  // The name of a stranger with the address of this machine.
  const Response rebound =
      connect().request("POST", unified().path,
                        {{"host", "evil.com"}, {"origin", "http://evil.com"}}, unified().request);
  EXPECT_EQ(rebound.status, 403);
  EXPECT_THAT(rebound.body, HasSubstr("server.allowed_hosts"));
  EXPECT_EQ(connect().request("GET", "/metrics", {{"host", "evil.com"}}).status, 403);
  EXPECT_THAT(connect().request("POST", "/anthropic/v1/messages", {{"host", "evil.com"}}).body,
              ::testing::StartsWith(R"({"type":"error",)"))
      << "in the format of the route";
  EXPECT_TRUE(provider.requests().empty());
}

TEST_F(HttpTest, SaysWhoServedIt) {
  provider.push(unified().reply());
  const Response reply = ask();
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "openai");
  EXPECT_EQ(reply.headers.get("x-bifrost-original-model"), "openai/gpt-test");
  EXPECT_EQ(reply.headers.get("x-bifrost-resolved-model"), "gpt-test");
  EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "0");
}

TEST_F(HttpTest, PassesTheProvidersLimitsOnAndNothingElse) {
  provider.push(Script::reply(200,
                              {{"content-type", "application/json"},
                               {"x-ratelimit-remaining-requests", "41"},
                               {"x-request-id", "theirs"},
                               {"set-cookie", "a=b"},
                               {"server", "theirs"}},
                              unified().answer));
  const Response reply = ask();
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-requests"), "41");
  EXPECT_EQ(reply.headers.get("x-bifrost-provider-request-id"), "theirs");
  EXPECT_NE(reply.headers.get("x-request-id"), "theirs");
  EXPECT_FALSE(reply.headers.contains("set-cookie"));
  EXPECT_FALSE(reply.headers.contains("server"));
}

TEST(CorsTest, KeepsOtherOriginsOut) {
  GatewayProcess gateway(
      {.config = config_text(
           {.providers = {}, .client = R"("allowed_origins": ["https://app.example"])"})});
  ASSERT_TRUE(gateway.wait_until_listening());
  Client client(gateway.port());
  EXPECT_TRUE(client.request("GET", "/health", {{"origin", "https://app.example"}})
                  .headers.contains("access-control-allow-origin"));
  EXPECT_FALSE(client.request("GET", "/health", {{"origin", "https://evil.example"}})
                   .headers.contains("access-control-allow-origin"));
}

}  // namespace
}  // namespace bifrost::test
