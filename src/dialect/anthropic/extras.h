// The fields of a native request that we do not model, put back where they stood.
//
// A decoder notes them as llm::Extra under the caller's path, "messages[2].content[0].caller". The
// encoder asks for the fields of one object by that object's path, or by its place. A field that
// has the name of a modelled one replaces it: it is there because our model is too coarse.
//
// Fields of another dialect have no place here, and what is never asked for has lost its place;
// both are named by `unwritten`.
#pragma once

#include "json/writer.h"
#include "llm/request.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::anthropic {

class ExtraFields {
 public:
  // `request` outlives this.
  explicit ExtraFields(const llm::Request& request);

  struct Field {
    std::string_view key;
    std::string_view json;
    std::string_view path;
    bool written = false;
  };

  // Those of the object at `place`; nullptr when there are none.
  std::vector<Field>* find(std::string_view place);
  std::vector<Field>* find(const llm::Source& source, llm::Place place) {
    return by_place_.empty() ? nullptr : find(source.path(place));
  }

  // The top-level field is not to be written: `unwritten` names it.
  void remove(std::string_view key);

  [[nodiscard]] std::vector<std::string> unwritten() const;

 private:
  std::map<std::string, std::vector<Field>, std::less<>> by_place_;
  std::vector<std::string> placeless_;
};

// Writes one object whose unmodelled fields are known to `extras`.
class ExtensibleObject {
 public:
  // Both outlive this. Opens the object; `fields` as from `find`.
  ExtensibleObject(json::Writer& writer, std::vector<ExtraFields::Field>* fields);

  // Is the modelled field to be written? Not when an unmodelled one stands for it.
  [[nodiscard]] bool takes(std::string_view key) const;
  // Writes the unmodelled fields and closes the object.
  void close();

 private:
  json::Writer& writer_;
  std::vector<ExtraFields::Field>* fields_;
};

}  // namespace bifrost::dialect::anthropic
