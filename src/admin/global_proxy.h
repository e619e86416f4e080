// The proxy of all as the API shows it.
#pragma once

#include "json/writer.h"
#include "provider/settings/global_proxy.h"

namespace bifrost::admin {

// Plain texts, as the original has them; a password is redacted.
void write_global_proxy(json::Writer& writer, const provider::GlobalProxySettings& proxy);

}  // namespace bifrost::admin
