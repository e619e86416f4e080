// A wire format: what its family shares, and a codec for each operation that it has.
//
// Adding one: a folder with these functions and a row in `all.cc`; the golden, conformance and
// fuzz suites then ask for its cases. Adding an operation to one: its codec, beside `chat`.
#pragma once

#include "dialect/family.h"
#include "llm/operation.h"

#include <span>
#include <string_view>

namespace bifrost::dialect {

// Whoever uses a codec includes its header; most who know a dialect use none.
struct ChatCodec;  // chat_codec.h

struct Dialect {
  std::string_view name;  // "openai_chat"
  Family family;
  const ChatCodec* chat = nullptr;  // null: it has no conversations

  // What can be said in it: a side offers no more, and a route asks for no more.
  [[nodiscard]] llm::RequestTypes speaks() const;
};

// Every dialect that is linked, in the order of the reference page.
std::span<const Dialect* const> all();
// By name; nothing when unknown.
const Dialect* find(std::string_view name);

}  // namespace bifrost::dialect
