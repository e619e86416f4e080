#include "dialect/openai_chat/encode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/media.h"
#include "dialect/raw_text.h"

#include <algorithm>

namespace bifrost::dialect::openai_chat {

using llm::Part;

// One plain text is a string, as nearly every caller writes it; some endpoints take nothing else.
void MessageEncoder::content(const std::vector<const Part*>& parts) {
  writer_.key("content");
  const bool extras =
      !encoding_.extras.empty() && std::ranges::any_of(parts, [&](const Part* part) {
        return encoding_.extras.any_below(encoding_.request.source.path(part->place));
      });
  if (parts.empty()) {
    writer_.string("");
    return;
  }
  const Part& first = *parts.front();
  const bool marked = first.cache.has_value() && encoding_.flavor.keeps_cache_control;
  if (const auto* text = first.as<llm::TextPart>();
      text != nullptr && parts.size() == 1 && !marked && !extras) {
    writer_.string(text->text);
    if (first.cache) encoding_.drop("cache_control");
    return;
  }
  writer_.begin_array();
  for (const Part* part : parts) {
    if (extras) block_path_ = encoding_.extras_path(part->place);
    if (const auto* raw = part->as<llm::RawPart>(); raw != nullptr && raw->dialect == kName) {
      writer_.raw(raw->json);
      continue;
    }
    writer_.begin_object();
    content_part(*part);
    encoding_.write_cache(part->cache);
    write_block_extras("");
    writer_.end_object();
  }
  block_path_.clear();
  writer_.end_array();
}

void MessageEncoder::write_block_extras(std::string_view below) {
  if (!block_path_.empty()) encoding_.extras.write(writer_, block_path_ + std::string(below));
}

void MessageEncoder::text_part(std::string_view text) {
  writer_.member("type", "text");
  writer_.member("text", text);
}

void MessageEncoder::content_part(const Part& part) {
  if (const auto* text = part.as<llm::TextPart>()) {
    text_part(text->text);
  } else if (const auto* image = part.as<llm::ImagePart>()) {
    if (image->media.url.empty() && image->media.data.empty()) {
      // An upload that another dialect knows: a text keeps the conversation legal.
      encoding_.dropped.at(part.place);
      text_part("[an image that cannot be shown here]");
      return;
    }
    writer_.member("type", "image_url");
    writer_.key("image_url").begin_object();
    writer_.member("url", url_of_media(image->media));
    if (!image->detail.empty()) writer_.member("detail", image->detail);
    write_block_extras(".image_url");
    writer_.end_object();
  } else if (const auto* audio = part.as<llm::AudioPart>()) {
    if (audio->media.data.empty()) {
      text_part(audio->transcript);
      return;
    }
    writer_.member("type", "input_audio");
    writer_.key("input_audio").begin_object();
    writer_.member("data", audio->media.data);
    writer_.member("format",
                   audio->format.empty() ? audio_format(audio->media.media_type) : audio->format);
    write_block_extras(".input_audio");
    writer_.end_object();
  } else if (const auto* file = part.as<llm::FilePart>()) {
    file_part(*file, part.place);
  } else if (const auto* raw = part.as<llm::RawPart>()) {
    text_part(raw_text(*raw));
  }
}

void MessageEncoder::file_part(const llm::FilePart& file, llm::Place place) {
  if (!file.context.empty()) encoding_.dropped.member(place, "context");
  if (file.citations) encoding_.dropped.member(place, "citations");
  if (!file.text.empty()) {
    if (!file.filename.empty()) encoding_.dropped.member(place, "file.filename");
    text_part(file.text);
    return;
  }
  const llm::Media& media = file.media;
  writer_.member("type", "file");
  writer_.key("file").begin_object();
  if (!media.file_id.empty()) {
    writer_.member("file_id", media.file_id);
  } else if (!media.data.empty() && media.media_type.empty()) {
    writer_.member("file_data", media.data);  // as the caller gave it
  } else {
    writer_.member("file_data", url_of_media(media));
  }
  if (!file.filename.empty()) writer_.member("filename", file.filename);
  // OpenAI wants a name with every file that is not an upload.
  if (file.filename.empty() && media.file_id.empty() && !encoding_.same_dialect()) {
    writer_.member("filename", media.media_type == "application/pdf" ? "file.pdf" : "file");
  }
  write_block_extras(".file");
  writer_.end_object();
}

}  // namespace bifrost::dialect::openai_chat
