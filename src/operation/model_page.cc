#include "operation/model_page.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace bifrost::operation {
namespace {

using dialect::ModelRow;

// Where the model of that id stands.
Result<std::size_t> place_of(const std::vector<ModelRow>& rows, std::string_view id,
                             std::string_view name) {
  const auto found = std::ranges::find(rows, id, &ModelRow::id);
  if (found != rows.end()) return static_cast<std::size_t>(found - rows.begin());
  return client_error(ErrorCode::kInvalidRequest,
                      std::string(name) + " " + quoted(id) +
                          " is no model of this list; begin again without " + std::string(name),
                      std::string(name));
}

}  // namespace

Result<dialect::ModelPage> page_of(std::vector<ModelRow> rows, const dialect::ModelQuery& query) {
  std::size_t begin = 0;
  std::size_t end = rows.size();
  if (!query.after.empty()) {
    BF_TRY(const std::size_t place, place_of(rows, query.after, query.after_name));
    begin = place + 1;
  }
  if (!query.before.empty()) {
    BF_TRY(const std::size_t place, place_of(rows, query.before, query.before_name));
    end = std::max(place, begin);
  }
  const bool more = query.limit > 0 && end - begin > query.limit;
  const bool backwards = query.after.empty() && !query.before.empty();
  if (more && backwards) begin = end - query.limit;
  if (more && !backwards) end = begin + query.limit;

  dialect::ModelPage page;
  page.rows.assign(std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(begin)),
                   std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(end)));
  if (more) page.next = backwards ? page.rows.front().id : page.rows.back().id;
  return page;
}

}  // namespace bifrost::operation
