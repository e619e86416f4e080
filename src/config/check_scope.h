// What one setting says about another. Bounds and forms of a single setting are in its Facts.
//
//   struct NetworkSettings {
//     void check(config::CheckScope& scope) const;  // the reader calls it once the struct is read
//   };
#pragma once

#include "config/problem.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::config {

// Where a check reports to: the members of the struct that it belongs to.
class CheckScope {
 public:
  CheckScope(const Path& path, Problems& problems) : path_(path), problems_(problems) {}  // outlive

  void problem(std::string_view member, std::string message) {
    problems_.add_unless_reported(path_.member(member), std::move(message));
  }
  // `member.field`
  void problem_in(std::string_view member, std::string_view field, std::string message) {
    Path path = path_;
    const auto in_member = path.enter(member);
    problems_.add_unless_reported(path.member(field), std::move(message));
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

}  // namespace bifrost::config
