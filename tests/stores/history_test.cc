// Whatever becomes of a configuration, by calls of the API, files, reloads, restarts and other keys
// in any order, through two gateways whose files differ: each ends in the same state as a model
// that keeps what they share in a map.
//
// `BIFROST_SIM_SEEDS` looks at more histories than CI does, `BIFROST_SIM_SEED` at one again.
#include "app/configuration.h"
#include "app/setup.h"
#include "app/stored_config.h"
#include "base/random.h"
#include "config/environment.h"
#include "store/seal.h"
#include "store/sqlite/connection.h"
#include "tests/sim/seeds.h"
#include "tests/stores/history_model.h"
#include "tests/support/postgres.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

namespace bifrost::test {
namespace {

class History {
 public:
  History(std::uint64_t seed, std::string store) : random_(seed), store_(std::move(store)) {
    for (Gateway& gateway : gateways_) {
      write_file(gateway);
      restart(gateway);
    }
  }

  void step() {
    Gateway& gateway = gateways_.at(pick(gateways_.size()));
    switch (pick(13)) {
      case 0:
        write_file(gateway);
        break;
      case 1:
        write_file(gateway);
        [[fallthrough]];
      case 2:
        reload(gateway);
        break;
      case 3:
        restart(gateway);
        break;
      case 4:
        refused(gateway);
        break;
      case 5:
        create_at_once();
        break;
      case 6:
      case 7:
        remove(gateway);
        break;
      case 8:
      case 9:
        create(gateway);
        break;
      case 10:
        take_other_key(gateway);
        break;
      default:
        edit(gateway);
    }
    for (Gateway& each : gateways_) ASSERT_TRUE(each.configuration->take_up());
  }

  void compare() const {
    for (const Gateway& gateway : gateways_) {
      ASSERT_EQ(in_force(gateway), model_.in_force(gateway.read)) << gateway.name << " after\n"
                                                                  << told_;
    }
  }

 private:
  struct Gateway {
    std::string name;
    File written = {};
    File read = {};  // as it was when it was read last
    std::unique_ptr<app::Configuration> configuration = nullptr;
  };

  std::size_t pick(std::size_t count) { return random_.next() % count; }
  std::string new_name() { return "name " + std::to_string(++names_); }
  void tell(const Gateway& gateway, std::string_view what) {
    told_ += fmt::format("{}: {}\n", gateway.name, what);
  }

  static Keys in_force(const Gateway& gateway) {
    Keys out;
    for (const auto& key : gateway.configuration->settings()->governance.virtual_keys) {
      out[key.id] = key.name;
    }
    return out;
  }

  // Some of five keys, some of them renamed since.
  void write_file(Gateway& gateway) {
    File& file = gateway.written;
    file.rules = pick(6) == 0;
    if (pick(6) == 0) {
      file.keys.reset();
    } else {
      Keys keys;
      for (int i = 0; i < 5; ++i) {
        if (pick(3) == 0) continue;
        std::string& name = file_names_[fmt::format("f{}", i)];
        if (name.empty() || pick(4) == 0) name = new_name();
        keys[fmt::format("f{}", i)] = name;
      }
      file.keys = keys;
    }
    std::string list;
    for (const auto& [id, name] : file.keys.value_or(Keys())) {
      list += fmt::format(R"({}{{"id": "{}", "name": "{}", "value": "sk-bf-of-file-{}"}})",
                          list.empty() ? "" : ", ", id, name, id);
    }
    const std::string truth = file.rules ? "config.json" : "split";
    tell(gateway, fmt::format("file {} [{}]", truth, file.keys ? list : "no list"));
    folder_.write(
        gateway.name,
        fmt::format(
            R"({{{} "source_of_truth": "{}", "providers": {{"demo": {{}}}}{}}})", store_, truth,
            file.keys ? fmt::format(R"(, "governance": {{"virtual_keys": [{}]}})", list) : ""));
  }
  void reload(Gateway& gateway) {
    tell(gateway, "reload");
    const auto done = gateway.configuration->reload();
    ASSERT_TRUE(done) << done.error().message;
    taken_in(gateway);
  }
  void restart(Gateway& gateway) {
    tell(gateway, "restart");
    gateway.configuration = nullptr;
    auto read = app::Configuration::read(source(gateway));
    ASSERT_TRUE(read) << read.error().message;
    gateway.configuration = *std::move(read);
    taken_in(gateway);
  }
  void taken_in(Gateway& gateway) {
    gateway.read = gateway.written;
    model_.take_in(gateway.read);
  }
  // With the file of one of them, as `bifrost db rekey` has it; all are stopped meanwhile.
  void take_other_key(Gateway& gateway) {
    if (!store_.empty()) return;  // one that is given takes a second for each start
    tell(gateway, "another key");
    for (Gateway& each : gateways_) each.configuration = nullptr;
    const std::string place = (folder_.path() / "encryption.key").string();
    const auto current = store::own_passphrase(place);
    ASSERT_TRUE(current) << current.error().message;
    const auto stored = app::StoredConfig::open(
        *store::sqlite::open((folder_.path() / "config.db").string()), *current, clock_.wall());
    ASSERT_TRUE(stored) << stored.error().message;
    const auto setup = app::read_setup(source(gateway).path, environment_);
    ASSERT_TRUE(setup) << setup.error().message;
    const std::string next = "another key " + new_name();
    const auto done = (*stored)->reseal(setup->config, environment_, {.text = next, .file = place});
    ASSERT_TRUE(done) << done.error().message;
    folder_.write("encryption.key", next);
    model_.take_other_key(gateway.written);
    for (Gateway& each : gateways_) restart(each);
  }

