#include "record/status_label.h"

#include <algorithm>

namespace bifrost::record {
namespace {

// Those of the registry (RFC 9110) that an answer may have, nginx's 499, and those of 52x, 529 and
// 530 by which Cloudflare and Anthropic tell of overload.
constexpr int kUsual[] = {200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303,
                          304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
                          410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425,
                          426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507,
                          508, 510, 511, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530};
static_assert(std::ranges::is_sorted(kUsual));

}  // namespace

StatusLabel::StatusLabel(int status)
    : text_(std::to_string(status)),
      standing_(std::ranges::binary_search(kUsual, status) ? telemetry::Standing::kOurs
                                                           : telemetry::Standing::kTried) {}

}  // namespace bifrost::record
