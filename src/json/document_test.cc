#include "json/document.h"

#include "base/limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::json {
namespace {

Document parsed(std::string_view text) {
  auto document = Document::parse(text);
  EXPECT_TRUE(document) << text << ": " << document.error().message;
  return std::move(document).value();
}

TEST(Document, GivesTheExactBytesOfEveryValue) {
  const std::string text =
      " { \"a\" : [ 1 , 2.50 , \"x\\n\" ] ,\n\"b\":{\"c\":{ } , \"d\" : [] }, \"e\" :1e3 } ";
  const Document document = parsed(text);
  const Value root = document.root();
  EXPECT_EQ(root["a"].raw(), "[ 1 , 2.50 , \"x\\n\" ]");
  EXPECT_EQ(root["a"].at(0).raw(), "1");
  EXPECT_EQ(root["a"].at(1).raw(), "2.50");
  EXPECT_EQ(root["a"].at(2).raw(), "\"x\\n\"");
  EXPECT_EQ(root["b"].raw(), "{\"c\":{ } , \"d\" : [] }");
  EXPECT_EQ(root["b"]["c"].raw(), "{ }");
  EXPECT_EQ(root["b"]["d"].raw(), "[]");
  EXPECT_EQ(root["e"].raw(), "1e3");
  EXPECT_EQ(root["a"].size(), 3U);
  EXPECT_EQ(root["b"]["c"].size(), 0U);
  for (const Value member : root.children()) {
    EXPECT_EQ(text.substr(member.offset(), member.raw().size()), member.raw());
    EXPECT_EQ(text.substr(member.key_offset(), 3), "\"" + member.key() + "\"");
  }
}

TEST(Document, AnswersWhatIsNotThereWithNothing) {
  const Document document = parsed(R"({"a":1})");
  const Value missing = document.root()["b"]["c"].at(7)["d"];
  EXPECT_FALSE(missing.exists());
  EXPECT_EQ(missing.raw(), "");
  EXPECT_EQ(missing.key(), "");
  EXPECT_EQ(missing.size(), 0U);
  EXPECT_EQ(missing.string_or("x"), "x");
  EXPECT_FALSE(missing.integer());
  EXPECT_TRUE(missing.children().begin() == missing.children().end());
  EXPECT_FALSE(document.root()["a"].string());
  EXPECT_FALSE(document.root()["a"]["b"].exists());
  EXPECT_FALSE(Value().is_set());
}

TEST(Document, TellsNullFromMissing) {
  const Document document = parsed(R"({"a":null})");
  EXPECT_TRUE(document.root()["a"].exists());
  EXPECT_TRUE(document.root()["a"].is_null());
  EXPECT_FALSE(document.root()["a"].is_set());
}

TEST(Document, FindsTheFirstOfDuplicateKeysAndIteratesAll) {
  const Document document = parsed(R"({"a":1,"b":2,"a":3})");
  EXPECT_EQ(document.root()["a"].integer(), 1);
  EXPECT_EQ(document.root().size(), 3U);
}

TEST(Document, FindsManyMembersAsItFindsOne) {
  const Document document = parsed(R"({"b":1,"\u0061":2,"a":3,"b":4,"d":{"e":5}})");
  const auto [a, b, c, d] = document.root().members<4>({"a", "b", "c", "d"});
  EXPECT_EQ(a.integer(), 2);
  EXPECT_EQ(b.integer(), 1);
  EXPECT_FALSE(c.exists());
  EXPECT_EQ(d["e"].integer(), 5);
  for (const Value none : a.members<2>({"a", "b"})) EXPECT_FALSE(none.exists());
  for (const Value none : c.members<2>({"a", "b"})) EXPECT_FALSE(none.exists());
}

TEST(Document, GivesAKeyAsItStands) {
  const Document document = parsed(R"({"\u0061":{"b_c":[1]}})");
  const Value member = *document.root().children().begin();
  EXPECT_EQ(member.raw_key(), R"(\u0061)");
  EXPECT_EQ(member["b_c"].raw_key(), "b_c");
  EXPECT_EQ(member["b_c"].at(0).raw_key(), "");
  EXPECT_EQ(Value().raw_key(), "");
}

TEST(Document, ReadsStringsOfEveryLengthAroundABlock) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, 'x');
    EXPECT_EQ(parsed('"' + plain + '"').root().string(), plain);
    EXPECT_EQ(parsed("[\"" + plain + "\\n\"]").root().at(0).string(), plain + '\n');
    EXPECT_EQ(parsed('"' + plain + "\xC3\xBC\"").root().string(), plain + "\xC3\xBC");
    EXPECT_FALSE(Document::parse('"' + plain));
    EXPECT_FALSE(Document::parse('"' + plain + "\x1F\""));
    EXPECT_FALSE(Document::parse('"' + plain + "\xC3\""));
    EXPECT_FALSE(Document::parse('"' + plain + '\0' + '"'));
  }
}

TEST(Document, UnescapesKeysAndStrings) {
  const Document document = parsed(R"({"\u0061\"b":"\ud83d\ude00 \/ \b\f\n\r\t \\ \ud800"})");
  EXPECT_EQ(document.root()["a\"b"].string(), "\xF0\x9F\x98\x80 / \b\f\n\r\t \\ \xEF\xBF\xBD");
  EXPECT_EQ((*document.root().children().begin()).key(), "a\"b");
  EXPECT_TRUE(parsed(R"("\u0041")").root().equals("A"));
}

