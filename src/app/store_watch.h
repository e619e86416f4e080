// Sees what other gateways change in the database that they share with this one, and has it taken
// up, and drops what is over by then: one thread that asks for the revision.
#pragma once

#include "app/configuration.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace bifrost::app {

class StoreWatch {
 public:
  // From one look to the next: how long a key that was deleted elsewhere still works here.
  static constexpr std::chrono::milliseconds kInterval{500};
  // While it fails it looks less and less often.
  static constexpr std::chrono::milliseconds kIntervalMax{5'000};

  explicit StoreWatch(Configuration& configuration) : configuration_(configuration) {}  // outlives
  ~StoreWatch() { stop(); }
  StoreWatch(const StoreWatch&) = delete;
  StoreWatch& operator=(const StoreWatch&) = delete;

  void start();
  void stop();

 private:
  void run();
  void look();
  Result<bool> take_up();

  Configuration& configuration_;
  std::string trouble_;  // what was said last
  std::chrono::milliseconds pause_ = kInterval;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace bifrost::app
