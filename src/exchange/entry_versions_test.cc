#include "exchange/entry_versions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::exchange {
namespace {

using Edit = EntryVersions::Edit;

std::int64_t revision(const EntryVersions& versions, std::string_view kind, std::string_view id) {
  const auto found = versions.find(kind, id);
  return found ? found->revision : 0;
}

TEST(EntryVersionsTest, WhoHoldsOneSeesNothingOfALaterChange) {
  const std::vector<Edit> made = {{.kind = "team", .id = "a", .entry = {{.revision = 1}}},
                                  {.kind = "team", .id = "b", .entry = {{.revision = 1}}},
                                  {.kind = "customer", .id = "a", .entry = {{.revision = 2}}}};
  const EntryVersions before = EntryVersions().with(made);
  const std::vector<Edit> edits = {{.kind = "team", .id = "a", .entry = {{.revision = 3}}},
                                   {.kind = "team", .id = "b", .entry = {}}};
  const EntryVersions after = before.with(edits);
  EXPECT_EQ(revision(before, "team", "a"), 1);
  EXPECT_EQ(revision(before, "team", "b"), 1);
  EXPECT_EQ(revision(after, "team", "a"), 3);
  EXPECT_EQ(revision(after, "team", "b"), 0);
  EXPECT_EQ(revision(after, "customer", "a"), 2);
}

TEST(EntryVersionsTest, ManyOfThemAreApart) {
  constexpr std::int64_t kMany = 2'000;
  EntryVersions versions;
  for (std::int64_t i = 1; i <= kMany; ++i) {
    const std::string id = std::to_string(i);
    const Edit edit{.kind = "team", .id = id, .entry = {{.revision = i}}};
    versions = versions.with({&edit, 1});
  }
  for (std::int64_t i = 1; i <= kMany; ++i) {
    EXPECT_EQ(revision(versions, "team", std::to_string(i)), i);
  }
}

}  // namespace
}  // namespace bifrost::exchange
