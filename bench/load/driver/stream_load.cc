#include "bench/load/driver/stream_load.h"

#include "bench/load/driver/answers.h"

#include <algorithm>

namespace bifrost::bench {

using std::chrono::steady_clock;

class StreamLoad::Watched final : public ClientOwner {
 public:
  Watched(StreamLoad& load, Poller& poller, const Leg& leg, std::span<char> scratch)
      : load_(load), connection_(poller, *this, leg, scratch) {}

  void begin(SteadyTime intended) {
    check_.emplace(load_.options_.check, load_.slice_->event_delay);
    connection_.send(intended);
  }
  [[nodiscard]] bool running() const { return check_.has_value(); }
  [[nodiscard]] FrameCheck& check() { return *check_; }
  void end() { check_.reset(); }
  void give_up() { connection_.close(); }

 private:
  void on_body(ClientConnection&, std::string_view bytes, bool chunk_ends) override {
    const bool is_first = check_->counts().events == 0;
    check_->feed(bytes, chunk_ends, connection_.last_read());
    if (is_first && check_->counts().events > 0) {
      load_.slice_->first_event.record(connection_.last_read() - connection_.sent());
    }
  }
  void on_answer(ClientConnection&, const Answer& answer) override {
    load_.stream_ended(*this, answer);
  }

  StreamLoad& load_;
  ClientConnection connection_;
  std::optional<FrameCheck> check_;
};

StreamLoad::StreamLoad(const LoadOptions& options, Poller& poller, const Leg& leg)
    : Alarm(poller), options_(options), poller_(poller), scratch_(kReadBytes) {
  for (std::size_t i = 0; i < options.connections; ++i) {
    streams_.push_back(std::make_unique<Watched>(*this, poller, leg, std::span(scratch_)));
  }
}

StreamLoad::~StreamLoad() = default;

void StreamLoad::run(const Turn& /*streams end by themselves*/, Slice& slice) {
  slice_ = &slice;
  started_ = ended_ = 0;
  slice.streams = streams_.size();
  began_ = steady_clock::now();
  arm(began_);
  const SteadyTime patience = began_ + options_.ramp + duration() + kPatience;
  while (ended_ < streams_.size() && steady_clock::now() < patience) poller_.run_once(patience);
  disarm();
  slice.time = steady_clock::now() - began_;
  for (const auto& stream : streams_) {
    if (!stream->running()) continue;
    stream->give_up();
    stream_ended(*stream, {});
  }
}

std::chrono::nanoseconds StreamLoad::duration() const {
  const Recipe& recipe = options_.check.recipe;
  return recipe.first_event + recipe.events * recipe.gap;
}

SteadyTime StreamLoad::due(std::size_t number) const {
  return began_ + options_.ramp * static_cast<std::int64_t>(number) /
                      static_cast<std::int64_t>(streams_.size());
}

void StreamLoad::on_time() {
  const SteadyTime now = steady_clock::now();
  while (started_ < streams_.size() && due(started_) <= now) {
    const SteadyTime intended = due(started_);
    streams_[started_++]->begin(intended);
  }
  if (started_ < streams_.size()) arm(due(started_));
}

void StreamLoad::stream_ended(Watched& watched, const Answer& answer) {
  ++ended_;
  count_answer(*slice_, answer, SteadyTime::max());
  if (answer.status == 200) {  // another answer is a failure, not a stream with faults
    watched.check().finish();
    slice_->faults.add(watched.check().faults());
    slice_->counts.add(watched.check().counts());
  }
  watched.end();
}

}  // namespace bifrost::bench
