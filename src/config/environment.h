// The environment variables as something that is handed in, so that tests own them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::config {

class Environment {
 public:
  virtual ~Environment() = default;
  [[nodiscard]] virtual std::optional<std::string> get(std::string_view name) const = 0;
  // May a setting refer to it, whether it is set or not?
  [[nodiscard]] virtual bool may_refer_to(std::string_view /*name*/) const { return true; }
};

// Those of this process. Nobody may change them while it is in use.
class ProcessEnvironment final : public Environment {
 public:
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;
};

// A map that tests fill.
class FakeEnvironment final : public Environment {
 public:
  FakeEnvironment() = default;
  explicit FakeEnvironment(std::map<std::string, std::string, std::less<>> variables)
      : variables_(std::move(variables)) {}

  void set(std::string name, std::string value) {
    variables_.insert_or_assign(std::move(name), std::move(value));
  }
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace bifrost::config
