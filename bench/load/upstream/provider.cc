#include "bench/load/upstream/provider.h"

#include "bench/load/upstream/provider_connection.h"
#include "json/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bifrost::bench {
namespace {

constexpr std::size_t kCannedMax = 32;  // different answers that are kept
constexpr std::size_t kReadBytes = 256 * 1024;
constexpr int kAcceptsPerRound = 256;

double microseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

}  // namespace

std::string whole_answer(int status, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\ncontent-type: application/json\r\n{}content-length: {}\r\n\r\n{}", status,
      status == 200 ? "OK" : "Not OK", status == 429 ? "retry-after: 1\r\n" : "", body.size(),
      body);
}

Provider::Provider(Poller& poller, Socket listener)
    : poller_(poller), listener_(std::move(listener)), scratch_(kReadBytes) {
  poller_.add(listener_.fd(), *this, false);
}

Provider::~Provider() = default;

void Provider::on_ready(std::uint32_t) {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    Socket socket = listener_.accept();
    if (!socket.open()) return;
    ++stats_.connections;
    auto connection = std::make_unique<ProviderConnection>(poller_, *this, std::move(socket));
    connections_.emplace(connection.get(), std::move(connection));
  }
}

void Provider::is_over(ProviderConnection& connection) { over_.push_back(&connection); }

void Provider::sweep() {
  for (ProviderConnection* connection : over_) connections_.erase(connection);
  over_.clear();
}

int Provider::status_for(const Recipe& recipe) {
  // Spread evenly, and the same from run to run: 617 has no divisor in common with 1000.
  const std::uint64_t place = stats_.requests * 617 % 1000;
  if (place < recipe.failing_permille) return 500;
  if (place < recipe.failing_permille + recipe.limited_permille) return 429;
  return 200;
}

std::string_view Provider::answer(const Asked& asked) {
  const int status = status_for(asked.recipe);
  const auto found = std::ranges::find_if(canned_, [&](const Canned& canned) {
    return canned.status == status && canned.asked.format == asked.format &&
           canned.asked.recipe == asked.recipe;
  });
  if (found != canned_.end()) return found->bytes;
  if (canned_.size() >= kCannedMax) canned_.erase(canned_.begin());
  const std::string body =
      status == 200 ? answer_body(asked.format, asked.recipe) : error_body(asked.format, status);
  canned_.push_back({asked, status, whole_answer(status, body)});
  return canned_.back().bytes;
}

std::string Provider::stats_answer() {
  const ProviderStats stats = std::exchange(stats_, {});
  std::string body;
  json::Writer w(body);
  const auto count = [&w](std::string_view name, std::uint64_t value) {
    w.member(name, static_cast<std::int64_t>(value));
  };
  w.begin_object();
  count("connections", stats.connections);
  count("requests", stats.requests);
  count("streams", stats.streams);
  count("events", stats.events);
  count("refused", stats.refused);
  count("broken", stats.broken);
  w.key("lateness_us").begin_object();
  w.member("p50", microseconds(stats.lateness.percentile(50)));
  w.member("p99", microseconds(stats.lateness.percentile(99)));
  w.member("p999", microseconds(stats.lateness.percentile(99.9)));
  w.member("max", microseconds(stats.lateness.longest()));
  w.end_object();
  w.end_object();
  return whole_answer(200, body);
}

}  // namespace bifrost::bench
