// A request as decisions about it see it: views, so that what is only asked about is decided by the
// same functions as what runs.
#pragma once

#include "exchange/snapshot.h"
#include "exchange/surface.h"
#include "governance/identify.h"
#include "http/message.h"

namespace bifrost::exchange {

struct RequestView {
  const Snapshot& snapshot;
  const http::RequestHead& head;
  const Surface& surface;
  const governance::Caller& caller;
};

}  // namespace bifrost::exchange
