// One file from the network, whole and bounded, on a loop of its own: for threads that may wait.
#pragma once

#include "base/result.h"
#include "config/environment.h"
#include "http/url.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/task_group.h"
#include "provider/settings/global_proxy.h"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace bifrost::app {

struct FetchTerms {
  std::size_t bytes_max = 0;
  std::chrono::milliseconds patience{std::chrono::seconds(30)};  // for all of it
  std::vector<net::Address> dns_servers = {};                    // empty: those of the system
  provider::GlobalProxySettings proxy = {};  // enabled: in place of the environment's
  bool own = false;  // a gateway of this machine: no proxy is on the way, and its certificate is
                     // for the names that others know it by
};

class UrlFetcher {
 public:
  // The proxies of the environment are used; it outlives this.
  explicit UrlFetcher(const config::Environment& environment) : environment_(environment) {}

  // A GET. One at a time. Fails with kUpstream… when it cannot be had, is too long or takes too
  // long, and with kShuttingDown once it was broken off.
  Result<std::string> get(const http::Url& url, const FetchTerms& terms);
  // What runs and what comes ends at once. From any thread.
  void break_off();

 private:
  const config::Environment& environment_;
  std::mutex mutex_;  // of what follows
  bool broken_off_ = false;
  net::Loop* loop_ = nullptr;  // that runs
  net::TaskGroup* tasks_ = nullptr;
};

}  // namespace bifrost::app
