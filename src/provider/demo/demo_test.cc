#include "provider/demo/demo.h"

#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"
#include "json/document.h"
#include "provider/demo/answer.h"
#include "provider/demo/sample.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace bifrost::provider::demo {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

Reply ask(std::string_view body) {
  Random random(7);
  return reply(body, random, kNow);
}

json::Document parsed(std::string_view text) {
  auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? std::move(document).value() : std::move(json::Document::parse("{}")).value();
}

std::string body_of(const Reply& reply) {
  std::string out;
  for (const Piece& piece : reply.pieces) out += piece.bytes;
  return out;
}

// The data of each event of a streamed reply.
std::vector<std::string> events(const Reply& reply) {
  std::vector<std::string> out;
  const std::string all = body_of(reply);
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto end = rest.find("\n\n");
    out.emplace_back(rest.substr(6, end - 6));
    rest.remove_prefix(end + 2);
  }
  return out;
}

TEST(Demo, EchoesTheQuestionAndSaysWhatItIs) {
  const Reply got =
      ask(R"({"model":"chat","messages":[{"role":"user","content":"Hi \"there\""}]})");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get("content-type"), "application/json");
  ASSERT_EQ(got.pieces.size(), 1U);
  const auto document = parsed(body_of(got));
  const auto choice = document.root()["choices"].at(0);
  const std::string text = choice["message"]["content"].string_or("");
  EXPECT_NE(text.find("Hi \"there\""), std::string::npos) << text;
  EXPECT_NE(text.find("demo model"), std::string::npos) << text;
  EXPECT_TRUE(choice["finish_reason"].equals("stop"));
  EXPECT_EQ(document.root()["created"].integer(), 1'700'000'000);
  EXPECT_FALSE(choice["message"]["reasoning_content"]);
}

TEST(Demo, ReadsContentGivenInParts) {
  const Reply got = ask(R"({"model":"demo/chat","messages":[{"role":"user","content":[
      {"type":"text","text":"first"},{"type":"image_url","image_url":{"url":"x"}},
      {"type":"text","text":"second"}]}]})");
  EXPECT_NE(body_of(got).find("first second"), std::string::npos);
}

TEST(Demo, ServesWhatItsRowOffersAndNothingElse) {
  Random random(7);
  const auto status = [&](std::string_view target) {
    return serve({.url = {}, .target = std::string(target), .headers = {}, .body = "{}"}, random,
                 kNow)
        .status;
  };
  EXPECT_EQ(status("/v1/models?limit=5"), 200);
  EXPECT_EQ(status("/v1/chat/completions"), 404) << "of a model";
  EXPECT_EQ(status("/v1/embeddings"), 404);
}

TEST(Demo, CountsUsageThatAddsUp) {
  const auto document = parsed(body_of(
      ask(R"({"model":"reasoner","messages":[{"role":"user","content":"twelve bytes"}]})")));
  const auto usage = document.root()["usage"];
  const auto prompt = usage["prompt_tokens"].integer().value_or(0);
  const auto completion = usage["completion_tokens"].integer().value_or(0);
  EXPECT_GT(prompt, 0);
  EXPECT_EQ(usage["total_tokens"].integer(), prompt + completion);
  const auto thought = usage["completion_tokens_details"]["reasoning_tokens"].integer().value_or(0);
  EXPECT_GT(thought, 0);
  EXPECT_LT(thought, completion);
}

TEST(Demo, StreamsTheSameTextTokenByToken) {
  const std::string tail = R"("messages":[{"role":"user","content":"Grüße an die Welt"}]})";
  const auto whole = parsed(body_of(ask(R"({"model":"chat",)" + tail)));
  const Reply got = ask(R"({"model":"chat","stream":true,)" + tail);
  EXPECT_EQ(got.headers.get("content-type"), "text/event-stream");
  const auto data = events(got);
  ASSERT_GT(data.size(), 10U);
  EXPECT_EQ(data.back(), "[DONE]");

  std::string text;
  std::string finish;
  for (std::size_t i = 0; i + 1 < data.size(); ++i) {
    const auto chunk = parsed(data[i]);
    EXPECT_FALSE(chunk.root()["usage"]) << "nobody asked for it";
    text += chunk.root()["choices"].at(0)["delta"]["content"].string_or("");
    finish += chunk.root()["choices"].at(0)["finish_reason"].string_or("");
  }
  EXPECT_EQ(text, whole.root()["choices"].at(0)["message"]["content"].string_or(""));
  EXPECT_EQ(finish, "stop");
}

