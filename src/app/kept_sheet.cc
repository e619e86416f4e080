#include "app/kept_sheet.h"

#include "base/read_file.h"
#include "base/strings.h"
#include "base/timestamp.h"
#include "base/try.h"
#include "json/document.h"
#include "json/writer.h"
#include "store/digest.h"
#include "store/private_file.h"

#include <chrono>
#include <filesystem>
#include <system_error>

namespace bifrost::app {
namespace {

constexpr std::size_t kHeadBytesMax = 1024;  // what stands around the sheet

}  // namespace

SheetKeeper::SheetKeeper(const std::string& app_dir)
    : path_((std::filesystem::path(app_dir) / "price-sheet.json").string()) {}

// The address of the source may hold a secret, so its digest stands for it.
std::optional<KeptSheet> SheetKeeper::load(std::string_view source) const {
  const std::string text = read_file(path_, kSheetBytesMax + kHeadBytesMax);
  const auto document = json::Document::parse(text);
  if (!document || document->root()["source"].string_or("") != store::sha256(source)) {
    return std::nullopt;
  }
  const auto fetched_at = document->root()["fetched_at"].integer();
  const std::string_view sheet = document->root()["sheet"].raw();
  if (!fetched_at || sheet.empty()) return std::nullopt;
  return KeptSheet{.fetched_at = WallTime(std::chrono::milliseconds(*fetched_at)),
                   .text = std::string(sheet)};
}

Result<void> SheetKeeper::keep(std::string_view source, const KeptSheet& sheet) const {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().member("source", std::string_view(store::sha256(source)));
  writer.member("fetched_at", unix_milliseconds(sheet.fetched_at));
  writer.key("sheet").raw(trim(sheet.text)).end_object();
  const std::string fresh = path_ + ".new";
  std::error_code failed;
  std::filesystem::remove(fresh, failed);  // of one who was killed while he wrote it
  BF_TRY_VOID(store::write_private_file(fresh, text));
  std::filesystem::rename(fresh, path_, failed);
  if (!failed) return {};
  return gateway_error(ErrorCode::kStoreUnavailable,
                       "cannot write " + quoted(path_, 256) + ": " + failed.message());
}

}  // namespace bifrost::app
