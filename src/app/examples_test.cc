// The files in examples/: each of them loads, and the full one shows every setting.
#include "app/config_reference.h"
#include "app/load_config_fixture.h"
#include "app/schema_checker.h"
#include "config/document.h"
#include "config/value_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <typeinfo>
#include <utility>

namespace bifrost::app {
namespace {

constexpr const char* kExamples[] = {"examples/minimal.json", "examples/full.json",
                                     "examples/custom-provider.json"};

TEST(Examples, LoadWithoutAWord) {
  const provider::ProviderNames names = test_providers();
  const config::FakeEnvironment environment = test_environment();
  for (const char* path : kExamples) {
    const auto text = config::read_config_file(path);
    ASSERT_TRUE(text) << path << "\n" << text.error().message;
    const auto loaded = parse_config(*text, {.providers = names, .environment = environment});
    ASSERT_TRUE(loaded) << path << "\n" << loaded.error().message;
    EXPECT_THAT(loaded->warnings, testing::IsEmpty()) << path;
    EXPECT_FALSE(loaded->config.providers.empty()) << path;
  }
}

TEST(Examples, AreAcceptedByTheSchema) {
  const auto schema = json::Document::parse(config_schema(test_providers()));
  ASSERT_TRUE(schema);
  for (const char* path : kExamples) {
    const auto text = config::read_config_file(path);
    ASSERT_TRUE(text);
    const auto document = json::Document::parse(*text);
    ASSERT_TRUE(document);
    EXPECT_TRUE(SchemaChecker(schema->root()).accepts(document->root())) << path;
  }
}

TEST(Examples, NoSecretIsShown) {
  for (const char* path : kExamples) {
    const auto text = config::read_config_file(path);
    ASSERT_TRUE(text);
    const ConfigReport report = inspect_text(*text);
    EXPECT_THAT(redacted_dump(report.config), testing::Not(testing::HasSubstr(kHush))) << path;
  }
}

// Collects the values of all settings that are served, by path. The entries of lists and maps share
// one path, and so do the entries of all lists of one type, wherever they stand.
class Leaves {
 public:
  using Values = std::map<std::string, std::set<std::string>>;

  // With `defaults` every list and map is taken to have one default-constructed entry.
  Leaves(Values& values, bool defaults) : values_(values), defaults_(defaults) {}

  template <class T>
  void field(std::string_view name, const T& member, const config::Facts& facts) {
    if (!facts.served) return;
    const std::string outer = path_;
    path_ += "." + std::string(name);
    visit(member, facts);
    path_ = outer;
  }
  void unserved(std::string_view /*name*/, config::Shape /*shape*/, std::string_view /*text*/) {}

 private:
  template <class T>
  void visit(const T& member, const config::Facts& facts) {
    std::string value;
    json::Writer writer(value);
    config::ValueWriter(writer).write(member, facts);
    values_[path_].insert(value);
  }
  // Shown, it is redacted.
  void visit(const config::RawJson& member, const config::Facts& /*facts*/) {
    values_[path_].insert(member.text.empty() ? "absent" : member.text);
  }
  template <config::Described T>
  void visit(const T& member, const config::Facts& /*facts*/) {
    member.describe(*this);
  }
  template <class T>
  void visit(const std::optional<T>& member, const config::Facts& facts) {
    if (member) {
      visit(*member, facts);
    } else if (config::Described<T> && defaults_) {
      visit(T{}, facts);
    } else {
      values_[path_].insert("absent");
    }
  }
  template <config::Described T>
  void visit(const std::vector<T>& member, const config::Facts& facts) {
    const std::string outer = std::exchange(path_, typeid(T).name());
    if (defaults_) visit(T{}, facts);
    for (const T& element : member) visit(element, facts);
    path_ = outer;
  }
  template <config::Described T>
  void visit(const config::OrderedMap<T>& member, const config::Facts& facts) {
    if (defaults_) visit(T{}, facts);
    for (const auto& [name, element] : member) visit(element, facts);
  }

  Values& values_;
  bool defaults_;
  std::string path_;
};

TEST(Examples, TheFullOneGivesEverySettingAnotherValueThanItsDefault) {
  const auto text = config::read_config_file("examples/full.json");
  ASSERT_TRUE(text);
  const ConfigReport report = inspect_text(*text);
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
}  // namespace bifrost::app