TEST(Demo, EndsAStreamWithUsageWhenAsked) {
  const auto data = events(ask(R"({"model":"chat","stream":true,
      "stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}]})"));
  ASSERT_GE(data.size(), 2U);
  const auto last = parsed(data[data.size() - 2]);
  EXPECT_EQ(last.root()["choices"].size(), 0U);
  EXPECT_GT(last.root()["usage"]["total_tokens"].integer().value_or(0), 0);
}

TEST(Demo, IsPacedLikeAModel) {
  using std::chrono::milliseconds;
  const Reply got =
      ask(R"({"model":"chat","stream":true,"messages":[{"role":"user","content":"x"}]})");
  EXPECT_GE(got.pieces[0].delay, milliseconds(200));
  EXPECT_LE(got.pieces[0].delay, milliseconds(400));
  for (std::size_t i = 1; i + 1 < got.pieces.size(); ++i) {
    EXPECT_GE(got.pieces[i].delay, milliseconds(15));
    EXPECT_LE(got.pieces[i].delay, milliseconds(35));
  }
}

constexpr std::string_view kTools = R"("tools":[
  {"type":"function","function":{"name":"weather","parameters":{"type":"object",
    "properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]},"days":{"type":"integer"}},
    "required":["city","unit"]}}},
  {"type":"function","function":{"name":"time","parameters":{"type":"object","properties":{}}}}])";

// A request with the two tools and these messages; `more` are further members.
std::string with_tools(std::string_view messages, std::string_view more = "") {
  return R"({"model":"chat","messages":[)" + std::string(messages) + "]," + std::string(kTools) +
         std::string(more) + "}";
}

constexpr std::string_view kAsksForWeather = R"({"role":"user","content":"Use weather, please"})";

// The name of the tool that is called; empty when none is.
std::string called_tool(std::string_view request) {
  const auto document = parsed(body_of(ask(request)));
  const auto message = document.root()["choices"].at(0)["message"];
  return message["tool_calls"].at(0)["function"]["name"].string_or("");
}

TEST(Demo, CallsTheToolThatTheTextNamesWithArgumentsThatFit) {
  const auto document = parsed(body_of(ask(with_tools(kAsksForWeather))));
  const auto choice = document.root()["choices"].at(0);
  EXPECT_TRUE(choice["finish_reason"].equals("tool_calls"));
  EXPECT_TRUE(choice["message"]["content"].is_null());
  const auto call = choice["message"]["tool_calls"].at(0);
  EXPECT_TRUE(call["function"]["name"].equals("weather"));
  EXPECT_TRUE(call["id"].string_or("").starts_with("call_"));
  EXPECT_EQ(call["function"]["arguments"].string_or(""), R"({"city":"example","unit":"c"})");
}

TEST(Demo, CallsNoToolThatNobodyNamed) {
  for (const std::string_view text : {"Hello", "weathervane", "my_weather", "sometimes"}) {
    EXPECT_EQ(called_tool(with_tools(R"({"role":"user","content":")" + std::string(text) + "\"}")),
              "")
        << text;
  }
  EXPECT_EQ(called_tool(with_tools(R"({"role":"user","content":"the time?"})")), "time");
  EXPECT_EQ(called_tool(with_tools(R"({"role":"user","content":"weather"},)"
                                   R"({"role":"assistant","content":"?"},)"
                                   R"({"role":"user","content":"never mind"})")),
            "")
      << "only the last word of the user counts";
}

TEST(Demo, StreamsAToolCallThatJoinsToTheSameArguments) {
  const auto data = events(ask(with_tools(kAsksForWeather, R"(,"stream":true)")));
  std::string arguments;
  std::string names;
  for (std::size_t i = 0; i + 1 < data.size(); ++i) {
    const auto chunk = parsed(data[i]);
    const auto call = chunk.root()["choices"].at(0)["delta"]["tool_calls"].at(0)["function"];
    arguments += call["arguments"].string_or("");
    names += call["name"].string_or("");
  }
  EXPECT_EQ(names, "weather");
  EXPECT_EQ(arguments, R"({"city":"example","unit":"c"})");
}

