// Many streams at once, each compared frame by frame with what the provider was asked to send.
#pragma once

#include "bench/load/driver/client_connection.h"
#include "bench/load/driver/load.h"
#include "bench/load/frame_check.h"

#include <memory>
#include <optional>
#include <vector>

namespace bifrost::bench {

class StreamLoad final : public Load, private Alarm {
 public:
  StreamLoad(const LoadOptions& options, Poller& poller, const Leg& leg);
  ~StreamLoad() override;
  // Begins all streams, spread over the ramp, and waits for their ends.
  void run(const Turn& turn, Slice& slice) override;

 private:
  // One connection with the check of the stream on it.
  class Watched;

  void on_time() override;
  void stream_ended(Watched& watched, const Answer& answer);
  [[nodiscard]] SteadyTime due(std::size_t number) const;
  // How long a stream lasts when nobody is late.
  [[nodiscard]] std::chrono::nanoseconds duration() const;

  LoadOptions options_;
  Poller& poller_;
  std::vector<char> scratch_;
  std::vector<std::unique_ptr<Watched>> streams_;
  Slice* slice_ = nullptr;
  SteadyTime began_;
  std::size_t started_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace bifrost::bench
