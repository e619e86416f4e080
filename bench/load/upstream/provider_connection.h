// One connection to the fake provider: requests one after the other, each answered whole or as a
// stream that keeps to its timetable.
#pragma once

#include "bench/load/poller.h"
#include "bench/load/socket.h"
#include "bench/load/upstream/request_reader.h"
#include "bench/load/wire_format.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::bench {

class Provider;

class ProviderConnection final : private Ready, private Alarm {
 public:
  ProviderConnection(Poller& poller, Provider& provider, Socket socket);

 private:
  void on_ready(std::uint32_t events) override;
  void on_time() override;

  void read();
  void serve_next();
  void serve(const RequestReader::Request& request);

  void begin_stream(const Asked& asked);
  void send_event();
  void end_stream();

  void write(std::string_view bytes);
  void close(bool broken);

  Poller& poller_;
  Provider& provider_;
  Socket socket_;
  RequestReader reader_;
  std::string unsent_;  // what the socket did not take
  Asked asked_;         // of the stream that is under way
  bool streaming_ = false;
  SteadyTime first_at_;  // when the first event is due; the others follow from it
  std::uint32_t next_event_ = 0;
};

}  // namespace bifrost::bench
