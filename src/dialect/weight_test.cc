// The factors of Weight against what the allocator says. Requests of the shapes that weigh most
// for their size, found by trying what each dialect models and what none does.
#include "dialect/weight.h"

#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "json/document.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {
namespace {

constexpr std::size_t kBytes = 200'000;

std::size_t allocated() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// "element,element,…", about kBytes long.
std::string many(std::string_view element) {
  std::string list;
  while (list.size() < kBytes) list.append(element).append(",");
  list.pop_back();
  return list;
}

std::string long_text() {
  return R"({"role":"user","content":")" + std::string(kBytes, 'x') + "\"}";
}

struct Shape {
  const char* dialect;
  std::string body;
};

std::vector<Shape> shapes() {
  const auto openai = [](std::string_view messages) {
    return Shape{"openai_chat", R"({"model":"m","messages":[)" + std::string(messages) + "]}"};
  };
  const auto anthropic = [](std::string_view messages) {
    return Shape{"anthropic",
                 R"({"model":"m","max_tokens":1,"messages":[)" + std::string(messages) + "]}"};
  };
  const auto gemini = [](std::string_view contents) {
    return Shape{"gemini", R"({"contents":[)" + std::string(contents) + "]}"};
  };
  const std::string message = R"({"role":"user","content":"hi"})";
  const std::string text = R"({"type":"text","text":""})";
  return {
      openai(long_text()),
      openai(many(message)),
      openai(R"({"role":"user","content":[)" + many(text) + "]}"),
      openai(R"({"role":"assistant","tool_calls":[)" +
             many(R"({"id":"a","type":"function","function":{"name":"a","arguments":""}})") + "]}"),
      openai(message + R"(],"tools":[)" + many(R"({"type":"x"})")),
      openai(message + R"(],"stop":[)" + many(R"("")")),
      openai(message + R"(],"unknown":[)" + many("1")),
      openai(message + R"(],"unknown":[)" + many("[]")),
      anthropic(long_text()),
      anthropic(many(message)),
      anthropic(R"({"role":"user","content":[)" + many(text) + "]}"),
      anthropic(R"({"role":"user","content":[)" + many(R"({"type":"x"})") + "]}"),
      gemini(R"({"role":"user","parts":[)" + many(R"({"text":""})") + "]}"),
      gemini(R"({"role":"user","parts":[)" + many(R"({"x":0})") + "]}"),
      gemini(R"({"role":"user","parts":[)" + many("{}") + "]}"),
      gemini(many("{}")),
      gemini(many(R"({"parts":[{"text":""}]})")),
  };
}

class WeightTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::size_t before = allocated();
    const std::string probe(kBytes, 'x');
    if (allocated() < before + kBytes) GTEST_SKIP() << "this allocator does not tell";
  }
};

TEST_F(WeightTest, NothingDecodedWeighsMoreThanIsSaid) {
  for (const Shape& shape : shapes()) {
    const Weight weight = Weight::of(shape.body);
    const std::size_t before = allocated();
    const auto request =
        find(shape.dialect)->chat->decode_request({.body = shape.body, .path_model = "m"});
    const std::size_t held = allocated() - before;
    ASSERT_TRUE(request) << shape.body.substr(0, 100) << request.error().message;
    EXPECT_LE(held, weight.decoded() + 4096) << shape.dialect << shape.body.substr(0, 100);
  }
}

TEST_F(WeightTest, NoDocumentWeighsMoreThanIsSaid) {
  for (const Shape& shape : shapes()) {
    const Weight weight = Weight::of(shape.body);
    const std::size_t before = allocated();
    const auto document = json::Document::parse(shape.body);
    const std::size_t held = allocated() - before;
    ASSERT_TRUE(document);
    EXPECT_LE(held, weight.document() + 4096) << shape.body.substr(0, 100);
  }
}

// What people send is not charged for what attackers could.
TEST_F(WeightTest, WhatPeopleSendIsNotChargedForTheWorst) {
  std::string turn = R"({"role":"user","content":")" + std::string(600, 'x') + "\"}";
  const std::string body = R"({"model":"m","messages":[)" + many(turn) + "]}";
  EXPECT_LT(Weight::of(body).decoded(), 3 * body.size());
  const std::string image = R"({"model":"m","messages":[)" + long_text() + "]}";
  EXPECT_LT(Weight::of(image).decoded(), image.size() + image.size() / 100);
}

}  // namespace
}  // namespace bifrost::dialect
