// /api/pricing: the price sheet that is fetched.

#include "admin/resources.h"
#include "admin/show.h"
#include "base/timestamp.h"
#include "base/try.h"

namespace bifrost::admin {

Result<Answer> sync_prices(const Call& call) {
  if (call.prices == nullptr) {
    return client_error(ErrorCode::kUnsupportedOperation, "no price sheet is fetched here");
  }
  BF_TRY(const exchange::PriceSheets::State state, call.prices->sync());
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("status", "success").member("message", "Prices read");
  writer.member("models", static_cast<std::int64_t>(state.models));
  writer.member("skipped", static_cast<std::int64_t>(state.skipped));
  writer.member("fetched_at", std::string_view(rfc3339_text(state.fetched_at.value_or(call.now))));
  writer.end_object();
  return answer;
}

}  // namespace bifrost::admin
