#include "fuzz/checks/event_text.h"

#include "json/writer.h"

#include <string_view>
#include <variant>

namespace bifrost::fuzz {
namespace {

class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  void operator()(const llm::StreamStart& event) const {
    fields("start", event.id, event.model, event.created, event.service_tier,
           event.system_fingerprint);
  }
  void operator()(const llm::TextDelta& event) const {
    fields("text", event.choice, event.text, event.signature, event.logprobs, event.block);
  }
  void operator()(const llm::RefusalDelta& event) const {
    fields("refusal", event.choice, event.text);
  }
  void operator()(const llm::ReasoningDelta& event) const {
    fields("reasoning", event.choice, static_cast<std::int64_t>(event.kind), event.text,
           event.signature, event.data, event.id, event.format, event.block);
  }
  void operator()(const llm::ToolCallStart& event) const {
    fields("call", event.choice, event.index, event.id, event.name, event.signature,
           std::int64_t{event.custom});
  }
  void operator()(const llm::ToolCallDelta& event) const {
    fields("arguments", event.choice, event.index, event.arguments);
  }
  void operator()(const llm::CitationDelta& event) const {
    const llm::Citation& citation = event.citation;
    fields("citation", event.choice, event.block, citation.url, citation.title, citation.cited_text,
           citation.start, citation.end, citation.raw);
  }
  void operator()(const llm::MediaDelta& event) const {
    fields("media", event.choice, static_cast<std::int64_t>(event.part.content.index()));
  }
  void operator()(const llm::RawDelta& event) const {
    fields("raw", event.choice, event.part.type, event.part.json);
  }
  void operator()(const llm::UsageUpdate& event) const {
    const llm::Usage& usage = event.usage;
    fields("usage", usage.input, usage.cache_read, usage.cache_write, usage.cache_write_1h,
           usage.input_audio, usage.input_image, usage.output, usage.reasoning, usage.output_audio,
           usage.output_image, usage.web_searches, std::int64_t{usage.known});
  }
  void operator()(const llm::StreamFinish& event) const {
    fields("finish", event.choice, static_cast<std::int64_t>(event.reason), event.raw,
           event.stop_sequence);
  }
  void operator()(const llm::Ping& /*event*/) const {}
  void operator()(const llm::StreamFailure& event) const {
    fields("failure", event.error.name(), event.error.message, event.error.upstream_body);
  }
  void operator()(const llm::StreamEnd& /*event*/) const { fields("end"); }

 private:
  template <class... Fields>
  void fields(std::string_view name, const Fields&... values) const {
    out_ += name;
    (field(values), ...);
    out_ += '\n';
  }
  void field(std::string_view text) const {
    out_ += ' ';
    json::append_string(out_, text);
  }
  void field(std::int64_t number) const { out_ += ' ' + std::to_string(number); }

  std::string& out_;
};

}  // namespace

std::string event_text(const llm::StreamEvent& event) {
  std::string text;
  std::visit(Printer(text), event);
  return text;
}

}  // namespace bifrost::fuzz
