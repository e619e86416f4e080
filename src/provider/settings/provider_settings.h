// One provider: its keys, its network, its queue, and what makes it a custom one.
#pragma once

#include "config/facts.h"
#include "config/ordered_map.h"
#include "llm/operation.h"
#include "provider/openai/settings.h"
#include "provider/settings/key_settings.h"
#include "provider/settings/network_settings.h"
#include "provider/settings/proxy_settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::provider {

// Section `concurrency_and_buffer_size` of a provider.
struct ConcurrencySettings {
  std::int64_t concurrency = 1000;
  std::int64_t buffer_size = 5000;

  void describe(this auto& self, auto& visit) {
    visit.field("concurrency", self.concurrency,
                {.text = "Most requests that are under way to the provider at once.",
                 .minimum = 1,
                 .maximum = 1'000'000});
    visit.field("buffer_size", self.buffer_size,
                {.text = "Most requests that wait for one of those places; at least `concurrency`.",
                 .minimum = 1,
                 .maximum = 10'000'000});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const ConcurrencySettings&, const ConcurrencySettings&) = default;
};

// Section `custom_provider_config`: a provider under a name of the user's choice.
struct CustomProviderSettings {
  std::string base_provider_type;
  bool is_key_less = false;
  std::optional<config::OrderedMap<bool>> allowed_requests;  // absent: all; empty: none
  config::OrderedMap<std::string> request_path_overrides;
  bool does_not_send_done_marker = false;

  void describe(this auto& self, auto& visit) {
    visit.field("base_provider_type", self.base_provider_type,
                {.text = "The provider whose wire format and rules apply.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("is_key_less", self.is_key_less, {.text = "The provider needs no keys."});
    visit.field("allowed_requests", self.allowed_requests,
                {.text = "Operations that are served; without this setting all, with it only those "
                         "that are set to true. Responses that it does not name go as chats.",
                 .one_of = llm::request_type_names()});
    visit.field(
        "request_path_overrides", self.request_path_overrides,
        {.text = "Operation, and the path below `base_url` or the full URL that it goes to.",
         .form = config::Form::kPathOrUrl,
         .one_of = llm::request_type_names()});
    visit.field("does_not_send_done_marker", self.does_not_send_done_marker,
                {.text = "The provider's streams end without `[DONE]`."});
  }

  friend bool operator==(const CustomProviderSettings&, const CustomProviderSettings&) = default;
};

// One entry of `providers`.
struct ProviderSettings {
  std::vector<KeySettings> keys;
  NetworkSettings network;
  ConcurrencySettings concurrency;
  ProxySettings proxy;
  bool send_back_raw_request = false;
  bool send_back_raw_response = false;
  std::optional<CustomProviderSettings> custom;
  OpenAiSettings openai;
  config::RawJson prompt_cache;

  void describe(this auto& self, auto& visit) {
    visit.field("keys", self.keys,
                {.text = "Credentials; at least one, unless the provider needs none."});
    visit.field("network_config", self.network, {.text = "How the provider is reached."});
    visit.field("concurrency_and_buffer_size", self.concurrency,
                {.text = "How many requests run and how many wait."});
    visit.field("proxy_config", self.proxy,
                {.text = "Proxy between the gateway and the provider."});
    visit.field("send_back_raw_request", self.send_back_raw_request,
                {.text = "Put the request as the provider got it into `extra_fields`."});
    visit.field("send_back_raw_response", self.send_back_raw_response,
                {.text = "Put the provider's response as it came into `extra_fields`."});
    visit.field("custom_provider_config", self.custom,
                {.text = "Makes an entry with a name of your choice a provider."});
    visit.field("openai_config", self.openai, {.text = "For providers of the type `openai`."});
    visit.field("prompt_cache", self.prompt_cache,
                {.text = "Adds cache markers to prompts.", .served = false});
    visit.unserved("store_raw_request_response", config::Shape::kBool,
                   "Log the raw bytes of both sides.");
    visit.unserved("meta_config", config::Shape::kObject,
                   "Former place of what only one provider needs; it stands with its keys now.");
    visit.unserved("provider_request_id", config::Shape::kObject,
                   "Name of the provider's request id header.");
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const ProviderSettings&, const ProviderSettings&) = default;
};

// Section `providers`.
using Providers = config::OrderedMap<ProviderSettings>;

}  // namespace bifrost::provider
