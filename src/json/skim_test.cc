#include "json/skim.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace bifrost::json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Seen = std::vector<std::pair<std::string, std::string>>;

Seen strings_of(std::string_view text) {
  Seen seen;
  each_string(text, [&](std::string_view string, std::string_view rest) {
    seen.emplace_back(string, rest.substr(0, 1));
  });
  return seen;
}

TEST(EachString, GivesNamesAndValuesAndWhatFollows) {
  EXPECT_THAT(strings_of(R"({"a":"b","":[ "c" ]})"),
              ElementsAre(Pair("a", ":"), Pair("b", ","), Pair("", ":"), Pair("c", " ")));
}

TEST(EachString, StepsOverEscapesWhereverTheyStand) {
  for (std::size_t before = 0; before < 40; ++before) {
    const std::string inside = std::string(before, 'x') + R"(\"y\\)";
    EXPECT_THAT(strings_of("[\"" + inside + "\",\"z\"]"),
                ElementsAre(Pair(inside, ","), Pair("z", "]")));
  }
}

TEST(EachString, LeavesOutAStringWithoutAnEnd) {
  EXPECT_THAT(strings_of(R"(["a","b)"), ElementsAre(Pair("a", ",")));
  EXPECT_THAT(strings_of(R"("a\")"), IsEmpty());
  EXPECT_THAT(strings_of(R"("a\)"), IsEmpty());
  EXPECT_THAT(strings_of("\""), IsEmpty());
  EXPECT_THAT(strings_of(""), IsEmpty());
}

TEST(SkipSpace, LeavesWhatIsNoSpace) {
  EXPECT_EQ(skip_space(" \t\r\n x "), "x ");
  EXPECT_EQ(skip_space("  "), "");
}

}  // namespace
}  // namespace bifrost::json
