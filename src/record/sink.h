// Who is told what happens to requests on one worker. Belongs to the worker's thread; never fails a
// request, never waits, and keeps no view beyond the call.
#pragma once

#include "record/attempt.h"
#include "record/request.h"

namespace bifrost::record {

class Sink {
 public:
  virtual ~Sink() = default;
  // An attempt has ended, while its request goes on: `request` holds what is known so far.
  virtual void attempt_ended(const Request& request, const Attempt& attempt) = 0;
  // Once for each request, as the last thing that is heard of it.
  virtual void request_ended(const Request& request) = 0;
};

}  // namespace bifrost::record
