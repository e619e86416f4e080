// The parts of a key that only one provider's keys have, such as `vllm_key_config`.
//
// A part stands in the folder of its provider and says under which name it stands in the file:
//
//   struct VllmKeySettings {
//     static constexpr std::string_view kSection = "vllm_key_config";
//     static constexpr std::string_view kText = "Provider vllm: the server of the key.";
//     OwnServer server() const;  // only where the key names a server
//     void describe(this auto& self, auto& visit);
//   };
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace bifrost::provider {

// The server behind one key. Views into the settings.
struct OwnServer {
  std::string_view url = {};         // empty: the key has no server of its own
  std::string_view only_model = {};  // that it serves; empty: any
};

// At most one of each.
template <class... Parts>
class KeyParts {
 public:
  template <class Part>
  [[nodiscard]] const Part* find() const {
    const auto& part = std::get<std::optional<Part>>(parts_);
    return part ? &*part : nullptr;
  }
  template <class Part>
  void set(Part part) {
    std::get<std::optional<Part>>(parts_) = std::move(part);
  }

  // That of the first part which names one.
  [[nodiscard]] OwnServer server() const {
    OwnServer found;
    (consider(std::get<std::optional<Parts>>(parts_), found), ...);
    return found;
  }

  void describe(this auto& self, auto& visit) {
    (visit.field(Parts::kSection, std::get<std::optional<Parts>>(self.parts_),
                 {.text = Parts::kText}),
     ...);
  }

  friend bool operator==(const KeyParts&, const KeyParts&) = default;

 private:
  template <class Part>
  static void consider(const std::optional<Part>& part, OwnServer& found) {
    if constexpr (requires { part->server(); }) {
      if (part && found.url.empty()) found = part->server();
    }
  }

  std::tuple<std::optional<Parts>...> parts_;
};

}  // namespace bifrost::provider
