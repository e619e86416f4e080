// Appends JSON to a string. Commas are the writer's business; balance is the caller's.
//
//   std::string out;
//   Writer w(out);
//   w.begin_object();
//   w.key("model").string(name);
//   w.key("tools").raw(schema_bytes);
//   w.end_object();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::json {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}  // `out` outlives the writer

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  Writer& number(double value);  // shortest form that reads back the same; NaN becomes null
  Writer& boolean(bool value);
  Writer& null();
  // `json` must be one complete value; it is copied as it is. An empty one becomes null.
  Writer& raw(std::string_view json);

  // A member in one call.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }
  Writer& member(std::string_view name, int value) { return key(name).integer(value); }
  Writer& member(std::string_view name, double value) { return key(name).number(value); }
  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);

  std::string& out_;
  bool comma_ = false;  // a value stands before the next one in this container
};

// Appends `text` as a JSON string literal with quotes. Invalid UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text);
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace bifrost::json
