#include "provider/endpoint.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <utility>

namespace bifrost::provider {
namespace {

// A setting that makes this provider unusable. `param` is its path.
Error bad_setting(std::string param, std::string_view why) {
  Error error = gateway_error(ErrorCode::kConfigInvalid, param + ": " + std::string(why));
  error.param = std::move(param);
  return error;
}

Result<http::Url> parse_setting(std::string param, std::string_view text) {
  auto url = http::parse_url(text);
  if (!url) return bad_setting(std::move(param), url.error().message);
  return url;
}

// Two of one of these, or a wrong one, and nobody knows where a request ends.
constexpr std::string_view kFraming[] = {"host", "content-length", "transfer-encoding",
                                         "connection"};

class Builder {
 public:
  Builder(std::string_view name, const ProviderSpec& spec, const ProviderSettings& settings)
      : path_("providers." + std::string(name)), spec_(spec), settings_(settings) {
    out_.endpoint.name = name;
    out_.endpoint.spec = &spec;
    out_.endpoint.settings = settings;
  }

  Result<BuiltEndpoint> build() {
    BF_TRY_VOID(set_base());
    BF_TRY_VOID(check_headers());
    BF_TRY_VOID(set_keys());
    BF_TRY_VOID(set_path_overrides());
    for (const SideSpec& side : spec_.sides) out_.endpoint.sides.push_back(make_side(side));
    return std::move(out_);
  }

 private:
  Result<void> set_base() {
    const std::string& configured = settings_.network.base_url;
    const std::string_view base =
        configured.empty() ? spec_.base_url : std::string_view(configured);
    if (base.empty()) return {};
    BF_TRY(base_, parse_setting(path_ + ".network_config.base_url", base));
    return {};
  }

  Result<void> check_headers() const {
    for (const auto& [name, value] : settings_.network.extra_headers) {
      if (std::ranges::none_of(kFraming, [&](auto each) { return iequals(each, name); })) continue;
      return bad_setting(path_ + ".network_config.extra_headers." + name,
                         "the gateway sets this header itself");
    }
    return {};
  }

  Result<void> set_keys() {
    Endpoint& endpoint = out_.endpoint;
    const bool declared_keyless = settings_.custom && settings_.custom->is_key_less;
    endpoint.keyless = spec_.key_rule == KeyRule::kNone || declared_keyless ||
                       (spec_.key_rule == KeyRule::kOptional && settings_.keys.empty());
    // They may come one by one while the gateway runs.
    if (!endpoint.keyless && settings_.keys.empty()) {
      out_.warnings.push_back(path_ + ".keys: there are none, so it serves nobody.");
    }
    const bool has_address = spec_.built_in || !base_.host.empty();
    if (endpoint.keyless && !has_address) {
      return bad_setting(path_ + ".network_config.base_url",
                         spec_.url_per_key
                             ? "the provider has no address: give it here, or to a key in " +
                                   std::string(spec_.name) + "_key_config.url"
                             : std::string("the provider has no address: give it here"));
    }
    if (endpoint.keyless) return {};
    for (std::size_t i = 0; i < settings_.keys.size(); ++i) {
      BF_TRY_VOID(add_key(settings_.keys[i], path_ + ".keys[" + std::to_string(i) + "]"));
    }
    return {};
  }

  Result<void> add_key(const KeySettings& settings, const std::string& path) {
    Key key{.settings = settings, .url = std::nullopt, .only_model = {}};
    const OwnServer server = settings.own.server();
    if (!server.url.empty()) {
      BF_TRY(key.url, parse_setting(path + ".url", server.url));
    } else if (base_.host.empty()) {
      return bad_setting(path, "the key needs " + std::string(spec_.name) +
                                   "_key_config.url, or the provider network_config.base_url");
    }
    key.only_model = server.only_model;
    if (spec_.on_request() == nullptr) ignore_anthropic_endpoints(key.settings, path);
    BF_TRY_VOID(set_token_urls(key, path));
    const bool fetched = !key.token_urls.empty();
    if (settings.value.empty() && !fetched && spec_.key_rule == KeyRule::kRequired) {
      out_.warnings.push_back(path + " (" + settings.name + ") has no value and is not used.");
      return {};
    }
    out_.endpoint.keys.push_back(std::move(key));
    return {};
  }