TEST(Demo, ObeysTheToolChoice) {
  constexpr std::string_view kHello = R"({"role":"user","content":"Hello"})";
  EXPECT_EQ(called_tool(with_tools(
                kHello, R"(,"tool_choice":{"type":"function","function":{"name":"time"}})")),
            "time");
  EXPECT_EQ(called_tool(with_tools(kHello, R"(,"tool_choice":"required")")), "weather");
  EXPECT_EQ(called_tool(with_tools(kHello, R"(,"tool_choice":"auto")")), "");
  EXPECT_EQ(called_tool(with_tools(kAsksForWeather, R"(,"tool_choice":"none")")), "");
}

TEST(Demo, AnswersInTextAfterAToolResult) {
  const std::string messages = std::string(kAsksForWeather) +
                               R"(,{"role":"assistant","tool_calls":[]},)"
                               R"({"role":"tool","tool_call_id":"c","content":"21 degrees"})";
  for (const std::string_view choice : {"", R"(,"tool_choice":"required")"}) {
    const std::string body = body_of(ask(with_tools(messages, choice)));
    EXPECT_EQ(body.find("tool_calls\""), std::string::npos) << "an agent would go round for ever";
    EXPECT_NE(body.find("The tool answered: 21 degrees"), std::string::npos);
  }
  EXPECT_EQ(
      called_tool(with_tools(
          messages + R"(,{"role":"assistant","content":"21"},{"role":"user","content":"time"})")),
      "time")
      << "the next question may use a tool again";
}

