#include "app/price_sync.h"

#include "base/log.h"
#include "base/read_file.h"
#include "base/strings.h"
#include "base/try.h"
#include "catalog/datasheet.h"
#include "http/url.h"
#include "net/address.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace bifrost::app {
namespace {

constexpr auto kTryAgain = std::chrono::minutes(5);   // after a failure
constexpr auto kPatience = std::chrono::seconds(60);  // of who asks for it

Result<std::string> read_from_disk(const std::string& path) {
  std::string text = read_file(path, kSheetBytesMax + 1);
  if (text.empty()) {
    return gateway_error(ErrorCode::kStoreUnavailable,
                         quoted(path, 256) + " is empty or cannot be read");
  }
  if (text.size() > kSheetBytesMax) {
    return gateway_error(ErrorCode::kStoreUnavailable,
                         quoted(path, 256) + " is larger than 16 MiB");
  }
  return text;
}

Result<catalog::Datasheet> read_sheet(const KeptSheet& sheet) {
  return catalog::read_datasheet(sheet.text, catalog::Catalog::built_in());
}

std::vector<net::Address> addresses(const std::vector<std::string>& servers) {
  constexpr std::uint16_t kDnsPort = 53;
  std::vector<net::Address> out;
  for (const std::string& server : servers) {
    if (auto address = net::Address::from_text(server, kDnsPort)) out.push_back(*address);
  }
  return out;
}

}  // namespace

PriceSource PriceSource::of(const Config& config) {
  PriceSource out{.pricing = config.framework.pricing, .dns_servers = config.server.dns.servers};
  if (config.proxy.enable_for_api) out.proxy = config.proxy;
  return out;
}

void PriceSync::configure(const PriceSource& source) {
  Lock lock(mutex_);
  const bool other = source.pricing.url != source_.pricing.url;
  source_ = source;
  if (other) {
    due_ = clock_.now();
    is_other_ = true;
    if (!started_) turn_to(lock);
  } else {
    due_ = std::min(due_, clock_.now() + source.pricing.sync_interval);
  }
  wake_.notify_all();
}

// To what was kept of the source.
void PriceSync::turn_to(Lock& lock) {
  is_other_ = false;
  const std::string url = source_.pricing.url;
  lock.unlock();
  std::optional<Fresh> before;
  try {
    if (auto kept = keeper_.load(url)) {
      if (auto read = read_sheet(*kept)) before = Fresh{*std::move(kept), *std::move(read)};
    }
  } catch (const std::exception&) {
    // It is read anew.
  }
  lock.lock();
  state_ = {};
  catalog_ = nullptr;
  if (before) take_up(*std::move(before));
}

void PriceSync::start(std::function<Result<void>()> changed) {
  {
    const std::scoped_lock lock(mutex_);
    changed_ = std::move(changed);
    started_ = true;
  }
  thread_ = std::jthread([this] { run(); });
}

void PriceSync::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  fetcher_.break_off();
  wake_.notify_all();
  done_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const catalog::Catalog> PriceSync::catalog() const {
  const std::scoped_lock lock(mutex_);
  if (catalog_ != nullptr) return catalog_;
  return catalog::Catalog::shared_built_in();
}

exchange::PriceSheets::State PriceSync::state() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

Result<exchange::PriceSheets::State> PriceSync::sync() {
  Lock lock(mutex_);
  if (source_.pricing.url.empty()) {
    return client_error(
        ErrorCode::kInvalidRequest,
        "there is no price sheet to read: framework.pricing.pricing_url is not set");
  }
  const std::uint64_t mine = ++asked_;
  wake_.notify_all();
  done_.wait_for(lock, kPatience, [&] { return answered_ >= mine || stopping_; });
  if (answered_ < mine) {
    return gateway_error(ErrorCode::kBusy, "the price sheet was not read in time");
  }
  BF_TRY_VOID(outcome_);
  return state_;
}

