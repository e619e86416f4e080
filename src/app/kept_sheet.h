// The last good price sheet on disk, so that a start without its source has the prices of before.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace bifrost::app {

inline constexpr std::size_t kSheetBytesMax = std::size_t{16} << 20U;

struct KeptSheet {
  WallTime fetched_at;
  std::string text;  // as it came
};

class SheetKeeper {
 public:
  explicit SheetKeeper(const std::string& app_dir);

  // Nothing: there is none of this source, or it cannot be read.
  [[nodiscard]] std::optional<KeptSheet> load(std::string_view source) const;
  // In place of the one before. Fails with kStoreUnavailable.
  [[nodiscard]] Result<void> keep(std::string_view source, const KeptSheet& sheet) const;

 private:
  std::string path_;
};

}  // namespace bifrost::app
