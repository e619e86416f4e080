// Reads answers that are passed on unchanged.
#include "dialect/anthropic/finish.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/usage.h"
#include "dialect/sse_stream.h"
#include "http/sse/parser.h"
#include "json/writer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::string_view kMissingEnd =
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

// How Anthropic begins the events that bring content. The line before them says the same, but where
// the two differ a caller's SDK believes the data.
constexpr std::string_view kDelta = R"({"type":"content_block_delta")";

// How much of the answer a delta has: all but what stands around it. Signatures are none of it, and
// nobody pays for the words that a citation repeats.
std::size_t content_bytes(std::string_view data) {
  constexpr std::size_t kFrameBytes =
      std::string_view(R"(,"index":0,"delta":{"type":"text_delta","text":""}})").size();
  data.remove_prefix(kDelta.size());
  const std::string_view kind = data.substr(0, kFrameBytes);
  if (kind.contains("signature_delta") || kind.contains("citations_delta")) return 0;
  return data.size() - std::min(data.size(), kFrameBytes);
}

class Tap final : public SseTap {
 public:
  std::string stop(const StreamStop& stop) override;

 protected:
  void on_event(const http::sse::Event& event) override;
  std::string on_bytes_end() override {
    if (!state_.finished) return {};
    state_.ended = true;
    return std::string(kMissingEnd);
  }

 private:
  void look_into(const http::sse::Event& event);
  void read_end(json::Value delta, json::Value usage);

  UsageReader usage_;
  bool started_ = false;
  std::optional<std::int64_t> open_block_;
};

void Tap::on_event(const http::sse::Event& event) {
  if (state_.ended || state_.error) return;
  // Nearly all events are deltas; the rest of their bytes is none of our business.
  if (event.data.starts_with(kDelta)) {
    ++state_.content_events;
    state_.untold_bytes += content_bytes(event.data);
    return;
  }
  if (event.type != "ping" && !event.data.empty() && event.data != "[DONE]") look_into(event);
}

void Tap::look_into(const http::sse::Event& event) {
  const auto document = parse(event);
  if (!document) return;
  const json::Value root = document->root();
  const std::string type = root["type"].string_or(event.type);
  if (type == "message_start") {
    const json::Value message = root["message"];
    started_ = true;
    state_.id = message["id"].string_or({});
    state_.model = message["model"].string_or({});
    state_.content_events += message["content"].size();
    read_end(message, message["usage"]);
  } else if (type == "message_delta") {
    read_end(root["delta"], root["usage"]);
  } else if (type == "message_stop") {
    state_.ended = true;
  } else if (type == "content_block_start") {
    const json::Value kind = root["content_block"]["type"];
    if (!kind.equals("text") && !kind.equals("thinking")) ++state_.content_events;
    open_block_ = root["index"].integer().value_or(0);
  } else if (type == "content_block_stop") {
    open_block_.reset();
  } else if (type == "content_block_delta") {
    ++state_.content_events;
  } else if (type == "error" || (type.empty() && root["error"].exists())) {
    state_.error = read_error(root, 0, event.data);
  }
}

void Tap::read_end(json::Value delta, json::Value usage) {
  usage_.read(usage);
  state_.tell(usage_.usage());
  const auto reason = delta["stop_reason"].string();
  if (!reason || state_.finished) return;
  state_.finish = finish_reason(*reason);
  state_.finished = true;
}

std::string Tap::stop(const StreamStop& stop) {
  if (!started_ || state_.finished || state_.ended || state_.error) return {};
  std::string out;
  if (open_block_) {
    std::string data;
    json::Writer(data)
        .begin_object()
        .member("type", "content_block_stop")
        .member("index", *open_block_)
        .end_object();
    http::sse::append_event(out, "content_block_stop", data);
  }
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "message_delta").key("delta").begin_object();
  writer.member("stop_reason", stop_reason(llm::FinishReason::kLength, {}, {}));
  writer.key("stop_sequence").null().end_object();
  writer.key("usage").begin_object();
  write_usage_fields(writer, stop.usage);
  writer.end_object().end_object();
  http::sse::append_event(out, "message_delta", data);
  out += kMissingEnd;
  state_.stop();
  return out;
}

}  // namespace

std::unique_ptr<StreamTap> make_stream_tap() { return std::make_unique<Tap>(); }

}  // namespace bifrost::dialect::anthropic
