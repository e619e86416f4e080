// Who guesses passwords waits longer and longer, and however many do, few guesses
// are judged at the same time. (Tokens and keys nobody can guess.)
//
// Each network of callers may be wrong a few times; then it waits after each further time, twice as
// long as before, up to a minute. Only a while without a wrong one lets it begin anew: somebody
// else who is right there, behind the same proxy, would give whoever guesses his free ones again.
// Who was right lately has places of his own, so that strangers from however many networks do not
// keep him out.
//
// Thread-safe. Of networks kNetworksMax are known that were wrong, and kRightNetworksMax that were
// right; then the one of longest ago is forgotten.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::governance {

class Attempts {
 public:
  static constexpr int kFree = 5;
  static constexpr auto kLongestWait = std::chrono::seconds(60);
  static constexpr auto kForgottenAfter = std::chrono::minutes(15);
  static constexpr std::size_t kNetworksMax = 1024;

  // `network` as in server::Request. Fails with kRateLimited while it has to wait.
  [[nodiscard]] Result<void> check(std::string_view network, SteadyTime now) const;
  void wrong(std::string_view network, SteadyTime now);
  void right(std::string_view network, SteadyTime now);

  // Places for what strangers can ask for: passwords, which take a core to judge, and tokens, which
  // take a question to the database. As many again for networks where somebody was right lately.
  // Both fail with kRateLimited beyond their bound.
  static constexpr int kJudgedMax = 4;
  static constexpr int kLookedUpMax = 16;
  static constexpr std::size_t kRightNetworksMax = 64;
  static constexpr auto kRightFor = std::chrono::hours(24);
  class Place {
   public:
    Place(Place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    ~Place() {
      if (taken_ != nullptr) taken_->fetch_sub(1);
    }

   private:
    friend class Attempts;
    explicit Place(std::atomic<int>& taken) : taken_(&taken) {}
    std::atomic<int>* taken_;
  };
  [[nodiscard]] Result<Place> judge(std::string_view network, SteadyTime now) {
    return take(judged_.of(was_right(network, now)), kJudgedMax);
  }
  [[nodiscard]] Result<Place> look_up(std::string_view network, SteadyTime now) {
    return take(looked_up_.of(was_right(network, now)), kLookedUpMax);
  }

 private:
  struct Wrong {
    int times = 0;
    SteadyTime last;
    SteadyTime until;  // it waits
  };
  struct Taken {
    std::atomic<int> by_strangers{0};
    std::atomic<int> by_known{0};
    std::atomic<int>& of(bool known) { return known ? by_known : by_strangers; }
  };
  static Result<Place> take(std::atomic<int>& taken, int most);
  [[nodiscard]] bool was_right(std::string_view network, SteadyTime now) const;
  void make_room();

  Taken judged_;
  Taken looked_up_;
  mutable std::mutex mutex_;
  std::map<std::string, Wrong, std::less<>> wrong_;
  std::map<std::string, SteadyTime, std::less<>> right_;  // when last
};

}  // namespace bifrost::governance