TEST(Document, ReadsNumbersWithinTheirTypes) {
  const Document document =
      parsed("[9223372036854775807,-9223372036854775808,9223372036854775808,3.0,3.5,1e2,-0,1e400]");
  const Value root = document.root();
  EXPECT_EQ(root.at(0).integer(), 9223372036854775807);
  EXPECT_EQ(root.at(1).integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(root.at(2).integer());
  EXPECT_EQ(root.at(3).integer(), 3);
  EXPECT_FALSE(root.at(4).integer());
  EXPECT_EQ(root.at(5).integer(), 100);
  EXPECT_EQ(root.at(6).integer(), 0);
  EXPECT_FALSE(root.at(7).integer());
  EXPECT_EQ(root.at(4).number(), 3.5);
}

TEST(Document, TakesAScalarAsTheWholeText) {
  EXPECT_EQ(parsed(" 12 ").root().integer(), 12);
  EXPECT_EQ(parsed("\"x\"").root().string(), "x");
  EXPECT_TRUE(parsed("null\n").root().is_null());
  EXPECT_EQ(parsed("true").root().boolean(), true);
}

TEST(Document, RefusesWhatIsNotJson) {
  const std::vector<std::string> bad_texts = {
      "",
      " ",
      "{",
      "}",
      "[",
      "]",
      "{]",
      "[1,]",
      "[,1]",
      "[1 2]",
      "{\"a\"}",
      "{\"a\":}",
      "{\"a\":1,}",
      "{a:1}",
      "{'a':1}",
      "{\"a\":1}x",
      "{\"a\":1}{}",
      "[1]]",
      "\"",
      "\"a",
      "nul",
      "tru",
      "True",
      "nulll",
      "01",
      "1.",
      ".5",
      "+1",
      "-",
      "1e",
      "1e+",
      "0x1",
      "NaN",
      "Infinity",
      "\"\\x\"",
      "\"\\u12\"",
      "\"\\u12G4\"",
      "[\"\\\"]",
      "\"a\nb\"",
      "\"\x01\"",
      "\"\xFF\"",
      "\"\xC0\x80\"",
      "{\"a\" 1}",
      "{\"a\":1 \"b\":2}",
      "[1:2]",
      "{1:2}",
      "{\"a\":[1,{\"b\":}]}",
      "<html></html>",
      "[\"a\" \"b\"]",
      "{,}",
      "[nul]",
      "[tru e]",
      "[-]",
      "12 13",
      "\"a\" \"b\"",
      "null null",
      "[1,2",
      "{\"a\":[1,2}",
  };
  for (const std::string& text : bad_texts) {
    const auto document = Document::parse(text);
    EXPECT_FALSE(document) << "taken: " << text;
    if (!document) EXPECT_EQ(document.error().code, ErrorCode::kInvalidRequest);
  }
}

TEST(Document, SurvivesEveryPrefixOfAText) {
  const std::string text =
      R"({"a":[1,-2.5e3,"x\u0041\\"],"b":{"c":null,"d":[true,false,{}]},"e":"ü"})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(Document::parse(std::string_view(text).substr(0, size))) << size;
  }
  EXPECT_TRUE(Document::parse(text));
}

TEST(Document, SurvivesEveryChangedByte) {
  const std::string text = R"({"a":[1,"x\n",{"b":null}],"c":true})";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[at] = static_cast<char>(byte);
      const auto document = Document::parse(changed);
      if (!document) continue;
      // Whatever was taken has to be read without a fault.
      for (const Value member : document->root().children()) {
        EXPECT_LE(member.offset() + member.raw().size(), changed.size());
        EXPECT_LE(member.key().size(), changed.size());
      }
    }
  }
}

TEST(Document, NamesThePlaceOfAFault) {
  const auto document = Document::parse("{\n  \"a\": 1,\n  \"b\": 01\n}");
  ASSERT_FALSE(document);
  EXPECT_NE(document.error().message.find("line 3"), std::string::npos) << document.error().message;
}

TEST(Document, BoundsTheDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(Document::parse(nested(limits::kJsonDepthMax)));
  EXPECT_FALSE(Document::parse(nested(limits::kJsonDepthMax + 1)));
  EXPECT_FALSE(Document::parse(nested(100'000)));
}

TEST(Unescape, RefusesBrokenEscapes) {
  EXPECT_EQ(unescape("\"a\\tb\""), "a\tb");
  EXPECT_EQ(unescape("plain"), "plain");
  EXPECT_EQ(unescape("\\ud83d\\ude00"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(unescape("\\ud83dx"), "\xEF\xBF\xBDx");
  EXPECT_EQ(unescape("\\ude00"), "\xEF\xBF\xBD");
  for (const char* broken : {"\\", "\\x", "\\u", "\\u12", "\\u12g4", "\\u+123", "\\u-123"}) {
    EXPECT_FALSE(unescape(broken)) << broken;
  }
}

TEST(Document, RefusesABrokenEscapeInAName) {
  EXPECT_FALSE(Document::parse(R"({"\u00/d":1})"));
  EXPECT_FALSE(Document::parse(R"({"a":{"\x":1}})"));
  EXPECT_TRUE(Document::parse(R"({"\u0061\/":1})"));
}

}  // namespace
}  // namespace bifrost::json
