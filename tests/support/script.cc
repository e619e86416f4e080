#include "tests/support/script.h"

#include "base/assert.h"
#include "tests/support/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bifrost::test {

std::string sse_event(std::string_view data, std::string_view name) {
  return name.empty() ? fmt::format("data: {}\n\n", data)
                      : fmt::format("event: {}\ndata: {}\n\n", name, data);
}

Script Script::reply(int status, http::Headers headers, std::string body) {
  if (!headers.contains("content-length") && !headers.contains("transfer-encoding")) {
    headers.add("content-length", std::to_string(body.size()));
  }
  Script script;
  script.head(status, headers).raw(std::move(body));
  return script;
}

Script Script::json(int status, std::string body) {
  return reply(status, {{"content-type", "application/json"}}, std::move(body));
}

Script Script::chunked(int status, http::Headers headers, std::string_view body,
                       const std::vector<std::size_t>& sizes) {
  BF_ASSERT(!sizes.empty() && std::ranges::find(sizes, 0U) == sizes.end());
  headers.add("transfer-encoding", "chunked");
  Script script;
  script.head(status, headers);
  for (std::size_t at = 0; !body.empty(); ++at) {
    const std::size_t count = std::min(sizes[at % sizes.size()], body.size());
    script.chunk(body.substr(0, count));
    body.remove_prefix(count);
  }
  return std::move(script.chunk(""));
}

Script Script::events(const std::vector<std::string>& pieces, const EventOptions& options) {
  Script script;
  if (options.before_head) script.wait(*options.before_head);
  http::Headers headers = options.headers;
  headers.add(options.chunked ? "transfer-encoding" : "connection",
              options.chunked ? "chunked" : "close");
  script.head(options.status, headers);
  const std::size_t count = std::min(pieces.size(), options.cut_after_events);
  for (std::size_t at = 0; at < count; ++at) {
    const std::optional<Gate>& gate = at == 0 ? options.before_first : options.between;
    if (gate) script.wait(*gate);
    script.raw(options.chunked ? chunk_text(pieces[at]) : pieces[at]);
  }
  if (options.before_end) script.wait(*options.before_end);
  if (count < pieces.size()) return std::move(script.end(options.ending));
  return std::move(options.chunked ? script.chunk("") : script.end(Ending::kClose));
}

Script Script::nothing(Ending ending) {
  Script script;
  return std::move(script.end(ending));
}

Script& Script::raw(std::string bytes) {
  if (!bytes.empty()) steps_.emplace_back(Write{std::move(bytes)});
  return *this;
}

Script& Script::head(int status, const http::Headers& headers) {
  return raw(head_text(fmt::format("HTTP/1.1 {} {}", status, reason_phrase(status)), headers));
}

Script& Script::chunk(std::string_view content) { return raw(chunk_text(content)); }

Script& Script::wait(Gate gate) {
  steps_.emplace_back(std::move(gate));
  return *this;
}

Script& Script::end(Ending ending) {
  steps_.emplace_back(ending);
  return *this;
}

Script& Script::then(const Script& next) {
  steps_.insert(steps_.end(), next.steps_.begin(), next.steps_.end());
  return *this;
}

// A length that is too long has to end with the connection, or the reader waits for good reason.
Script& Script::with_length(std::size_t claimed) {
  constexpr std::string_view kName = "content-length: ";
  std::size_t real = 0;
  for (Step& step : steps_) {
    auto* const write = std::get_if<Write>(&step);
    const std::size_t at = write == nullptr ? std::string::npos : write->bytes.find(kName);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + kName.size();
    const std::size_t end = write->bytes.find("\r\n", begin);
    real = std::stoul(write->bytes.substr(begin, end - begin));
    write->bytes.replace(begin, end - begin, std::to_string(claimed));
    break;
  }
  return claimed > real ? end(Ending::kCut) : *this;
}

Script& Script::in_pieces_of(std::size_t bytes) {
  BF_ASSERT(bytes > 0);
  piece_bytes_ = bytes;
  return *this;
}

Script& Script::cut_at_byte(std::size_t count, Ending ending) {
  bytes_max_ = count;
  cut_ending_ = ending;
  return *this;
}

}  // namespace bifrost::test
