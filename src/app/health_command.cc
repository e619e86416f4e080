#include "app/health_command.h"

#include "app/fetch_url.h"
#include "base/limits.h"
#include "base/read_file.h"
#include "base/strings.h"
#include "base/try.h"
#include "config/duration.h"
#include "http/url.h"
#include "json/document.h"

#include <ostream>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::size_t kStatusBytesMax = 64;
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10U;

// By which address of this machine one is asked that listens on `host`, as it stands in a URL.
std::string reached_by(const std::string& host) {
  if (host.empty() || host == "0.0.0.0" || host == "localhost") return "127.0.0.1";
  if (host == "::") return "[::1]";
  return host.contains(':') ? "[" + host + "]" : host;
}

struct Question {
  http::Url url;
  FetchTerms terms;
};

Result<Question> question(const HealthOptions& options, const std::string& config_path) {
  Question out;
  const auto patience = config::parse_duration(options.patience);
  if (!patience || patience->count() == 0 || *patience > kHealthPatienceMax) {
    return client_error(ErrorCode::kInvalidRequest,
                        "--timeout: " + quoted(options.patience, 64) +
                            " is not between 1ms and 1m; write it as in 2s or 500ms");
  }
  const std::string text =
      config_path.empty() ? "" : read_file(config_path, limits::kConfigBytesMax);
  BF_TRY(const std::string asked, health_url(options, text));
  auto url = http::parse_url(asked);
  if (!url) {
    return client_error(ErrorCode::kInvalidRequest, "--url: " + url.error().message);
  }
  out.url = *std::move(url);
  if (out.url.path.empty()) out.url.path = options.live ? "/livez" : "/health";
  out.terms = {.bytes_max = kAnswerBytesMax, .patience = *patience, .own = true};
  return out;
}

// "ok", or what else it says of itself while it serves.
std::string status_in(const std::string& answer) {
  const auto document = json::Document::parse(answer);
  const std::string status = document ? document->root()["status"].string_or("") : "";
  return status.empty() ? "answered 200" : std::string(utf8_prefix(status, kStatusBytesMax));
}

}  // namespace

Result<std::string> health_url(const HealthOptions& options, const std::string& config_text) {
  if (!options.url.empty()) return options.url;
  std::string host = options.host;
  std::int64_t port = options.port;
  bool tls = false;
  if (const auto document = json::Document::parse(config_text)) {
    const json::Value server = document->root()["server"];
    tls = server["tls"].is_object();
    if (const std::int64_t own = server["admin_port"].integer().value_or(0); own > 0) {
      port = own;
      host = server["admin_host"].string_or("127.0.0.1");
    }
  }
  if (port == 0) {
    return client_error(ErrorCode::kInvalidRequest,
                        "--port: 0 is another port each time; say which with --url, or give "
                        "server.admin_port in the configuration");
  }
  return (tls ? "https://" : "http://") + reached_by(host) + ":" + std::to_string(port);
}

int ask_health(const HealthOptions& options, const std::string& config_path,
               const config::Environment& environment, std::ostream& out) {
  const auto asked = question(options, config_path);
  if (!asked) {
    out << "bifrost health: " << asked.error().message << '\n';
    return 2;
  }
  UrlFetcher fetcher(environment);
  const auto answer = fetcher.get(asked->url, asked->terms);
  out << asked->url.origin() << asked->url.path << ": "
      << (answer ? status_in(*answer) : answer.error().message) << '\n';
  return answer ? 0 : 1;
}

}  // namespace bifrost::app
