// Parameters that are taken out of a request for as long as it is written for one model.
//
// The next target may be another model, which takes them: the request gets them back.
#pragma once

#include "dialect/refusals.h"
#include "llm/request.h"

#include <string>
#include <vector>

namespace bifrost::dialect {

class Withheld {
 public:
  // `request` outlives this and is not changed by others in between.
  Withheld(llm::Request& request, const Refusals& refusals);
  ~Withheld();
  Withheld(const Withheld&) = delete;
  Withheld& operator=(const Withheld&) = delete;

  // What was there to take, by the caller's own paths.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  llm::Request& request_;
  llm::Request held_;  // nothing but what was taken
  std::vector<std::string> names_;
};

}  // namespace bifrost::dialect