TEST(Demo, GivesJsonWhenAskedForJson) {
  const auto content = [](std::string_view body) {
    const auto document = parsed(body);
    return document.root()["choices"].at(0)["message"]["content"].string_or("");
  };
  const auto object = parsed(content(body_of(ask(R"({"model":"chat",
      "messages":[{"role":"user","content":"q"}],"response_format":{"type":"json_object"}})"))));
  EXPECT_TRUE(object.root()["echo"].equals("q"));
  const auto schema = parsed(content(body_of(ask(R"({"model":"chat",
      "messages":[{"role":"user","content":"q"}],"response_format":{"type":"json_schema",
      "json_schema":{"name":"n","schema":{"type":"object","required":["ok"],
      "properties":{"ok":{"type":"boolean"}}}}}})"))));
  EXPECT_TRUE(schema.root()["ok"].boolean().value_or(false));
}

// Its own dialect's decoders understand what it says.
TEST(Demo, SpeaksTheDialectOfItsRow) {
  const dialect::Dialect& dialect = dialect::openai_chat::dialect();
  const std::string tail =
      R"("messages":[{"role":"user","content":"weather"}],)" + std::string(kTools) + "}";
  const auto whole = dialect.chat->decode_response(body_of(ask(R"({"model":"reasoner",)" + tail)));
  ASSERT_TRUE(whole) << whole.error().message;
  ASSERT_EQ(whole->choices.size(), 1U);
  EXPECT_EQ(whole->choices[0].finish, llm::FinishReason::kToolCalls);
  EXPECT_GT(whole->usage.reasoning, 0);

  const auto decoder = dialect.chat->make_stream_decoder();
  std::vector<llm::StreamEvent> events;
  const Reply streamed = ask(R"({"model":"reasoner","stream":true,)" + tail);
  for (const Piece& piece : streamed.pieces) decoder->feed(piece.bytes, events);
  decoder->finish(events);
  ASSERT_FALSE(events.empty());
  EXPECT_TRUE(std::holds_alternative<llm::StreamEnd>(events.back()));

  const std::string refusal = body_of(ask(R"({"model":"error-429"})"));
  const Error error = dialect.family.decode_error({.status = 429, .body = refusal});
  EXPECT_EQ(error.code, ErrorCode::kUpstreamRateLimited);
}

TEST(Demo, ReasonsWhenAsked) {
  const auto reasons = [](std::string_view extra) {
    return body_of(ask(R"({"model":"chat","messages":[{"role":"user","content":"x"}])" +
                       std::string(extra) + "}"))
               .find("reasoning_content") != std::string::npos;
  };
  EXPECT_FALSE(reasons(""));
  EXPECT_FALSE(reasons(R"(,"reasoning_effort":"none")"));
  EXPECT_TRUE(reasons(R"(,"reasoning_effort":"low")"));
  EXPECT_TRUE(reasons(R"(,"reasoning":{"max_tokens":100})"));
}

TEST(Demo, StopsAtTheTokenLimit) {
  for (const std::string_view name : {"max_tokens", "max_completion_tokens"}) {
    const auto document =
        parsed(body_of(ask(R"({"model":"reasoner","messages":[{"role":"user","content":"x"}],")" +
                           std::string(name) + R"(":3})")));
    EXPECT_EQ(document.root()["usage"]["completion_tokens"].integer(), 3) << name;
    EXPECT_TRUE(document.root()["choices"].at(0)["finish_reason"].equals("length")) << name;
  }
}

TEST(Demo, StopsAtAStopSequence) {
  const auto text = [](std::string_view stop) {
    const auto document =
        parsed(body_of(ask(R"({"model":"chat","messages":[{"role":"user","content":"one two"}],
            "stop":)" + std::string(stop) +
                           "}")));
    return document.root()["choices"].at(0)["message"]["content"].string_or("");
  };
  EXPECT_EQ(text(R"(" two")"), "You wrote: \"one");
  EXPECT_EQ(text(R"(["zzz","one"])"), "You wrote: \"");
}

TEST(Demo, FailsOnDemand) {
  const Reply limited = ask(R"({"model":"demo/error-429"})");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.get("retry-after"), "2");
  EXPECT_TRUE(parsed(body_of(limited)).root()["error"]["type"].equals("rate_limit_error"));
  EXPECT_EQ(ask(R"({"model":"error-503","stream":true})").status, 503);
}

TEST(Demo, RefusesWhatIsNotARequest) {
  struct Case {
    std::string_view body;
    int status;
    std::string_view param;
  };
  const Case cases[] = {
      {"", 400, ""},
      {"[]", 404, "model"},
      {"{}", 404, "model"},
      {R"({"model":"gpt-4o"})", 404, "model"},
      {R"({"model":"error-200"})", 404, "model"},
      {R"({"model":"error-600"})", 404, "model"},
      {R"({"model":"error-"})", 404, "model"},
      {R"({"model":"chat"})", 400, "messages"},
      {R"({"model":"chat","messages":[]})", 400, "messages"},
      {R"({"model":"chat","messages":"x"})", 400, "messages"},
      {R"({"model":"chat","messages":[{"role":"user","content":"x"}],"n":2})", 400, "n"},
      {R"({"model":"chat","messages":[{"role":"user","content":"x"},7]})", 400, "messages[1]"},
      {R"({"model":"chat","messages":[{"content":"x"}]})", 400, "messages[0].role"},
      {R"({"model":"chat","messages":[{"role":"robot","content":"x"}]})", 400, "messages[0].role"},
      {R"({"model":"chat","messages":[{"role":"user"}]})", 400, "messages[0].content"},
      {R"({"model":"chat","messages":[{"role":"user","content":{"a":1}}]})", 400,
       "messages[0].content"},
      {R"({"model":"chat","messages":[{"role":"tool","content":"x"}]})", 400,
       "messages[0].tool_call_id"},
      {R"({"model":"chat","messages":[{"role":"user","content":"x"}],"tools":[{}]})", 400,
       "tools[0].function.name"},
      {R"({"model":"chat","messages":[{"role":"user","content":"x"}],"tools":[)"
       R"({"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function",)"
       R"("function":{"name":"g"}}})",
       400, "tool_choice"},
      {R"({"model":"chat","messages":[{"role":"user","content":"x"}],"tool_choice":"required"})",
       400, "tool_choice"},
  };
  for (const Case& each : cases) {
    const Reply got = ask(each.body);
    EXPECT_EQ(got.status, each.status) << each.body;
    ASSERT_EQ(got.pieces.size(), 1U);
    EXPECT_EQ(parsed(body_of(got)).root()["error"]["param"].string_or(""), each.param) << each.body;
  }
}

TEST(Demo, SurvivesOddMessages) {
  for (
      const std::string_view body : {
          R"({"model":"chat","messages":[{"role":"assistant","content":null}]})",
          R"({"model":"chat","messages":[{"role":"user","content":[1,{}]}],"tools":[]})",
          R"({"model":"chat","messages":[{"role":"user","content":"x"}],"stop":[1,"",null],"max_tokens":-5})",
          R"({"model":"chat","messages":[{"role":"user","content":"\ud800"}],"stream":true})",
      }) {
    EXPECT_EQ(ask(body).status, 200) << body;
  }
}

TEST(Demo, ListsItsModels) {
  const auto document = parsed(body_of(models()));
  EXPECT_TRUE(document.root()["data"].at(0)["id"].equals("chat"));
  EXPECT_EQ(document.root()["data"].size(), 2U);
}

TEST(Tokenize, LosesNothingAndCutsNoCharacter) {
  for (const std::string_view text : {"", " ", "a", "Hello, world!  \n two", "äöüäöüäöüäöü",
                                      "a-very-long-word-without-any-space"}) {
    std::string joined;
    for (const std::string& token : tokenize(text)) {
      EXPECT_NE(static_cast<unsigned char>(token[0]) & 0xC0U, 0x80U) << text;
      joined += token;
    }
    EXPECT_EQ(joined, text);
  }
  EXPECT_EQ(tokenize("one two").size(), 2U);
}

TEST(Sample, SatisfiesTheSchema) {
  struct Case {
    std::string_view schema;
    std::string_view value;
  };
  const Case cases[] = {
      {R"({})", "{}"},
      {R"({"type":"string"})", R"("example")"},
      {R"({"type":"string","minLength":10})", R"("examplexxx")"},
      {R"({"type":"string","maxLength":2})", R"("ex")"},
      {R"({"type":"string","format":"date"})", R"("2026-01-31")"},
      {R"({"type":"integer"})", "1"},
      {R"({"type":"integer","minimum":5})", "5"},
      {R"({"type":"integer","exclusiveMinimum":5})", "6"},
      {R"({"type":"integer","maximum":-3})", "-3"},
      {R"({"type":"integer","exclusiveMaximum":0})", "-1"},
      {R"({"type":"integer","minimum":5,"multipleOf":4})", "8"},
      {R"({"type":"number","minimum":0.25,"maximum":0.5})", "0.5"},
      {R"({"type":"number","exclusiveMinimum":3})", "3.5"},
      {R"({"type":"boolean"})", "true"},
      {R"({"type":"null"})", "null"},
      {R"({"type":["null","string"]})", R"("example")"},
      {R"({"enum":["a","b"]})", R"("a")"},
      {R"({"const":{"a":1}})", R"({"a":1})"},
      {R"({"type":"string","default":"d"})", R"("d")"},
      {R"({"type":"array","items":{"type":"integer"}})", "[1]"},
      {R"({"type":"array","items":{"type":"integer"},"minItems":3})", "[1,1,1]"},
      {R"({"type":"array","items":{"type":"integer"},"maxItems":0})", "[]"},
      {R"({"prefixItems":[{"type":"integer"},{"type":"string"}]})", R"([1,"example"])"},
      {R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", "1"},
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},
           "required":["b"]})",
       R"({"b":1})"},
      {R"({"type":"object","required":["x"]})", R"({"x":"example"})"},
      {R"({"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},
           {"properties":{"b":{"const":2}},"required":["b"]}]})",
       R"({"a":1,"b":2})"},
      {R"({"type":"object","properties":{"p":{"$ref":"#/$defs/P"}},
           "$defs":{"P":{"type":"object","properties":{"q":{"type":"boolean"}}}}})",
       R"({"p":{"q":true}})"},
      {R"("not a schema")", "{}"},
      {R"({"$ref":"#/nowhere"})", "{}"},
      {R"({"$ref":"#"})", "{}"},
  };
  for (const Case& each : cases) {
    const auto document = parsed(each.schema);
    EXPECT_EQ(sample(document.root()), each.value) << each.schema;
  }
}

TEST(Sample, IsBoundedWhateverTheSchemaDemands) {
  constexpr std::size_t kBytesMax = 64 * 1024;
  for (const std::string_view schema : {
           R"({"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}}})",
           R"({"type":"array","minItems":1000000,"items":{"$ref":"#"}})",
           R"({"type":"string","minLength":1000000000})",
           R"({"allOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]})",
           R"({"type":"integer","minimum":1e300})",
           R"({"type":"number","multipleOf":1e-320,"minimum":1e300})",
       }) {
    const auto document = parsed(schema);
    const std::string text = sample(document.root());
    EXPECT_LE(text.size(), kBytesMax) << schema;
    EXPECT_TRUE(json::Document::parse(text)) << schema;
  }
}

}  // namespace
}  // namespace bifrost::provider::demo
