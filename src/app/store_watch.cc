#include "app/store_watch.h"

#include "base/log.h"
#include "base/try.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace bifrost::app {

void StoreWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void StoreWatch::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StoreWatch::run() {
  bool stopping = false;
  while (!stopping) {
    look();
    std::unique_lock lock(mutex_);
    stopping = wake_.wait_for(lock, pause_, [this] { return stopping_; });
  }
}

Result<bool> StoreWatch::take_up() {
  BF_TRY(const bool taken_up, configuration_.take_up());
  BF_TRY_VOID(configuration_.drop_former_values());
  return taken_up;
}

// What goes wrong is said once, however often it is seen.
void StoreWatch::look() {
  std::string trouble;
  try {
    const auto taken_up = take_up();
    if (!taken_up) trouble = taken_up.error().message;
    if (taken_up && *taken_up) BF_LOG(kInfo, "config", "what others have changed was taken up");
  } catch (const std::exception&) {
    trouble = "there was no memory";
  }
  if (!trouble.empty() && trouble != trouble_) {
    BF_LOG(kWarn, "config", "what others may have changed in the database is not seen",
           {"what", trouble});
  }
  pause_ = trouble.empty() ? kInterval : std::min(pause_ * 2, kIntervalMax);
  trouble_ = std::move(trouble);
}

}  // namespace bifrost::app
