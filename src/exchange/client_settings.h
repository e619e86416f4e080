// Section `client`: how the gateway treats its callers.
#pragma once

#include "config/facts.h"
#include "exchange/compat.h"
#include "governance/access_settings.h"
#include "provider/settings/header_filter_settings.h"
#include "upstream/budget_settings.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bifrost::exchange {

// What a browser on another site may do; in the file these are members of `client` itself.
struct CorsSettings {
  std::vector<std::string> allowed_origins = {"*"};
  std::vector<std::string> allowed_headers;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "allowed_origins", self.allowed_origins,
        {.text = "Origins that a browser may call from; `*` allows all, or those of this machine "
                 "only when `enforce_auth_on_inference` is off.",
         .form = config::Form::kOrigin});
    visit.field("allowed_headers", self.allowed_headers,
                {.text = "Headers that a browser may send in addition.",
                 .form = config::Form::kHeaderName});
  }

  friend bool operator==(const CorsSettings&, const CorsSettings&) = default;
};

struct ClientSettings {
  bool drop_excess_requests = false;
  std::int64_t initial_pool_size = 300;
  std::vector<std::string> prometheus_labels;
  std::int64_t max_metrics_size_mb = 1;
  CorsSettings cors;
  std::int64_t max_request_body_size_mb = 100;
  provider::HeaderFilterSettings header_filter;
  governance::AccessSettings access;
  bool allow_per_request_raw_override = false;
  bool dump_errors_in_console_logs = false;
  CompatSettings compat;
  upstream::BudgetSettings retry_budget;
  std::int64_t routing_chain_max_depth = 10;
  std::chrono::milliseconds vk_rotation_cooldown{0};
  bool disable_db_pings_in_health = false;

  void describe(this auto& self, auto& visit) {
    self.describe_served(visit);
    self.describe_unserved(visit);
  }

  friend bool operator==(const ClientSettings&, const ClientSettings&) = default;

 private:
  void describe_served(this auto& self, auto& visit) {
    visit.field("drop_excess_requests", self.drop_excess_requests,
                {.text = "Refuse a request with 429 when the provider's queue is full, instead of "
                         "waiting."});
    visit.field(
        "initial_pool_size", self.initial_pool_size,
        {.text = "Accepted for compatibility; without effect, since there are no object pools.",
         .minimum = 1,
         .restart = true});
    visit.field("prometheus_labels", self.prometheus_labels,
                {.text = "Labels that metrics carry in addition; `-` becomes `_`.",
                 .form = config::Form::kLabel,
                 .restart = true});
    visit.field(
        "max_metrics_size_mb", self.max_metrics_size_mb,
        {.text = "Largest answer of `/metrics`, in megabytes. What finds no room is counted "
                 "under the label values `other` and `_overflow`.",
         .minimum = 1,
         .maximum = 100,
         .restart = true,
         .ours = true});
    self.cors.describe(visit);
    visit.field("max_request_body_size_mb", self.max_request_body_size_mb,
                {.text = "Largest request body, in MiB.", .minimum = 1, .maximum = 1'000'000});
    visit.field("header_filter_config", self.header_filter,
                {.text = "Which `x-bf-eh-<name>` headers are forwarded to providers."});
    self.access.describe(visit);
    visit.field("allow_per_request_raw_override", self.allow_per_request_raw_override,
                {.text = "Honour `x-bf-send-back-raw-request` and `x-bf-send-back-raw-response`."});
    visit.field("dump_errors_in_console_logs", self.dump_errors_in_console_logs,
                {.text = "Log errors with all their details."});
    visit.field("compat", self.compat,
                {.text = "What is done for models that are asked for something they lack."});
    visit.field("routing_chain_max_depth", self.routing_chain_max_depth,
                {.text = "How often routing rules are looked at again after one that is a link of "
                         "a chain.",
                 .minimum = 1,
                 .maximum = 100});
    visit.field("vk_rotation_cooldown", self.vk_rotation_cooldown,
                {.text = "How long the value that a virtual key had before it was rotated is "
                         "still good; `0` refuses it at once.",
                 .minimum = 0,
                 .maximum = 30 * 24 * 60 * 60,
                 .unit = std::chrono::seconds(1)});
    visit.field("disable_db_pings_in_health", self.disable_db_pings_in_health,
                {.text = "`/health` says nothing of databases."});
    visit.field("retry_budget", self.retry_budget,
                {.text = "How much the failures of providers may be multiplied.", .ours = true});
  }

  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("enable_logging", config::Shape::kBool, "Store requests and responses.");
    visit.unserved("disable_content_logging", config::Shape::kBool, "Store no contents.");
    visit.unserved("retain_content_in_object_storage", config::Shape::kBool, "Offload contents.");
    visit.unserved("allow_per_request_content_storage_override", config::Shape::kBool,
                   "Honour the content logging headers.");
    visit.unserved("logging_headers", config::Shape::kArray,
                   "Headers that are stored with log entries.");
    visit.unserved("enable_local_cache", config::Shape::kBool, "Answer from the semantic cache.");
    visit.unserved("log_retention_days", config::Shape::kInteger,
                   "Days until log entries are deleted.");
    visit.unserved("hide_deleted_virtual_keys_in_filters", config::Shape::kBool,
                   "Leave deleted virtual keys out of log filters.");
    visit.unserved("webhook_config", config::Shape::kObject, "Retention of webhook deliveries.");
    visit.unserved("dual_credential_conflict_behavior", config::Shape::kString,
                   "Which of two credentials in one request counts.");
    visit.unserved("async_job_result_ttl", config::Shape::kInteger,
                   "Seconds that results of jobs are kept.");
    visit.unserved("delete_expired_virtual_keys", config::Shape::kBool,
                   "Delete virtual keys that expired.");
    visit.unserved("oauth2_server_config", config::Shape::kObject,
                   "The gateway as an OAuth server.");
    visit.unserved("mcp_external_client_url", config::Shape::kAny, "Public address for MCP OAuth.");
    visit.unserved("mcp_server_auth_mode", config::Shape::kString, "How MCP clients authenticate.");
    visit.unserved("mcp_enable_temp_token_auth", config::Shape::kBool,
                   "Temporary tokens for MCP pages.");
    visit.unserved("enable_litellm_fallbacks", config::Shape::kBool,
                   "Deprecated; text completions by chats, see `compat`.");
    visit.unserved("mcp_agent_depth", config::Shape::kInteger, "Deprecated setting of MCP.");
    visit.unserved("mcp_tool_execution_timeout", config::Shape::kAny, "Deprecated setting of MCP.");
    visit.unserved("mcp_code_mode_binding_level", config::Shape::kString,
                   "Deprecated setting of MCP.");
    visit.unserved("mcp_tool_sync_interval", config::Shape::kAny, "Deprecated setting of MCP.");
    visit.unserved("mcp_disable_auto_tool_inject", config::Shape::kBool,
                   "Deprecated setting of MCP.");
    visit.unserved("mcp_max_instructions_per_client", config::Shape::kInteger,
                   "Bytes of instructions of one MCP client.");
    visit.unserved("mcp_max_instructions_total", config::Shape::kInteger,
                   "Bytes of instructions of all MCP clients.");
  }
};

}  // namespace bifrost::exchange
