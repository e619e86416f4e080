// One more member for the text of an object that is otherwise passed on as it came.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bifrost::json {

// Puts a member behind the others of `object`, in place; what stands behind the object stays there.
// `write_value` appends the value. False, and nothing is changed, when the text is no object by its
// first and last byte. The name needs no escapes, and is not looked for.
template <class WriteValue>
bool append_member(std::string& object, std::string_view name, WriteValue write_value) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t open = object.find_first_not_of(kSpace);
  const std::size_t close = object.find_last_not_of(kSpace);
  if (open == close || object[open] != '{' || object[close] != '}') return false;
  const bool empty = object.find_last_not_of(kSpace, close - 1) == open;
  const std::string tail = object.substr(close);
  object.resize(close);
  object += empty ? "\"" : ",\"";
  object += name;
  object += "\":";
  write_value(object);
  object += tail;
  return true;
}

}  // namespace bifrost::json