  // The second one has not seen what the first one did.
  void create_at_once() {
    for (Gateway& gateway : gateways_) create(gateway);
  }
  void create(Gateway& gateway) {
    const std::string name = new_name();
    const std::string id = "api " + name;
    tell(gateway, "create " + name);
    ASSERT_TRUE(change(gateway, [&](Settings& keys) {
      governance::VirtualKeySettings& key = keys.emplace_back();
      key.id = id;
      key.name = name;
      key.value = config::Secret("sk-bf-" + id);
    }));
    model_.put(id, name, gateway.read);
  }
  void edit(Gateway& gateway) {
    const auto id = one(gateway);
    if (!id) return;
    const std::string name = new_name();
    tell(gateway, "edit " + *id + " " + name);
    ASSERT_TRUE(change(gateway, [&](Settings& keys) {
      keys.edit(std::ranges::find(keys, *id, &governance::VirtualKeySettings::id)).name = name;
    }));
    model_.put(*id, name, gateway.read);
  }
  void remove(Gateway& gateway) {
    const auto id = one(gateway);
    if (!id) return;
    tell(gateway, "delete " + *id);
    ASSERT_TRUE(change(gateway, [&](Settings& keys) {
      keys.erase_if([&](const auto& key) { return key.id == *id; });
    }));
    model_.remove(*id, gateway.read);
  }
  // What is tried, or cannot be, changes nothing.
  void refused(Gateway& gateway) {
    tell(gateway, "refused");
    EXPECT_TRUE(change(gateway, [](Settings& keys) { keys.clear(); }, true));
    EXPECT_FALSE(change(gateway, [](Settings& keys) {
      governance::VirtualKeySettings& key = keys.emplace_back();
      key.id = "twice";
      keys.push_back(key);
    }));
  }

  using Settings = config::SharedList<governance::VirtualKeySettings>;
  // As a handler of the API does it.
  template <class Edit>
  static bool change(Gateway& gateway, Edit edit, bool dry_run = false) {
    return gateway.configuration
        ->change(
            [&](exchange::ManagedSettings& managed) -> Result<void> {
              edit(managed.governance.virtual_keys);
              return {};
            },
            {.dry_run = dry_run})
        .has_value();
  }

  // One that is in force.
  std::optional<std::string> one(const Gateway& gateway) {
    const Keys all = model_.in_force(gateway.read);
    if (all.empty()) return std::nullopt;
    return std::next(all.begin(), static_cast<std::ptrdiff_t>(pick(all.size())))->first;
  }
  [[nodiscard]] app::Configuration::Source source(const Gateway& gateway) const {
    return {.path = (folder_.path() / gateway.name).string(),
            .app_dir = folder_.path().string(),
            .environment = environment_,
            .clock = clock_};
  }

  Random random_;
  const std::string store_;  // the section of the files
  TemporaryDirectory folder_;
  const config::FakeEnvironment environment_;
  const SystemClock clock_;
  std::array<Gateway, 2> gateways_ = {Gateway{.name = "one.json"}, Gateway{.name = "two.json"}};
  Model model_;
  Keys file_names_;  // of all that a file ever had
  int names_ = 0;
  std::string told_;  // what was done, for whoever reads of a failure
};

void tell(std::uint64_t seed, int steps, const std::string& store) {
  SCOPED_TRACE(fmt::format("BIFROST_SIM_SEED={}", seed));
  History history(seed, store);
  for (int i = 0; i < steps; ++i) {
    history.step();
    history.compare();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(HistoryTest, WhoHoldsAStateSeesNothingOfALaterChange) {
  const TemporaryDirectory folder;
  folder.write("config.json", R"({"providers": {"demo": {}},
      "governance": {"teams": [{"id": "a", "name": "before"}]}})");
  const config::FakeEnvironment environment;
  const SystemClock clock;
  const app::Configuration::Source source{.path = (folder.path() / "config.json").string(),
                                          .app_dir = folder.path().string(),
                                          .environment = environment,
                                          .clock = clock};
  const auto one = app::Configuration::read(source);
  const auto other = app::Configuration::read(source);
  ASSERT_TRUE(one && other);
  const auto before = (*one)->state();
  const auto rename = [](exchange::ManagedSettings& managed) -> Result<void> {
    managed.governance.teams.edit(0).name = "after";
    return {};
  };
  const auto changed = (*other)->change(rename, {});
  ASSERT_TRUE(changed);
  ASSERT_TRUE((*one)->take_up());
  const auto after = (*one)->state();
  const auto shown = [](const exchange::Desk::State& state) {
    return std::pair(state.settings->governance.teams.at(0).name,
                     state.versions->find("team", "a")->revision);
  };
  EXPECT_EQ(shown(before).first, "before");
  EXPECT_LT(shown(before).second, shown(after).second);
  EXPECT_EQ(shown(after), shown(*changed));
  EXPECT_EQ(shown(after).first, "after");
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
