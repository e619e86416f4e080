// What one setting says about another. Bounds and forms of a single setting are in its Facts.
//
// The reader calls the check of a struct, when there is one, as soon as the struct is read.
#pragma once

#include "config/problem.h"
#include "config/settings.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::config {

// Where a check reports to: the members of the struct that it was given.
class CheckScope {
 public:
  CheckScope(const Path& path, Problems& problems) : path_(path), problems_(problems) {}  // outlive

  void problem(std::string_view member, std::string message) {
    problems_.add_unless_reported(path_.member(member), std::move(message));
  }
  // `member[index].field`
  void problem(std::string_view member, std::size_t index, std::string_view field,
               std::string message) {
    Path path = path_;
    const auto in_member = path.enter(member);
    const auto in_element = path.enter(index);
    problems_.add_unless_reported(path.member(field), std::move(message));
  }

 private:
  const Path& path_;
  Problems& problems_;
};

void check(const AliasSettings& alias, CheckScope scope);
void check(const NetworkSettings& network, CheckScope scope);
void check(const ProxySettings& proxy, CheckScope scope);
void check(const ConcurrencySettings& concurrency, CheckScope scope);
void check(const ProviderSettings& provider, CheckScope scope);

// Whether a name in `providers` and what stands below it go together.
struct ProviderNames {
  std::span<const std::string_view> known;
  std::span<const std::string_view> keyless;
  std::span<const std::string_view> unserved;
};
void check_provider(std::string_view name, const ProviderSettings& provider,
                    const ProviderNames& names, const Path& providers, Problems& problems);

}  // namespace bifrost::config
