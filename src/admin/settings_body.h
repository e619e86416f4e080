// Bodies that are sections of the file: a client may send back what it was shown, with what it has
// changed, and what it does not send stays.
#pragma once

#include "admin/read.h"
#include "admin/route.h"
#include "base/try.h"
#include "config/restore.h"
#include "config/value_writer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {

// A provider may take from the process's environment what it may take from there in the file, and
// not what is the gateway's own secret.
class ProviderEnvironment final : public config::Environment {
 public:
  explicit ProviderEnvironment(const config::Environment& process) : process_(process) {}
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const override {
    if (name.starts_with("BIFROST_")) return std::nullopt;
    return process_.get(name);
  }

 private:
  const config::Environment& process_;
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
  const ProviderEnvironment environment(call.desk.environment());
  config::Problems problems;
  std::vector<std::string> warnings;
  if (const auto document = config::parse_document(call.body, problems)) {
    config::Reader reader(environment, problems, warnings);
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
