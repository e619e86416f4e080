#include "json/scan.h"

#include <simdjson.h>

#include <utility>

namespace bifrost::json {
namespace {

using simdjson::ondemand::json_type;

std::string_view without_trailing_space(std::string_view bytes) {
  while (!bytes.empty() && (bytes.back() == ' ' || bytes.back() == '\n' || bytes.back() == '\r' ||
                            bytes.back() == '\t')) {
    bytes.remove_suffix(1);
  }
  return bytes;
}

// Skips one value and returns its exact bytes.
simdjson::error_code skip_value(simdjson::ondemand::value value, std::string_view& bytes) {
  json_type type{};
  if (const auto error = value.type().get(type)) return error;
  switch (type) {
    case json_type::object: {
      simdjson::ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return object.raw_json().get(bytes);
    }
    case json_type::array: {
      simdjson::ondemand::array array;
      if (const auto error = value.get_array().get(array)) return error;
      return array.raw_json().get(bytes);
    }
    default:
      break;
  }
  bytes = value.raw_json_token();
  // Consumes the token: one that was only looked at is skipped as if it were the name of a field,
  // and with it the fault in {"a":"b":1}.
  switch (type) {
    case json_type::string:
      return value.get_raw_json_string().error();
    case json_type::boolean:
      return value.get_bool().error();
    case json_type::null:
      return value.is_null().error();
    default:
      return simdjson::SUCCESS;
  }
}

Error not_an_object(simdjson::error_code error) {
  return client_error(ErrorCode::kInvalidRequest, std::string("the body is not a JSON object: ") +
                                                      simdjson::error_message(error));
}

}  // namespace

struct Scanner::Impl {
  simdjson::ondemand::parser parser;
};

Scanner::Scanner() : impl_(std::make_unique<Impl>()) {}
Scanner::~Scanner() = default;

Result<const std::vector<Member>*> Scanner::scan_members(const std::string& text) {
  members_.clear();
  simdjson::ondemand::document document;
  if (const auto error =
          impl_->parser.iterate(text.data(), text.size(), text.capacity()).get(document)) {
    return not_an_object(error);
  }
  simdjson::ondemand::object object;
  if (const auto error = document.get_object().get(object)) return not_an_object(error);
  for (auto field_result : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(field_result).get(field)) return not_an_object(error);
    const char* key = field.key().raw();
    const char* key_end = key;
    while (*key_end != '"') key_end += *key_end == '\\' ? 2 : 1;
    std::string_view bytes;
    if (const auto error = skip_value(field.value(), bytes)) return not_an_object(error);
    members_.push_back(
        {{key, static_cast<std::size_t>(key_end - key)}, without_trailing_space(bytes)});
  }
  // Behind the object there is no next token to stand at.
  if (document.current_location().error() == simdjson::SUCCESS) {
    return not_an_object(simdjson::TRAILING_CONTENT);
  }
  return &members_;
}

}  // namespace bifrost::json
