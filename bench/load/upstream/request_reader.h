// Takes requests out of the bytes of a connection: path and whole body, nothing else is of
// interest.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bifrost::bench {

class RequestReader {
 public:
  struct Request {
    std::string_view path;  // and query
    std::string_view body;
  };
  enum class Outcome { kNone, kRequest, kBroken };

  void append(std::string_view bytes) { held_ += bytes; }
  // kRequest: `request` is valid until `forget`, which must come before the next call.
  Outcome next(Request& request);
  void forget();

 private:
  Outcome read_head();

  std::string held_;
  std::size_t body_at_ = 0;  // behind the head; 0: the head is not complete
  std::size_t body_bytes_ = 0;
  std::size_t path_at_ = 0;
  std::size_t path_bytes_ = 0;
};

}  // namespace bifrost::bench