  Result<void> set_token_urls(Key& key, const std::string& path) const {
    if (spec_.tokens == nullptr) return {};
    auto urls = spec_.tokens->addresses(key.settings);
    if (!urls) return bad_setting(path, urls.error().message);
    key.token_urls = *std::move(urls);
    return {};
  }

  // What no row can do is switched off here, so that nobody else has to ask.
  void ignore_anthropic_endpoints(KeySettings& settings, const std::string& path) {
    const auto warn = [&](std::string_view below) {
      out_.warnings.push_back(path + std::string(below) +
                              "use_anthropic_endpoints has no effect: provider " +
                              std::string(spec_.name) + " has no such endpoints.");
    };
    if (settings.use_anthropic_endpoints) warn(".");
    settings.use_anthropic_endpoints = false;
    for (auto& [model, alias] : settings.aliases) {
      if (alias.use_anthropic_endpoints.value_or(false)) warn(".aliases." + model + ".");
      alias.use_anthropic_endpoints.reset();
    }
  }

  [[nodiscard]] Side make_side(const SideSpec& spec) const {
    Side side{.spec = &spec,
              .base = base_,
              .flavor = spec.flavor,
              .sends_done_marker = spec.sends_done_marker};
    if (settings_.custom && settings_.custom->does_not_send_done_marker && !spec.on_request) {
      side.sends_done_marker = false;
    }
    if (settings_.openai.disable_store && side.flavor.keeps_unless_told) {
      side.flavor.never_stores = true;
    } else if (settings_.openai.disable_store && !spec.on_request &&
               side.flavor.removed_fields.empty()) {
      // For a chat, no field is the same as `false`.
      static constexpr std::string_view kStore[] = {"store"};
      side.flavor.removed_fields = kStore;
    }
    // "https://api.deepseek.com/v1" is good for the usual side, where there is no other version.
    if (spec.path_of(llm::Operation::kChat).ends_with("/v1/messages") &&
        side.base.path.ends_with("/v1")) {
      side.base.path.resize(side.base.path.size() - 3);
    }
    return side;
  }

  Result<void> set_path_overrides() {
    if (!settings_.custom) return {};
    for (const auto& [name, value] : settings_.custom->request_path_overrides) {
      const std::string path = path_ + ".custom_provider_config.request_path_overrides." + name;
      const auto type = llm::find_request_type(name);
      if (!type) return bad_setting(path, "there is no such request type");
      PathOverride override{.type = *type, .url = std::nullopt, .target = {}};
      if (value.starts_with('/')) {
        if (!http::is_request_target(value)) return bad_setting(path, "it is not a path");
        override.target = value;
      } else {
        BF_TRY(override.url, parse_setting(path, value));
      }
      out_.endpoint.path_overrides.push_back(std::move(override));
    }
    return {};
  }

