// Section `server`: the listener, how much a caller may send and how long it may take, and how all
// of it stops. Shared by the sessions of all workers; replaced as a whole when the configuration
// changes.
#pragma once

#include "base/limits.h"
#include "config/facts.h"
#include "overload/settings.h"
#include "server/address_settings.h"
#include "server/dns_settings.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::server {

// Section `server.tls`.
struct TlsSettings {
  std::string cert_file;
  std::string key_file;

  void describe(this auto& self, auto& visit) {
    visit.field("cert_file", self.cert_file,
                {.text = "PEM file with the certificate and its chain.",
                 .form = config::Form::kNonEmpty,
                 .required = true,
                 .env = true,
                 .ours = true});
    visit.field("key_file", self.key_file,
                {.text = "PEM file with the private key.",
                 .form = config::Form::kNonEmpty,
                 .required = true,
                 .env = true,
                 .ours = true});
  }

  friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

struct Settings {
  std::int64_t head_bytes_max = limits::kRequestHeadBytesMax;
  std::optional<TlsSettings> tls;
  std::chrono::milliseconds header_timeout{std::chrono::seconds(30)};
  std::chrono::milliseconds body_timeout{std::chrono::seconds(60)};
  std::chrono::milliseconds body_grace{std::chrono::seconds(15)};
  std::int64_t body_bytes_per_second_min = 1000;
  std::chrono::milliseconds body_total_timeout{std::chrono::minutes(15)};
  std::chrono::milliseconds write_timeout{std::chrono::seconds(120)};
  std::chrono::milliseconds idle_timeout{std::chrono::seconds(75)};
  std::int64_t connections_max = 10'000;                                    // of the process
  std::chrono::milliseconds keep_alive_interval{std::chrono::seconds(15)};  // 0: off
  std::chrono::milliseconds drain_delay{std::chrono::seconds(5)};
  std::chrono::milliseconds drain_timeout{std::chrono::hours(1)};
  double access_log_share = 0;
  std::vector<std::string> allowed_hosts;
  DnsSettings dns;
  AddressSettings per_address;
  overload::Settings overload;
  std::int64_t admin_port = 0;
  std::string admin_host = "127.0.0.1";

  void describe(this auto& self, auto& visit) {
    self.describe_requests(visit);
    self.describe_connections(visit);
    self.describe_end(visit);
    visit.field(
        "allowed_hosts", self.allowed_hosts,
        {.text = "Names of the Internet by which a port on the loopback may be asked for what it "
                 "serves without a credential: everything while "
                 "`client.enforce_auth_on_inference` is off, and in any case what operators are "
                 "served at `admin_port`. `*` allows all. Keeps out pages that give their own "
                 "name the address of this machine.",
         .form = config::Form::kHostName,
         .ours = true});
    visit.field("dns", self.dns,
                {.text = "How names of providers and proxies become addresses.", .ours = true});
    visit.field("admin_port", self.admin_port,
                {.text = "Port on which operators find `/health` and `/metrics` beside the usual "
                         "one, with a thread and connections of their own. 0: none.",
                 .minimum = 0,
                 .maximum = 65535,
                 .restart = true,
                 .ours = true});
    visit.field(
        "admin_host", self.admin_host,
        {.text = "Address of that port. Whoever reaches it reads all metrics, so it is this "
                 "machine only; in a container write `0.0.0.0`.",
         .form = config::Form::kIpAddress,
         .restart = true,
         .ours = true});
    visit.field("per_address", self.per_address,
                {.text = "What one address of callers may have: an IPv4 address, or the /64 of an "
                         "IPv6 one. Headers that proxies add are not read.",
                 .ours = true});
    visit.field("overload", self.overload,
                {.text = "What the gateway may use, and what it stops doing when that is short.",
                 .ours = true});
    visit.unserved("plugin_download_private_allowlist", config::Shape::kArray,
                   "Private hosts that plugins may be fetched from.");
  }

  friend bool operator==(const Settings&, const Settings&) = default;

 private:
  void describe_requests(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("read_buffer_size", self.head_bytes_max,
                {.text = "Largest head of a request, in bytes.",
                 .minimum = 1024,
                 .maximum = 16 * 1024 * 1024});
    visit.field("tls", self.tls, {.text = "Serve HTTPS instead of HTTP.", .ours = true});
    visit.field("header_timeout_in_seconds", self.header_timeout,
                {.text = "Longest time from the first byte of a request to the end of its head.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("body_timeout_in_seconds", self.body_timeout,
                {.text = "Longest silence between two pieces of a request body.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("body_grace_in_seconds", self.body_grace,
                {.text = "How long a request body may take, however slowly it comes.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field(
        "body_bytes_per_second_min", self.body_bytes_per_second_min,
        {.text = "Least pace of a request body: beyond the grace it gets a second for each so many "
                 "bytes that have come.",
         .minimum = 1,
         .maximum = 1'000'000'000,
         .ours = true});
    visit.field("body_total_timeout_in_seconds", self.body_total_timeout,
                {.text = "Longest time for a whole request body.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
  }

  void describe_connections(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("write_timeout_in_seconds", self.write_timeout,
                {.text = "Longest time in which a caller may read nothing of its response.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("idle_timeout_in_seconds", self.idle_timeout,
                {.text = "Longest time between two requests on one connection.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("max_connections", self.connections_max,
                {.text = "Most connections of callers to the whole process.",
                 .minimum = 1,
                 .maximum = 10'000'000,
                 .ours = true});
    visit.field(
        "keep_alive_interval_in_seconds", self.keep_alive_interval,
        {.text = "Silence after which a stream gets a comment that keeps proxies from closing "
                 "it; 0 turns it off.",
         .minimum = 0,
         .unit = 1s,
         .ours = true});
    visit.field("access_log_share", self.access_log_share,
                {.text = "Share of the requests that get a line in the log when they have ended: "
                         "0 for none, 0.01 for one in a hundred, 1 for all.",
                 .minimum = 0,
                 .maximum = 1,
                 .ours = true});
  }

  void describe_end(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field(
        "drain_delay_in_seconds", self.drain_delay,
        {.text = "After SIGTERM: how long `/health` fails while requests are still accepted, so "
                 "that load balancers notice.",
         .minimum = 0,
         .unit = 1s,
         .ours = true});
    visit.field("drain_timeout_in_seconds", self.drain_timeout,
                {.text = "After that: how long running requests may take to finish.",
                 .minimum = 0,
                 .unit = 1s,
                 .ours = true});
  }
};

}  // namespace bifrost::server
