#include "net/resolver.h"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <thread>
#include <utility>

namespace bifrost::net {
namespace {

constexpr std::size_t kWaitingMax = 1024;
constexpr std::size_t kCachedMax = 1024;
constexpr auto kFresh = std::chrono::seconds(30);

Error resolve_error(const std::string& host, std::string_view why) {
  return upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget,
                        "cannot resolve " + host + ": " + std::string(why));
}

Result<std::vector<Address>> ask_system(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (code != 0) return resolve_error(host, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    Address address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    addresses.push_back(address);
  }
  if (addresses.empty()) return resolve_error(host, "no address");
  return addresses;
}

// One waiting caller. Shared, because the caller may leave before the answer comes.
struct Question {
  Loop* loop = nullptr;
  WaitSlot* slot = nullptr;  // null once the caller has left; touched on its loop only
  std::string host;
  std::uint16_t port = 0;
  std::optional<Result<std::vector<Address>>> answer;
};

}  // namespace

class Resolver::Worker {
 public:
  Worker() : thread_([this] { run(); }) {}

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  // Answers from the cache, or queues the question.
  std::optional<Result<std::vector<Address>>> ask(const std::shared_ptr<Question>& question) {
    const std::lock_guard lock(mutex_);
    const auto cached = cache_.find({question->host, question->port});
    if (cached != cache_.end() && cached->second.until > std::chrono::steady_clock::now()) {
      return cached->second.addresses;
    }
    if (waiting_.size() >= kWaitingMax) return resolve_error(question->host, "too many look-ups");
    waiting_.push_back(question);
    changed_.notify_one();
    return std::nullopt;
  }

 private:
  struct Cached {
    std::vector<Address> addresses;
    SteadyTime until;
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      const std::shared_ptr<Question> question = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      auto answer = ask_system(question->host, question->port);
      lock.lock();
      if (answer) {
        if (cache_.size() >= kCachedMax) cache_.clear();
        cache_[{question->host, question->port}] = {*answer,
                                                    std::chrono::steady_clock::now() + kFresh};
      }
      question->loop->post([question, answer = std::move(answer)]() mutable {
        question->answer = std::move(answer);
        if (question->slot != nullptr) question->loop->wake(*question->slot);
      });
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Question>> waiting_;
  std::map<std::pair<std::string, std::uint16_t>, Cached> cache_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

Resolver::Resolver() : worker_(std::make_unique<Worker>()) {}
Resolver::~Resolver() = default;

Task<Result<std::vector<Address>>> Resolver::resolve(CallScope& scope, std::string host,
                                                     std::uint16_t port) {
  if (auto literal = Address::from_literal(host, port)) co_return std::vector<Address>{*literal};
  auto question = std::make_shared<Question>();
  question->loop = &scope.loop();
  question->host = std::move(host);
  question->port = port;
  if (auto known = worker_->ask(question)) co_return *std::move(known);
  WaitSlot slot;
  question->slot = &slot;
  while (!question->answer) {
    co_await scope.wait(slot);
    if (auto interruption = scope.interruption()) {
      question->slot = nullptr;
      co_return *std::move(interruption);
    }
  }
  co_return *std::move(question->answer);
}

}  // namespace bifrost::net
