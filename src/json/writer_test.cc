#include "json/writer.h"

#include "json/document.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace bifrost::json {
namespace {

TEST(Writer, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("a", "x").member("b", 1).member("c", true);
  w.key("d").begin_array().integer(1).begin_object().end_object().begin_array().end_array().null();
  w.end_array();
  w.key("e").raw(R"({"k": 1})");
  w.member("f", 2.5);
  w.end_object();
  EXPECT_EQ(out, R"({"a":"x","b":1,"c":true,"d":[1,{},[],null],"e":{"k": 1},"f":2.5})");
}

TEST(Writer, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(quoted("\"\\\n\r\t\b\f\x01\x1f/\x7f"),
            "\"\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u001f/\x7f\"");
  EXPECT_EQ(quoted(std::string_view("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(quoted(""), "\"\"");
}

TEST(Writer, KeepsValidUtf8AndReplacesTheRest) {
  EXPECT_EQ(quoted("ü€😀"), "\"ü€😀\"");
  const std::string kReplaced = "\"\xEF\xBF\xBD\"";
  for (const char* bad : {"\xFF", "\x80", "\xC3", "\xC1"}) {
    EXPECT_EQ(quoted(bad), kReplaced) << std::string(bad);
  }
  // Overlong, surrogate, beyond the last code point, cut short: one mark for each byte.
  for (const char* bad : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF0\x9F\x98", "\xE2\x82"}) {
    const auto document = Document::parse(quoted(bad));
    ASSERT_TRUE(document);
    EXPECT_TRUE(document->root().string_or("").starts_with("\xEF\xBF\xBD"));
  }
}

TEST(Writer, ReadsBackEveryByte) {
  for (int byte = 0; byte < 128; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "b";
    EXPECT_EQ(Document::parse(json::quoted(text))->root().string(), text);
  }
}

TEST(Writer, WritesNumbersThatReadBackTheSame) {
  for (const double value : {0.1, 1e300, -2.5, 1.0 / 3.0, 5e-324, 1e21}) {
    std::string out;
    Writer(out).number(value);
    EXPECT_EQ(Document::parse(out)->root().number(), value) << out;
  }
  std::string out;
  Writer w(out);
  w.begin_array();
  w.number(std::numeric_limits<double>::quiet_NaN());
  w.number(std::numeric_limits<double>::infinity());
  w.integer(std::numeric_limits<std::int64_t>::min());
  w.raw("");
  w.end_array();
  EXPECT_EQ(out, "[null,null,-9223372036854775808,null]");
}

}  // namespace
}  // namespace bifrost::json
