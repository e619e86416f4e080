// What a JSON text weighs once it is decoded: by its size and by how many values it holds, with
// factors that were measured (weight_test.cc, docs/adr/0018-overload.md).
//
// A long text weighs little more than itself, a body of nothing but brackets fifty times as much:
// one factor for all would refuse good requests or let bad ones through.
#pragma once

#include <cstddef>
#include <string_view>

namespace bifrost::dialect {

struct Weight {
  std::size_t text_bytes = 0;
  std::size_t values = 0;

  static Weight of(std::string_view json);

  // The index of a json::Scanner, and its second look at what turns out to be no object.
  [[nodiscard]] std::size_t scan() const { return text_bytes + values * 44; }
  // A json::Document.
  [[nodiscard]] std::size_t document() const { return text_bytes + values * 28; }
  // An llm::Request or llm::Response, as it stands.
  [[nodiscard]] std::size_t decoded() const { return text_bytes + values * 260; }
  // From the text to that: the document, and lists that grow.
  [[nodiscard]] std::size_t while_decoding() const { return 2 * text_bytes + values * 400; }
  // Beside what is decoded: a text that is written from it, its growing included.
  [[nodiscard]] std::size_t while_encoding() const { return 5 * text_bytes + values * 130; }
};

}  // namespace bifrost::dialect
