#include "record/access_log.h"

#include "base/log.h"

#include <vector>

namespace bifrost::record {
namespace {

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::vector<log::Field> fields_of(const Request& request) {
  const Error* error = request.error;
  return {{"request_id", request.id},
          {"method", log::clipped(request.method)},
          {"path", log::clipped(request.path)},
          {"status", request.status},
          {"ms", milliseconds(request.duration)},
          {"bytes_in", request.request_bytes},
          {"bytes_out", request.response_bytes},
          {"error", error != nullptr ? error->name() : std::string_view()}};
}

void add_call(const ModelCall& call, std::vector<log::Field>& fields) {
  static const Service kNobody;
  const Service& service = call.service != nullptr ? *call.service : kNobody;
  fields.insert(fields.end(), {{"model", log::clipped(call.model)},
                               {"streamed", call.stream ? 1 : 0},
                               {"provider", service.provider},
                               {"served_model", service.model},
                               {"key", service.key_name},
                               {"fallback", service.fallback_index},
                               {"rule", call.rule_name},
                               {"retries", service.retries},
                               {"upstream_ms", milliseconds(call.upstream_time)},
                               {"input_tokens", service.usage.input_total()},
                               {"output_tokens", service.usage.output_total()}});
}

}  // namespace

bool AccessLog::drawn() { return share_ > 0 && (share_ >= 1 || random_.unit() < share_); }

void AccessLog::attempt_ended(const Request& /*request*/, const Attempt& /*attempt*/) {}

void AccessLog::request_ended(const Request& request) {
  if (!drawn() || !log::enabled(log::Level::kInfo)) return;
  std::vector<log::Field> fields = fields_of(request);
  if (request.call != nullptr) add_call(*request.call, fields);
  log::write(log::Level::kInfo, "access", "request", fields);
}

}  // namespace bifrost::record