void PriceSync::run() {
  Lock lock(mutex_);
  while (!stopping_) {
    const bool wanted = !source_.pricing.url.empty();
    if (is_other_) {
      turn_to(lock);
      lock.unlock();
      put_in_force();
      lock.lock();
    } else if (wanted && (asked_ > answered_ || clock_.now() >= due_)) {
      read(lock);
    } else if (wanted) {
      wake_.wait_for(lock, due_ - clock_.now());
    } else {
      wake_.wait(lock);
    }
  }
}

// Others may look, ask and configure while it reads.
void PriceSync::read(Lock& lock) {
  const std::uint64_t asked = asked_;
  const catalog::PricingSettings settings = source_.pricing;
  const FetchTerms terms{.bytes_max = kSheetBytesMax,
                         .dns_servers = addresses(source_.dns_servers),
                         .proxy = source_.proxy};
  lock.unlock();
  Result<Fresh> fresh = gateway_error(ErrorCode::kBusy, "there was no memory");
  try {
    fresh = read_anew(settings.url, terms);
  } catch (const std::exception&) {
    // As it says.
  }
  lock.lock();
  if (stopping_ || source_.pricing.url != settings.url) return;  // it is of another source by now
  Result<void> outcome;
  if (fresh) {
    const KeptSheet kept = fresh->kept;
    take_up(*std::move(fresh));
    lock.unlock();
    put_in_force();
    keep(settings.url, kept);
    lock.lock();
  } else {
    outcome = std::move(fresh).error();
  }
  const auto again = outcome
                         ? settings.sync_interval
                         : std::min<std::chrono::milliseconds>(settings.sync_interval, kTryAgain);
  due_ = clock_.now() + again;
  say(outcome);
  outcome_ = std::move(outcome);
  answered_ = asked;
  done_.notify_all();
}

Result<PriceSync::Fresh> PriceSync::read_anew(const std::string& source, const FetchTerms& terms) {
  BF_TRY(KeptSheet sheet, fetch(source, terms));
  auto read = read_sheet(sheet);
  if (!read) {  // whoever asks for it has done nothing wrong, nor has this program
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kNo,
                          "it is no price sheet: " + read.error().message);
  }
  return Fresh{std::move(sheet), *std::move(read)};
}

Result<KeptSheet> PriceSync::fetch(const std::string& source, const FetchTerms& terms) {
  KeptSheet out;
  if (source.starts_with('/')) {
    BF_TRY(out.text, read_from_disk(source));
  } else {
    BF_TRY(const http::Url url, http::parse_url(source));
    BF_TRY(out.text, fetcher_.get(url, terms));
  }
  out.fetched_at = clock_.wall();
  return out;
}

// Under the lock.
void PriceSync::take_up(Fresh fresh) {
  catalog::Datasheet& read = fresh.read;
  state_ = {.fetched_at = fresh.kept.fetched_at, .models = read.models, .skipped = read.skipped};
  if (read.skipped > 0) {
    BF_LOG(kWarn, "prices", "models with a price that cannot be right are left aside",
           {"models", read.skipped}, {"first", log::clipped(read.skipped_why)});
  }
  catalog_ = std::make_shared<const catalog::Catalog>(std::move(read.catalog));
}

void PriceSync::keep(const std::string& source, const KeptSheet& sheet) {
  if (auto kept = keeper_.keep(source, sheet); !kept) {
    BF_LOG(kWarn, "prices", "the price sheet is not kept for the next start",
           {"what", kept.error().message});
  }
}

void PriceSync::put_in_force() {
  if (auto done = changed_(); !done) {
    BF_LOG(kError, "prices", "the price sheet counts with the next change of the configuration",
           {"what", done.error().message});
  }
}

// Of many failures the first, and that it is over.
void PriceSync::say(const Result<void>& outcome) {
  if (outcome) {
    BF_LOG(kInfo, "prices", "the price sheet was read", {"models", state_.models});
    failing_ = false;
  } else if (!std::exchange(failing_, true)) {
    BF_LOG(kWarn, "prices", "the price sheet cannot be read, the prices before stay in force",
           {"what", outcome.error().message});
  }
}

}  // namespace bifrost::app
