// Section `client`: how the gateway treats its callers.
#pragma once

#include "config/facts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bifrost::config {

// Section `client.header_filter_config`.
struct HeaderFilterSettings {
  std::vector<std::string> allowlist;
  std::vector<std::string> denylist;

  void describe(this auto& self, auto& visit) {
    visit.field("allowlist", self.allowlist,
                {.text = "When not empty, only these headers may be forwarded by `x-bf-eh-<name>`.",
                 .form = Form::kHeaderName});
    visit.field("denylist", self.denylist,
                {.text = "Headers that are never forwarded; goes before the allow-list.",
                 .form = Form::kHeaderName});
  }

  friend bool operator==(const HeaderFilterSettings&, const HeaderFilterSettings&) = default;
};

struct ClientSettings {
  bool drop_excess_requests = false;
  std::int64_t initial_pool_size = 300;
  std::vector<std::string> prometheus_labels;
  std::vector<std::string> allowed_origins = {"*"};
  std::vector<std::string> allowed_headers;
  std::int64_t max_request_body_size_mb = 100;
  std::vector<std::string> required_headers;
  HeaderFilterSettings header_filter;
  std::vector<std::string> whitelisted_routes;
  bool allow_direct_keys = false;
  bool enforce_auth_on_inference = false;
  bool allow_per_request_raw_override = false;
  bool dump_errors_in_console_logs = false;

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
                 .form = Form::kLabel,
                 .restart = true});
    visit.field(
        "allowed_origins", self.allowed_origins,
        {.text = "Origins that a browser may call from; `*` allows all.", .form = Form::kOrigin});
    visit.field(
        "allowed_headers", self.allowed_headers,
        {.text = "Headers that a browser may send in addition.", .form = Form::kHeaderName});
    visit.field("max_request_body_size_mb", self.max_request_body_size_mb,
                {.text = "Largest request body, in MiB.", .minimum = 1, .maximum = 1'000'000});
    visit.field("required_headers", self.required_headers,
                {.text = "Headers without which a request is refused with 400.",
                 .form = Form::kHeaderName});
    visit.field("header_filter_config", self.header_filter,
                {.text = "Which `x-bf-eh-<name>` headers are forwarded to providers."});
    visit.field("whitelisted_routes", self.whitelisted_routes,
                {.text = "Exact paths that need no authentication.", .form = Form::kRoute});
    visit.field("allow_direct_keys", self.allow_direct_keys,
                {.text = "Callers may bring their own provider key with `x-bf-direct-key: true`."});
    visit.field("enforce_auth_on_inference", self.enforce_auth_on_inference,
                {.text = "Refuse inference requests without a credential.",
                 .formerly = {"enforce_governance_header", "enforce_scim_auth"}});
    visit.field("allow_per_request_raw_override", self.allow_per_request_raw_override,
                {.text = "Honour `x-bf-send-back-raw-request` and `x-bf-send-back-raw-response`."});
    visit.field("dump_errors_in_console_logs", self.dump_errors_in_console_logs,
                {.text = "Log errors with all their details."});
  }

  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("enable_logging", Shape::kBool, "Store requests and responses.");
    visit.unserved("disable_content_logging", Shape::kBool, "Store no contents.");
    visit.unserved("retain_content_in_object_storage", Shape::kBool, "Offload contents.");
    visit.unserved("allow_per_request_content_storage_override", Shape::kBool,
                   "Honour the content logging headers.");
    visit.unserved("logging_headers", Shape::kArray, "Headers that are stored with log entries.");
    visit.unserved("log_retention_days", Shape::kInteger, "Days until log entries are deleted.");
    visit.unserved("hide_deleted_virtual_keys_in_filters", Shape::kBool,
                   "Leave deleted virtual keys out of log filters.");
    visit.unserved("disable_db_pings_in_health", Shape::kBool, "`/health` asks no database.");
    visit.unserved("webhook_config", Shape::kObject, "Retention of webhook deliveries.");
    visit.unserved("dual_credential_conflict_behavior", Shape::kString,
                   "Which of two credentials in one request counts.");
    visit.unserved("compat", Shape::kObject, "Conversions for models that lack an operation.");
    visit.unserved("async_job_result_ttl", Shape::kInteger,
                   "Seconds that results of jobs are kept.");
    visit.unserved("routing_chain_max_depth", Shape::kInteger, "Longest chain of routing rules.");
    visit.unserved("delete_expired_virtual_keys", Shape::kBool,
                   "Delete virtual keys that expired.");
    visit.unserved("vk_rotation_cooldown", Shape::kAny,
                   "How long the old value of a virtual key stays valid.");
    visit.unserved("oauth2_server_config", Shape::kObject, "The gateway as an OAuth server.");
    visit.unserved("mcp_external_client_url", Shape::kAny, "Public address for MCP OAuth.");
    visit.unserved("mcp_server_auth_mode", Shape::kString, "How MCP clients authenticate.");
    visit.unserved("mcp_enable_temp_token_auth", Shape::kBool, "Temporary tokens for MCP pages.");
    visit.unserved("mcp_agent_depth", Shape::kInteger, "Deprecated setting of MCP.");
    visit.unserved("mcp_tool_execution_timeout", Shape::kAny, "Deprecated setting of MCP.");
    visit.unserved("mcp_code_mode_binding_level", Shape::kString, "Deprecated setting of MCP.");
    visit.unserved("mcp_tool_sync_interval", Shape::kAny, "Deprecated setting of MCP.");
    visit.unserved("mcp_disable_auto_tool_inject", Shape::kBool, "Deprecated setting of MCP.");
    visit.unserved("mcp_max_instructions_per_client", Shape::kInteger,
                   "Bytes of instructions of one MCP client.");
    visit.unserved("mcp_max_instructions_total", Shape::kInteger,
                   "Bytes of instructions of all MCP clients.");
  }
};

}  // namespace bifrost::config
