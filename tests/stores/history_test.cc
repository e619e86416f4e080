// Whatever becomes of a configuration, by calls of the API, files, reloads and restarts in any
// order: it ends in the same state as a model that keeps it in two maps.
//
// `BIFROST_SIM_SEEDS` looks at more histories than CI does, `BIFROST_SIM_SEED` at one again.
#include "app/configuration.h"
#include "base/random.h"
#include "config/environment.h"
#include "tests/sim/seeds.h"
#include "tests/support/postgres.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

namespace bifrost::test {
namespace {

// Ids and names of the teams.
using Teams = std::map<std::string, std::string>;

// What file and database are by the rules of `app/stored_config.h`.
class Model {
 public:
  struct File {
    bool rules = false;          // it is the source of truth
    std::optional<Teams> teams;  // nothing: it has no such list
  };

  // What is in force.
  [[nodiscard]] Teams teams() const {
    Teams out;
    for (const auto& [id, row] : rows_) {
      if (row.name) out[id] = *row.name;
    }
    return out;
  }
  void put(const std::string& id, const std::string& name) { rows_[id].name = name; }
  void remove(const std::string& id) {
    if (rows_[id].of_file) {
      rows_[id].name.reset();
    } else {
      rows_.erase(id);
    }
  }
  // As it is taken in by a start or a reload.
  void take_in(const File& file) {
    const Teams listed = file.teams.value_or(Teams());
    if (file.rules && file.teams) rows_.clear();
    for (const auto& [id, name] : listed) {
      Row& row = rows_[id];
      if (row.of_file != name) row = {.name = name, .of_file = name};
    }
    if (file.rules) return;
    std::erase_if(rows_, [&](const auto& each) {
      const Row& row = each.second;
      if (listed.contains(each.first) || !row.of_file) return false;
      return !row.name || row.name == row.of_file;  // deleted, or as the file had it
    });
  }

 private:
  struct Row {
    std::optional<std::string> name;     // nothing: deleted, though the file has it
    std::optional<std::string> of_file;  // what the file said when it was taken in
  };
  std::map<std::string, Row> rows_;
};

class History {
 public:
  History(std::uint64_t seed, std::string store) : random_(seed), store_(std::move(store)) {
    write_file();
    restart();
  }

  void step() {
    switch (pick(12)) {
      case 0:
        write_file();
        break;
      case 1:
        write_file();
        [[fallthrough]];
      case 2:
        reload();
        break;
      case 3:
        restart();
        break;
      case 4:
        refused();
        break;
      case 5:
        take_up();
        break;
      case 6:
      case 7:
        remove();
        break;
      case 8:
      case 9:
        create();
        break;
      default:
        edit();
    }
  }

  [[nodiscard]] Teams expected() const { return model_.teams(); }
  [[nodiscard]] Teams found() const { return teams_of(*configuration_); }
  [[nodiscard]] const std::string& told() const { return told_; }

 private:
  std::size_t pick(std::size_t count) { return random_.next() % count; }
  std::string new_name() { return "name " + std::to_string(++names_); }

  static Teams teams_of(const app::Configuration& configuration) {
    Teams out;
    for (const auto& team : configuration.settings()->governance.teams) out[team.id] = team.name;
    return out;
  }

  // Some of five teams, some of them renamed since.
  void write_file() {
    told_ += "file\n";
    file_.rules = pick(4) == 0;
    if (pick(6) == 0) {
      file_.teams.reset();
    } else {
      Teams teams;
      for (int i = 0; i < 5; ++i) {
        if (pick(3) == 0) continue;
        std::string& name = file_names_[fmt::format("f{}", i)];
        if (name.empty() || pick(3) == 0) name = new_name();
        teams[fmt::format("f{}", i)] = name;
      }
      file_.teams = teams;
    }
    std::string list;
    for (const auto& [id, name] : file_.teams.value_or(Teams())) {
      list += fmt::format(R"({}{{"id": "{}", "name": "{}"}})", list.empty() ? "" : ", ", id, name);
    }
    folder_.write(
        "config.json",
        fmt::format(R"({{{} "source_of_truth": "{}", "providers": {{"demo": {{}}}}{}}})", store_,
                    file_.rules ? "config.json" : "split",
                    file_.teams ? fmt::format(R"(, "governance": {{"teams": [{}]}})", list) : ""));
  }
  void reload() {
    told_ += "reload\n";
    const auto done = configuration_->reload();
    ASSERT_TRUE(done) << done.error().message;
    model_.take_in(file_);
  }
  void restart() {
    told_ += "restart\n";
    configuration_ = nullptr;
    auto read = app::Configuration::read(source());
    ASSERT_TRUE(read) << read.error().message;
    configuration_ = *std::move(read);
    model_.take_in(file_);
  }
  // Another gateway with the same file changes something, and this one follows.
  void take_up() {
    reload();
    told_ += "another gateway\n";
    auto other = app::Configuration::read(source());
    ASSERT_TRUE(other) << other.error().message;
    model_.take_in(file_);
    create(**other);
    ASSERT_TRUE(configuration_->take_up());
  }

