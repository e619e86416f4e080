// The fields of a request that we do not model, found again by the object that they belong to.
#pragma once

#include "json/writer.h"
#include "llm/request.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// Borrows the request. Whatever was not written in the end is named by `unwritten`.
class ExtrasIndex {
 public:
  // Of a request in another dialect than `dialect` none can be written.
  ExtrasIndex(const llm::Request& request, std::string_view dialect);

  [[nodiscard]] bool empty() const { return by_object_.empty(); }
  // Is there one for the object at this path ("messages[2]"), or below it?
  [[nodiscard]] bool any_below(std::string_view path) const;
  // Appends the members that belong to the object at this path.
  void write(json::Writer& writer, std::string_view path);
  // The member `key` of the request itself; nullptr when there is none. It counts as written.
  const std::string* take(std::string_view key);
  // The members of the request itself, one after the other.
  template <class Visitor>
  void for_each_top(Visitor visit) {
    const auto found = by_object_.find(std::string());
    if (found == by_object_.end()) return;
    for (Entry& entry : found->second) {
      if (!entry.written) entry.written = visit(entry.key, entry.extra->json);
    }
  }

  // Paths of what no call above has written, in the caller's order.
  [[nodiscard]] std::vector<std::string> unwritten() const;

 private:
  struct Entry {
    std::string key;
    const llm::Extra* extra;
    bool written = false;
  };

  std::map<std::string, std::vector<Entry>, std::less<>> by_object_;  // path of the object
  const std::vector<llm::Extra>& extras_;
};

}  // namespace bifrost::dialect::openai_chat
