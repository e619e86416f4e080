#include "base/version.h"

namespace bifrost {
namespace {

constexpr std::string_view kVersion = BIFROST_VERSION;
constexpr std::string_view kUserAgent = "bifrost/" BIFROST_VERSION;

}  // namespace

std::string_view version() { return kVersion; }

std::string_view user_agent() { return kUserAgent; }

}  // namespace bifrost
