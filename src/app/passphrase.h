// What the secrets of the database are sealed with, as the configuration and the environment say.
#pragma once

#include "app/config.h"
#include "base/result.h"
#include "config/environment.h"
#include "store/seal.h"

#include <string>

namespace bifrost::app {

// For a database that lives as long as the process, and so does what is sealed in it.
[[nodiscard]] store::Passphrase passing_passphrase();

// `encryption_key`, BIFROST_ENCRYPTION_KEY, or one of the gateway's own in the app dir. Fails with
// kConfigInvalid where it must be given and is not.
[[nodiscard]] Result<store::Passphrase> passphrase_of(const Config& config,
                                                      const config::Environment& environment,
                                                      const std::string& app_dir);

}  // namespace bifrost::app
