#include "admin/desk_view.h"

#include "admin/version_tag.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace bifrost::admin {
namespace {

constexpr std::string_view kKind = "team";

// Each revision calls the one team anew.
class FakeDesk final : public exchange::Desk {
 public:
  void change_of_another_gateway() { ++revision_; }

  [[nodiscard]] State state() const override {
    exchange::ManagedSettings settings;
    governance::TeamSettings& team = settings.governance.teams.emplace_back();
    team.id = "a";
    team.name = "name " + std::to_string(revision_);
    const std::array<exchange::EntryVersions::Edit, 1> edits = {
        {{.kind = kKind, .id = "a", .entry = {{.revision = revision_}}}}};
    return {.settings = std::make_shared<const exchange::ManagedSettings>(std::move(settings)),
            .versions = std::make_shared<const exchange::EntryVersions>(
                exchange::EntryVersions().with(edits))};
  }
  Result<State> change(const Edit& /*edit*/, const Terms& /*terms*/) override {
    ++revision_;
    return state();
  }
  [[nodiscard]] Settings settings_at_start() const override { return state().settings; }
  [[nodiscard]] const config::Environment& environment() const override { return environment_; }
  [[nodiscard]] StoreState store_state() const override { return {}; }

 private:
  config::FakeEnvironment environment_;
  std::int64_t revision_ = 1;
};

// The body's text and the ETag of an answer.
std::string shown(const DeskView& view, FakeDesk& desk) {
  const std::string body = view.settings()->governance.teams.at(0).name;
  desk.change_of_another_gateway();
  return body + " " + version_tag(view.versions(), {{std::string(kKind), "a"}});
}

TEST(DeskViewTest, WhatIsShownAndItsTagAreOfOneMoment) {
  FakeDesk desk;
  DeskView view(desk);
  EXPECT_EQ(shown(view, desk), "name 1 \"1\"");
  EXPECT_EQ(shown(view, desk), "name 1 \"1\"");
  EXPECT_EQ(shown(DeskView(desk), desk), "name 3 \"3\"");
}

TEST(DeskViewTest, AChangeIsShownAsItWasWhenItWasMade) {
  FakeDesk desk;
  DeskView view(desk);
  EXPECT_EQ(shown(view, desk), "name 1 \"1\"");
  ASSERT_TRUE(view.change({}, {}));
  EXPECT_EQ(shown(view, desk), "name 3 \"3\"");
}

}  // namespace
}  // namespace bifrost::admin
