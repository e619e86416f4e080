// The fields of a Gemini request that we do not model, on their way back into one.
#pragma once

#include "json/writer.h"
#include "llm/request.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

// Borrows the request.
class Extras {
 public:
  explicit Extras(const llm::Request& request);

  // Writes the members that belong into the object at `parent` ("" is the top), except those in
  // `without`.
  void write(json::Writer& out, std::string_view parent,
             std::span<const std::string_view> without = {}) const;
  [[nodiscard]] bool has(std::string_view parent, std::string_view camel) const;

  // Paths of what cannot be written: another dialect's fields, and fields inside of lists.
  [[nodiscard]] const std::vector<std::string>& lost() const { return lost_; }

 private:
  struct Placed {
    std::string_view parent;  // one of the objects that are written, in camel case
    std::string_view key;
    std::string_view json;
  };

  std::vector<Placed> placed_;
  std::vector<std::string> lost_;
};

}  // namespace bifrost::dialect::gemini
