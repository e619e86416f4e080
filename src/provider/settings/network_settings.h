// Section `network_config` of a provider: its address, timeouts, retries, connections, TLS.
#pragma once

#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/secret.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace bifrost::provider {

struct NetworkSettings {
  std::string base_url;
  config::OrderedMap<config::Secret> extra_headers;
  std::chrono::milliseconds request_timeout{std::chrono::seconds(30)};
  std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
  std::chrono::milliseconds first_token_timeout{0};  // 0: off
  std::chrono::milliseconds stream_idle_timeout{std::chrono::seconds(120)};
  std::chrono::milliseconds total_timeout{0};  // 0: off
  std::chrono::milliseconds queue_timeout{std::chrono::seconds(60)};
  std::int64_t stream_size_max_mb = 1024;
  std::int64_t max_retries = 0;
  std::chrono::milliseconds retry_backoff_initial{500};
  std::chrono::milliseconds retry_backoff_max{5000};
  std::int64_t max_conns_per_host = 5000;
  std::chrono::milliseconds keep_alive_timeout{std::chrono::seconds(30)};
  bool insecure_skip_verify = false;
  std::string ca_cert_pem;
  bool allow_private_network = false;
  config::OrderedMap<bool> beta_header_overrides;
  bool enforce_http2 = false;
  std::chrono::milliseconds http2_ping_interval{0};

  void describe(this auto& self, auto& visit) {
    self.describe_address(visit);
    self.describe_limits(visit);
    self.describe_retries(visit);
    self.describe_connections(visit);
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const NetworkSettings&, const NetworkSettings&) = default;

 private:
  void describe_address(this auto& self, auto& visit) {
    visit.field("base_url", self.base_url,
                {.text = "Where the provider is. Empty: the provider's own address.",
                 .form = config::Form::kUrl,
                 .env = true});
    visit.field("extra_headers", self.extra_headers,
                {.text = "Headers that are added to each request to the provider.",
                 .form = config::Form::kHeaderValue,
                 .key_form = config::Form::kHeaderName});
    visit.field("allow_private_network", self.allow_private_network,
                {.text = "Allow addresses in private networks. Loopback is always allowed, "
                         "link-local never."});
    visit.field("beta_header_overrides", self.beta_header_overrides,
                {.text = "Prefix of an `anthropic-beta` value, and whether the provider gets it."});
  }

  void describe_limits(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("default_request_timeout_in_seconds", self.request_timeout,
                {.text = "Longest wait for the response; of a stream, for its head.",
                 .minimum = 0.001,
                 .unit = 1s});
    visit.field("connect_timeout_in_seconds", self.connect_timeout,
                {.text = "Longest wait for a connection: name lookup, TCP and TLS together.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("first_token_timeout_in_seconds", self.first_token_timeout,
                {.text = "Longest wait for the first event of a stream; 0 turns it off.",
                 .minimum = 0,
                 .unit = 1s,
                 .ours = true});
    visit.field("stream_idle_timeout_in_seconds", self.stream_idle_timeout,
                {.text = "Longest silence between two pieces of a stream.",
                 .minimum = 5,
                 .maximum = 3600,
                 .unit = 1s});
    visit.field("total_timeout_in_seconds", self.total_timeout,
                {.text = "Longest time for one attempt with everything in it; 0 turns it off.",
                 .minimum = 0,
                 .unit = 1s,
                 .ours = true});
    visit.field("queue_timeout_in_seconds", self.queue_timeout,
                {.text = "Longest wait for a place among the provider's concurrent requests.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("max_stream_size_mb", self.stream_size_max_mb,
                {.text = "Largest stream of the provider, in MiB.",
                 .minimum = 1,
                 .maximum = 1'000'000,
                 .ours = true});
  }

  void describe_retries(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("max_retries", self.max_retries,
                {.text = "How often a failed attempt is repeated. 0: each request is sent once.",
                 .minimum = 0,
                 .maximum = 100});
    visit.field("retry_backoff_initial", self.retry_backoff_initial,
                {.text = "Pause before the first retry; it doubles from retry to retry.",
                 .minimum = 100,
                 .unit = 1ms,
                 .formerly = {"retry_backoff_initial_ms"}});
    visit.field("retry_backoff_max", self.retry_backoff_max,
                {.text = "Longest pause between two retries.",
                 .minimum = 100,
                 .unit = 1ms,
                 .formerly = {"retry_backoff_max_ms"}});
  }

  void describe_connections(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field(
        "max_conns_per_host", self.max_conns_per_host,
        {.text = "Most connections to one host of the provider.", .minimum = 1, .maximum = 10'000});
    visit.field("keep_alive_timeout_in_seconds", self.keep_alive_timeout,
                {.text = "How long an idle connection is kept for the next request.",
                 .minimum = 1,
                 .maximum = 3600,
                 .unit = 1s});
    visit.field("insecure_skip_verify", self.insecure_skip_verify,
                {.text = "Do not check the provider's certificate. Excludes ca_cert_pem."});
    visit.field("ca_cert_pem", self.ca_cert_pem,
                {.text = "Certificates that are trusted beside those of the system, as PEM.",
                 .form = config::Form::kPem,
                 .env = true});
    visit.field("enforce_http2", self.enforce_http2,
                {.text = "Speak HTTP/2 to the provider.", .served = false});
    visit.field("http2_ping_interval_in_seconds", self.http2_ping_interval,
                {.text = "Silence after which an HTTP/2 connection is pinged; 0 turns it off.",
                 .minimum = 0,
                 .maximum = 3600,
                 .unit = 1s,
                 .served = false});
    visit.unserved("stream_throughput_guard", config::Shape::kObject,
                   "Gives up a stream whose first tokens come too slowly.");
  }
};

}  // namespace bifrost::provider