  void create() { create(*configuration_); }
  void create(app::Configuration& configuration) {
    const std::string name = new_name();
    const std::string id = "api " + name;
    told_ += "create " + name + "\n";
    ASSERT_TRUE(change(configuration, [&](Settings& teams) {
      governance::TeamSettings& team = teams.emplace_back();
      team.id = id;
      team.name = name;
    }));
    model_.put(id, name);
  }
  void edit() {
    const auto id = one();
    if (!id) return;
    const std::string name = new_name();
    told_ += "edit " + *id + " " + name + "\n";
    ASSERT_TRUE(change(*configuration_, [&](Settings& teams) {
      std::ranges::find(teams, *id, &governance::TeamSettings::id)->name = name;
    }));
    model_.put(*id, name);
  }
  void remove() {
    const auto id = one();
    if (!id) return;
    told_ += "delete " + *id + "\n";
    ASSERT_TRUE(change(*configuration_, [&](Settings& teams) {
      std::erase_if(teams, [&](const auto& team) { return team.id == *id; });
    }));
    model_.remove(*id);
  }
  // What is tried, or cannot be, changes nothing.
  void refused() {
    told_ += "refused\n";
    EXPECT_TRUE(change(*configuration_, [](Settings& teams) { teams.clear(); }, true));
    EXPECT_FALSE(change(*configuration_, [](Settings& teams) {
      governance::TeamSettings& team = teams.emplace_back();
      team.id = "twice";
      teams.push_back(team);
    }));
  }

  using Settings = std::vector<governance::TeamSettings>;
  // As a handler of the API does it.
  template <class Edit>
  static bool change(app::Configuration& configuration, Edit edit, bool dry_run = false) {
    return configuration
        .change(
            [&](exchange::ManagedSettings& managed) -> Result<void> {
              edit(managed.governance.teams);
              return {};
            },
            {.dry_run = dry_run})
        .has_value();
  }

  // One that is in force.
  std::optional<std::string> one() {
    const Teams all = expected();
    if (all.empty()) return std::nullopt;
    return std::next(all.begin(), static_cast<std::ptrdiff_t>(pick(all.size())))->first;
  }
  [[nodiscard]] app::Configuration::Source source() const {
    return {.path = (folder_.path() / "config.json").string(),
            .app_dir = folder_.path().string(),
            .environment = environment_,
            .clock = clock_};
  }

  Random random_;
  const std::string store_;  // the section of the file
  TemporaryDirectory folder_;
  const config::FakeEnvironment environment_;
  const SystemClock clock_;
  std::unique_ptr<app::Configuration> configuration_;
  Model model_;
  Model::File file_;
  Teams file_names_;  // of all that the file ever had
  int names_ = 0;
  std::string told_;  // what was done, for whoever reads of a failure
};

void tell(std::uint64_t seed, int steps, const std::string& store) {
  SCOPED_TRACE(fmt::format("BIFROST_SIM_SEED={}", seed));
  History history(seed, store);
  for (int i = 0; i < steps; ++i) {
    history.step();
    ASSERT_EQ(history.found(), history.expected()) << "after\n" << history.told();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(HistoryTest, EndsAsTheModelDoes) {
  for (const std::uint64_t seed : seeds(4)) tell(seed, 150, {});
}

TEST(HistoryTest, EndsAsTheModelDoesInPostgres) {
  const PostgresServer server;
  const std::string store = fmt::format(
      R"("encryption_key": "a key for the test", "config_store": {{"type": "postgres", "config": {{
          "host": "{}", "user": "postgres", "db_name": "postgres"}}}},)",
      server.host());
  tell(seeds(1).front(), 60, store);
}

}  // namespace
}  // namespace bifrost::test