  std::string path_;
  const ProviderSpec& spec_;
  const ProviderSettings& settings_;
  http::Url base_;
  BuiltEndpoint out_;
};

bool asks_for_anthropic(const Endpoint& endpoint, const Key& key, std::string_view model) {
  const AliasSettings* alias = endpoint.alias(key, model);
  const bool by_key = key.settings.use_anthropic_endpoints;
  return alias == nullptr ? by_key : alias->use_anthropic_endpoints.value_or(by_key);
}

// May callers send requests of named types only?
bool has_list(const Endpoint& endpoint) {
  return endpoint.settings.custom && endpoint.settings.custom->allowed_requests;
}

// What that list says of one; nothing when it does not name it.
std::optional<bool> said_of(const Endpoint& endpoint, llm::RequestType type) {
  if (!has_list(endpoint)) return std::nullopt;
  const bool* allowed = endpoint.settings.custom->allowed_requests->find(llm::name_of(type));
  return allowed == nullptr ? std::nullopt : std::optional(*allowed);
}

Error unsupported(const Endpoint& endpoint, llm::RequestType type) {
  Error error = gateway_error(ErrorCode::kUnsupportedOperation,
                              "provider " + endpoint.name + " does not offer " +
                                  std::string(llm::name_of(type)) +
                                  ", or its configuration does not allow it");
  error.retry = Retry::kOtherTarget;
  return error;
}

}  // namespace

std::optional<llm::RequestType> Endpoint::carried(const Side& side, llm::RequestType type) const {
  if (said_of(*this, type) == false) return std::nullopt;
  const auto takes = [&](llm::RequestType form) {
    return side.spec->offers.has(form) && said_of(*this, form).value_or(!has_list(*this));
  };
  if (takes(type)) return type;
  if (!llm::is_conversation(type.operation)) return std::nullopt;
  for (const llm::Operation form : {llm::Operation::kChat, llm::Operation::kResponses}) {
    if (takes({form, type.stream})) return llm::RequestType{form, type.stream};
  }
  return std::nullopt;
}

bool Endpoint::allows(llm::RequestType type) const {
  return std::ranges::any_of(sides,
                             [&](const Side& side) { return carried(side, type).has_value(); });
}

Result<void> Endpoint::check_allowed(llm::RequestType type) const {
  if (allows(type)) return {};
  return unsupported(*this, type);
}

Result<const Side*> Endpoint::side(llm::RequestType type, const dialect::Dialect* inbound,
                                   const Key* key, std::string_view model) const {
  const bool wanted = key != nullptr && asks_for_anthropic(*this, *key, model);
  const Side* best = nullptr;
  for (const Side& side : sides) {
    if (!carried(side, type)) continue;
    if (side.spec->on_request) {
      if (wanted) return &side;
      continue;
    }
    const bool native = &side.dialect() == inbound;
    if (best == nullptr || (native && &best->dialect() != inbound)) best = &side;
  }
  if (best == nullptr) return unsupported(*this, type);
  return best;
}

std::string_view Endpoint::canonical_model(std::string_view model) const {
  return spec->canonical_model(model);
}

std::vector<std::string> Key::named_models() const {
  std::vector<std::string> names;
  for (const std::string& model : settings.models) {
    if (model != kEverything) names.push_back(model);
  }
  for (const auto& [alias, target] : settings.aliases) names.push_back(alias);
  if (!only_model.empty()) names.push_back(only_model);
  return names;
}

std::vector<std::string> Endpoint::named_models() const {
  std::vector<std::string> all;
  for (const Key& key : keys) {
    for (const std::string& model : key.named_models()) {
      all.emplace_back(canonical_model(model));
      const AliasSettings* target = alias(key, model);
      all.push_back(wire_model(target != nullptr ? target->model_id : model));
    }
  }
  return all;
}

const AliasSettings* Endpoint::alias(const Key& key, std::string_view model) const {
  const std::string_view wanted = canonical_model(model);
  for (const auto& [alias_name, settings_of_alias] : key.settings.aliases) {
    if (canonical_model(alias_name) == wanted) return &settings_of_alias;
  }
  return nullptr;
}

std::string Endpoint::wire_model(std::string_view model) const {
  return spec->wire_model == nullptr ? std::string(model) : spec->wire_model(model);
}

const PathOverride* Endpoint::path_override(llm::RequestType type) const {
  const auto found = std::ranges::find(path_overrides, type, &PathOverride::type);
  return found == path_overrides.end() ? nullptr : &*found;
}

Result<BuiltEndpoint> build_endpoint(std::string_view name, const ProviderSpec& spec,
                                     const ProviderSettings& settings) {
  return Builder(name, spec, settings).build();
}

}  // namespace bifrost::provider
