// Bodies that are sections of the file: a client may send back what it was shown, with what it has
// changed, and what it does not send stays.
#pragma once

#include "admin/read.h"
#include "admin/route.h"
#include "base/try.h"
#include "config/restore.h"
#include "config/shared_list.h"
#include "config/value_writer.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::admin {

// Has whoever asks shown that he may do what the administrator may?
[[nodiscard]] bool has_administrator(const Call& call);

// What a body may take from the process's environment: what it refers to already, and, where an
// administrator has to show who he is, all but the gateway's own secrets. Whoever else can reach
// the API must not have a secret sent to where he says.
class BodyEnvironment final : public config::Environment {
 public:
  BodyEnvironment(const Call& call, std::set<std::string, std::less<>> known)
      : process_(call.desk.environment()),
        known_(std::move(known)),
        trusted_(has_administrator(call)) {}
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;
  [[nodiscard]] bool may_refer_to(std::string_view name) const override;

 private:
  const config::Environment& process_;
  std::set<std::string, std::less<>> known_;
  bool trusted_;
};

// Names of the variables that settings refer to.
class References {
 public:
  template <class T>
  void field(std::string_view /*name*/, const T& member, const config::Facts& /*facts*/) {
    add(member);
  }
  void unserved(std::string_view /*name*/, config::Shape /*shape*/, std::string_view /*text*/) {}
  [[nodiscard]] std::set<std::string, std::less<>> names() && { return std::move(names_); }

 private:
  void add(const config::Secret& secret) {
    if (!secret.variable().empty()) names_.emplace(secret.variable());
  }
  template <class T>
  void add(const std::optional<T>& member) {
    if (member) add(*member);
  }
  template <config::List List>
  void add(const List& list) {
    for (const auto& element : list) add(element);
  }
  template <class T>
  void add(const config::OrderedMap<T>& map) {
    for (const auto& [name, value] : map) add(value);
  }
  template <config::Described Settings>
  void add(const Settings& settings) {
    settings.describe(*this);
  }
  template <class T>
  void add(const T& /*member*/) {}

  std::set<std::string, std::less<>> names_;
};

// A list of texts of what has no effect, for the answer.
void write_warnings(json::Writer& writer, const std::vector<std::string>& warnings);

// `body` has what is in force, or the defaults of something new, and gets what is sent. Redacted
// secrets stay what they were. Gives what was sent and has no effect. Fails with kInvalidRequest,
// one line per problem.
enum class BodyOf : std::uint8_t { kNew, kChange };
template <class Body>
Result<std::vector<std::string>> read_settings(const Call& call, BodyOf kind, Body& body) {
  if (trim(call.body).empty()) {
    return client_error(ErrorCode::kInvalidRequest, "the body is empty; it must be a JSON object");
  }
  const Body before = body;
  References references;
  before.describe(references);
  const BodyEnvironment environment(call, std::move(references).names());
  config::Problems problems;
  std::vector<std::string> warnings;
  if (const auto document = config::parse_document(call.body, problems)) {
    config::Reader reader(environment, problems, warnings);
    reader.read_shown();
    if (kind == BodyOf::kChange) reader.read_change();
    reader.read(document->root(), body, {});
    config::Restorer(problems).restore(before, body);
    if constexpr (requires { Body::kUnserved; }) {
      for (const std::string_view name : Body::kUnserved) {
        if (says_something(document->root()[name])) {
          problems.add(std::string(name), "not served yet; leave it out");
        }
      }
    }
  }
  if (problems.empty()) return warnings;
  return client_error(ErrorCode::kInvalidRequest, config::render(problems.take()));
}

// The members of a section into the object that is open.
template <class Settings>
void write_settings(json::Writer& writer, const Settings& settings) {
  config::ValueWriter values(writer);
  values.write_for_api();
  settings.describe(values);
}

}  // namespace bifrost::admin
