// The files in examples/: each of them loads, and the full one shows every setting.
#include "config/emit.h"
#include "config/load_fixture.h"
#include "config/schema_checker.h"
#include "config/value_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace bifrost::config {
namespace {

constexpr const char* kExamples[] = {"examples/minimal.json", "examples/full.json",
                                     "examples/custom-provider.json"};

TEST(Examples, LoadWithoutAWord) {
  const FakeEnvironment environment = test_environment();
  for (const char* path : kExamples) {
    const auto loaded = load_file(path, {.known_providers = kTestProviders,
                                         .unserved_providers = kTestUnserved,
                                         .environment = environment});
    ASSERT_TRUE(loaded) << path << "\n" << loaded.error().message;
    EXPECT_THAT(loaded->warnings, testing::IsEmpty()) << path;
    EXPECT_FALSE(loaded->config.providers.empty()) << path;
  }
}

TEST(Examples, AreAcceptedByTheSchema) {
  const auto schema = json::Document::parse(
      json_schema({.providers = kTestProviders, .unserved_providers = kTestUnserved}));
  ASSERT_TRUE(schema);
  for (const char* path : kExamples) {
    const auto text = read_config_file(path);
    ASSERT_TRUE(text);
    const auto document = json::Document::parse(*text);
    ASSERT_TRUE(document);
    EXPECT_TRUE(SchemaChecker(schema->root()).accepts(document->root())) << path;
  }
}

TEST(Examples, NoSecretIsShown) {
  for (const char* path : kExamples) {
    const auto text = read_config_file(path);
    ASSERT_TRUE(text);
    const Report report = inspect_text(*text);
    EXPECT_THAT(redacted_dump(report.config), testing::Not(testing::HasSubstr(kHush))) << path;
  }
}

// Collects the values of all settings that are served, by path; lists and maps share one path for
// all their entries.
class Leaves {
 public:
  using Values = std::map<std::string, std::set<std::string>>;

  // With `defaults` every list and map is taken to have one default-constructed entry.
  Leaves(Values& values, bool defaults) : values_(values), defaults_(defaults) {}

  template <class T>
  void field(std::string_view name, const T& member, const Facts& facts) {
    if (!facts.served) return;
    const std::string outer = path_;
    path_ += "." + std::string(name);
    visit(member, facts);
    path_ = outer;
  }
  void unserved(std::string_view /*name*/, Shape /*shape*/, std::string_view /*text*/) {}

 private:
  template <class T>
  void visit(const T& member, const Facts& facts) {
    std::string value;
    json::Writer writer(value);
    ValueWriter(writer).write(member, facts);
    values_[path_].insert(value);
  }
  template <Described T>
  void visit(const T& member, const Facts& /*facts*/) {
    member.describe(*this);
  }
  template <class T>
  void visit(const std::optional<T>& member, const Facts& facts) {
    if (member) {
      visit(*member, facts);
    } else if (Described<T> && defaults_) {
      visit(T{}, facts);
    } else {
      values_[path_].insert("absent");
    }
  }
  template <Described T>
  void visit(const std::vector<T>& member, const Facts& facts) {
    if (defaults_) visit(T{}, facts);
    for (const T& element : member) visit(element, facts);
  }
  template <Described T>
  void visit(const OrderedMap<T>& member, const Facts& facts) {
    if (defaults_) visit(T{}, facts);
    for (const auto& [name, element] : member) visit(element, facts);
  }

  Values& values_;
  bool defaults_;
  std::string path_;
};

TEST(Examples, TheFullOneGivesEverySettingAnotherValueThanItsDefault) {
  const auto text = read_config_file("examples/full.json");
  ASSERT_TRUE(text);
  const Report report = inspect_text(*text);
  Leaves::Values defaults;
  Leaves::Values values;
  Leaves default_leaves(defaults, true);
  Leaves leaves(values, false);
  const Config fresh;
  fresh.describe(default_leaves);
  report.config.describe(leaves);
  EXPECT_GT(defaults.size(), 60U);
  for (const auto& [path, value] : defaults) {
    ASSERT_EQ(value.size(), 1U) << path;
    std::set<std::string> others = values[path];
    others.erase(*value.begin());
    EXPECT_FALSE(others.empty()) << path << " is never anything but " << *value.begin();
  }
}

}  // namespace
}  // namespace bifrost::config
