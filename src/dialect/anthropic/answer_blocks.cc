#include "dialect/anthropic/answer_blocks.h"

#include "dialect/anthropic/media.h"

namespace bifrost::dialect::anthropic {

void write_text_start(json::Writer& writer) {
  writer.begin_object().member("type", "text").member("text", "").end_object();
}

void write_thinking(json::Writer& writer, std::string_view text, std::string_view signature) {
  writer.begin_object().member("type", "thinking").member("thinking", text);
  writer.member("signature", signature).end_object();
}

void write_redacted_thinking(json::Writer& writer, std::string_view data) {
  writer.begin_object().member("type", "redacted_thinking").member("data", data).end_object();
}

void write_image(json::Writer& writer, const llm::Media& media) {
  writer.begin_object().member("type", "image").key("source").begin_object();
  if (!media.data.empty()) {
    writer.member("type", "base64").member("media_type", image_type(media));
    writer.member("data", media.data);
  } else if (!media.file_id.empty()) {
    writer.member("type", "file").member("file_id", media.file_id);
  } else {
    writer.member("type", "url").member("url", media.url);
  }
  writer.end_object().end_object();
}

void write_refusal_details(json::Writer& writer, std::string_view explanation) {
  writer.key("stop_details").begin_object().member("type", "refusal");
  writer.key("category").null();
  writer.member("explanation", explanation).end_object();
}

}  // namespace bifrost::dialect::anthropic
