// What routing rules may ask about a request. Looked up when a rule asks, and not before.
#pragma once

#include "base/clock.h"
#include "cel/value.h"
#include "exchange/request_view.h"
#include "governance/amount.h"
#include "routing/rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::exchange {

// Names compare without case; of several fields of a name the first counts.
class HeaderMap final : public cel::Map {
 public:
  explicit HeaderMap(const http::Headers& headers) : headers_(headers) {}  // outlives this
  [[nodiscard]] std::optional<cel::Value> find(const cel::Value& key) const override;
  [[nodiscard]] std::size_t size() const override { return headers_.size(); }
  [[nodiscard]] std::pair<cel::Value, cel::Value> at(std::size_t index) const override;

 private:
  const http::Headers& headers_;
  mutable std::vector<std::string> lower_names_;  // once somebody has gone through them
};

// Parameters of the query, decoded; of several of a name the first counts.
class QueryMap final : public cel::Map {
 public:
  explicit QueryMap(std::string_view query) : query_(query) {}  // outlives this
  [[nodiscard]] std::optional<cel::Value> find(const cel::Value& key) const override;
  [[nodiscard]] std::size_t size() const override { return parameters().size(); }
  [[nodiscard]] std::pair<cel::Value, cel::Value> at(std::size_t index) const override;

 private:
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] const Parameters& parameters() const;

  std::string_view query_;
  mutable std::optional<Parameters> parameters_;  // once somebody has asked
};

class RuleFacts final : public routing::RuleFacts {
 public:
  // What is viewed outlives this.
  RuleFacts(const RequestView& request, WallTime now);

  void set_asked(std::string_view provider, std::string_view model) override;
  [[nodiscard]] std::optional<cel::Value> get(std::size_t variable) const override;

 private:
  // Percent of the limit of this unit that is used most, of those that the target falls under; 0:
  // there is none.
  [[nodiscard]] double used(governance::Unit unit) const;

  const RequestView request_;
  WallTime now_;
  HeaderMap headers_;
  QueryMap params_;
  std::string_view provider_;
  std::string_view model_;
};

}  // namespace bifrost::exchange
