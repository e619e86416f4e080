#include "json/splice.h"

#include "json/document.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::json {
namespace {

void remove(Splice& splice, Value member) {
  const std::size_t begin = member.key_offset() != 0 ? member.key_offset() : member.offset();
  splice.remove_member(begin, member.offset() + member.raw().size());
}

TEST(Splice, KeepsEveryByteThatIsNotEdited) {
  const std::string text = R"({ "model" : "a",  "x":[1 , 2] })";
  Splice splice(text);
  EXPECT_TRUE(splice.empty());
  EXPECT_EQ(splice.apply(), text);
  splice.replace(std::string_view(text).substr(12, 3), "\"longer\"");
  EXPECT_FALSE(splice.empty());
  EXPECT_EQ(splice.apply(), R"({ "model" : "longer",  "x":[1 , 2] })");
}

TEST(Splice, SortsEditsAndKeepsTheOrderOfInsertionsAtOnePlace) {
  Splice splice("abcdef");
  splice.replace(4, 1, "E");
  splice.insert(2, "1");
  splice.replace(0, 1, "A");
  splice.insert(2, "2");
  splice.insert(6, "!");
  EXPECT_EQ(splice.apply(), "Ab12cdEf!");
}

TEST(Splice, InsertsBeforeWhatIsRemovedFromTheSamePlace) {
  const std::string text = R"({"a":1,"b":2})";
  Splice behind(text);
  behind.remove_member(7, 12);
  behind.insert(6, R"(,"c":3)");
  EXPECT_EQ(behind.apply(), R"({"a":1,"c":3})");
  Splice before(text);
  before.remove_member(1, 6);
  before.insert(1, R"("c":3,)");
  EXPECT_EQ(before.apply(), R"({"c":3,"b":2})");
}

// Any choice of members may go, in any order, and the rest is still JSON with its own spelling.
TEST(Splice, RemovesAnySetOfMembers) {
  for (const std::string text :
       {R"({"a":1,"b":[2],"c":{},"d":"x","e":null})",
        "{ \"a\" : 1 ,\n \"b\" : [2] , \"c\":{} ,\"d\" : \"x\",\t\"e\":null\n}"}) {
    const auto document = Document::parse(text);
    ASSERT_TRUE(document);
    for (unsigned chosen = 0; chosen < 32; ++chosen) {
      Splice splice(text);
      std::vector<Value> gone;
      unsigned bit = 1;
      for (const Value member : document->root().children()) {
        if ((chosen & bit) != 0) gone.push_back(member);
        bit <<= 1U;
      }
      for (auto member = gone.rbegin(); member != gone.rend(); ++member) remove(splice, *member);
      const std::string edited = splice.apply();
      const auto rest = Document::parse(edited);
      ASSERT_TRUE(rest) << edited;
      EXPECT_EQ(rest->root().size(), 5 - gone.size()) << edited;
      bit = 1;
      for (const Value member : document->root().children()) {
        const Value kept = rest->root()[member.key()];
        EXPECT_EQ(kept.exists(), (chosen & bit) == 0) << edited;
        if (kept.exists()) EXPECT_EQ(kept.raw(), member.raw());
        bit <<= 1U;
      }
    }
  }
}

TEST(Splice, RemovesElementsOfArrays) {
  const std::string text = "[1, 2 ,3]";
  const auto document = Document::parse(text);
  ASSERT_TRUE(document);
  Splice all(text);
  for (const Value item : document->root().children()) remove(all, item);
  EXPECT_EQ(Document::parse(all.apply())->root().size(), 0U);
  Splice last(text);
  remove(last, document->root().at(2));
  EXPECT_EQ(last.apply(), "[1, 2 ]");
}

}  // namespace
}  // namespace bifrost::json
