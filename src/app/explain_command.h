// `bifrost explain`: what would happen to a request with the configuration of a file and its
// database, while no gateway has to run.
#pragma once

#include "app/config_command.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace bifrost::app {

struct ExplainOptions {
  std::string body;  // file; "-": what is read from `in`
  std::string method = "POST";
  std::string path = "/v1/chat/completions";
  std::vector<std::string> headers;  // "name: value"
  bool json = false;
};

// 0: it would be asked of a model, or answered; 1: it would be refused; 2: it cannot be told, and
// `errors` says why.
int explain_request(const ConfigPlace& place, const ExplainOptions& options, std::istream& in,
                    std::ostream& out, std::ostream& errors);

}  // namespace bifrost::app
