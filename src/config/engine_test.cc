// The engine on settings that are in no file: read, checked, printed.
#include "config/check_scope.h"
#include "config/document.h"
#include "config/dump.h"
#include "config/environment.h"
#include "config/markdown_writer.h"
#include "config/reader.h"
#include "config/schema_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Oven {
  std::int64_t degrees = 180;
  std::string kind;

  void describe(this auto& self, auto& visit) {
    visit.field("degrees", self.degrees, {.text = "How hot.", .minimum = 50, .maximum = 300});
    visit.field("kind", self.kind, {.text = "Its kind."});
  }
  void check(CheckScope& scope) const {
    if (kind == "slow" && degrees > 100) scope.problem("degrees", "too hot for a slow oven");
  }
};

struct Kitchen {
  OrderedMap<Oven> ovens;
  Secret recipe;

  void describe(this auto& self, auto& visit) {
    visit.field("ovens", self.ovens, {.text = "Ovens by name.", .entries = "oven"});
    visit.field("recipe", self.recipe, {.text = "Nobody's business."});
    visit.unserved("fridge", Shape::kObject, "Cold things.");
  }
};

class Engine : public testing::Test {
 protected:
  // Without what stands at `skipped`.
  Kitchen read(std::string_view text, const std::string& skipped = {}) {
    Kitchen kitchen;
    Problems problems;
    const FakeEnvironment environment({{"RECIPE", "butter"}});
    if (const auto document = parse_document(text, problems)) {
      Reader reader(environment, problems, warnings_);
      if (!skipped.empty()) reader.skip(skipped, "is out of order");
      reader.read(document->root(), kitchen, {});
    }
    for (const Problem& problem : problems.take()) problems_.push_back(render(problem));
    return kitchen;
  }

  std::vector<std::string> problems_;
  std::vector<std::string> warnings_;
};

TEST_F(Engine, ReadsWhatTheStructDescribes) {
  const Kitchen kitchen = read(R"({"ovens":{"big":{"degrees":200}},"recipe":"env.RECIPE"})");
  EXPECT_THAT(problems_, IsEmpty());
  ASSERT_NE(kitchen.ovens.find("big"), nullptr);
  EXPECT_EQ(kitchen.ovens.find("big")->degrees, 200);
  EXPECT_EQ(kitchen.recipe.reveal(), "butter");
}

TEST_F(Engine, AsksTheStructWhetherItsSettingsGoTogether) {
  read(R"({"ovens":{"big":{"degrees":200,"kind":"slow"}}})");
  EXPECT_THAT(problems_, ElementsAre("ovens.big.degrees: too hot for a slow oven"));
}

TEST_F(Engine, DoesNotRepeatWhatIsKnownToBeWrong) {
  read(R"({"ovens":{"big":{"degrees":2000,"kind":"slow"}}})");
  EXPECT_THAT(problems_, ElementsAre("ovens.big.degrees: 2000 is out of bounds: it must be "
                                     "between 50 and 300"));
}

TEST_F(Engine, LeavesOutWhatIsSkippedAndSaysSo) {
  const Kitchen kitchen = read(R"({"ovens":{"old":{"degrees":7},"big":{}}})", "ovens.old");
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_THAT(warnings_, ElementsAre("ovens.old: is out of order"));
  EXPECT_FALSE(kitchen.ovens.contains("old"));
  EXPECT_TRUE(kitchen.ovens.contains("big"));
}

TEST_F(Engine, WarnsOfWhatIsNotServed) {
  read(R"({"fridge":{}})");
  EXPECT_THAT(warnings_, ElementsAre("fridge: this section is not served yet and has no effect"));
}

TEST_F(Engine, RefusesWhatIsNoObject) {
  read("[]");
  read("");
  EXPECT_THAT(problems_, ElementsAre("expected an object, got an array",
                                     "the file is empty; the smallest configuration is {}"));
}

TEST_F(Engine, EntriesWithNamesThatMeanSomethingAreOneDefinition) {
  static constexpr std::string_view kKnown[] = {"big", "small"};
  static constexpr std::string_view kUnserved[] = {"old"};
  const NamedEntries ovens{
      .name = "oven", .known = kKnown, .unserved = kUnserved, .required_of_others = "kind"};
  const auto schema =
      json::Document::parse(json_schema(Kitchen{}, {.title = "Kitchen", .entries = {&ovens, 1}}));
  ASSERT_TRUE(schema);
  const json::Value map = schema->root()["properties"]["ovens"];
  EXPECT_EQ(map["properties"]["small"]["$ref"].string(), "#/$defs/oven");
  EXPECT_EQ(map["properties"]["old"]["type"].string(), "object");
  EXPECT_EQ(map["additionalProperties"]["$ref"].string(), "#/$defs/oven");
  EXPECT_EQ(map["additionalProperties"]["required"].at(0).string(), "kind");
  EXPECT_EQ(schema->root()["$defs"]["oven"]["properties"]["degrees"]["maximum"].integer(), 300);
}

TEST_F(Engine, EntriesWithFreeNamesStandWhereTheyAre) {
  const auto schema = json::Document::parse(json_schema(Kitchen{}, {.title = "Kitchen"}));
  ASSERT_TRUE(schema);
  const json::Value entry = schema->root()["properties"]["ovens"]["additionalProperties"];
  EXPECT_EQ(entry["properties"]["degrees"]["minimum"].integer(), 50);
  EXPECT_FALSE(schema->root()["$defs"]["oven"].exists());
}

TEST_F(Engine, PrintsAPageAndADumpWithoutSecrets) {
  const std::string page = markdown_sections(Kitchen{});
  EXPECT_THAT(page, HasSubstr("| `degrees` | integer | `180` | How hot. Between 50 and 300. |"));
  EXPECT_THAT(page, HasSubstr("\n## `ovens.<name>`\n"));
  const std::string dump = redacted_dump(read(R"({"recipe":"butter"})"));
  EXPECT_THAT(dump, HasSubstr(R"("recipe": "<redacted>")"));
}

}  // namespace
}  // namespace bifrost::config
