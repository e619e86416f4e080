#include "dialect/openai_chat/encode_answer.h"

#include "dialect/openai_chat/media.h"
#include "dialect/openai_chat/reasoning.h"

namespace bifrost::dialect::openai_chat {

void encode_image(json::Writer& writer, const llm::ImagePart& image, std::int64_t index) {
  writer.begin_object();
  writer.member("type", "image_url");
  writer.key("image_url").begin_object();
  writer.member("url", url_of_media(image.media));
  if (!image.detail.empty()) writer.member("detail", image.detail);
  writer.end_object();
  writer.member("index", index);
  writer.end_object();
}

void encode_audio(json::Writer& writer, const llm::AudioPart& audio) {
  writer.begin_object();
  writer.member("id", audio.id);
  writer.member("data", audio.media.data);
  writer.member("expires_at", audio.expires_at);
  writer.member("transcript", audio.transcript);
  writer.end_object();
}

void encode_tool_call(json::Writer& writer, const llm::ToolCallPart& call) {
  const std::string_view kind = call.custom ? "custom" : "function";
  writer.member("id", call.id);
  writer.member("type", kind);
  writer.key(kind).begin_object();
  writer.member("name", call.name);
  writer.member(call.custom ? "input" : "arguments", call.arguments);
  writer.end_object();
  encode_signature(writer, call.signature);
}

}  // namespace bifrost::dialect::openai_chat
