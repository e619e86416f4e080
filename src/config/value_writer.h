// Writes settings as JSON, without their secrets or with what a SecretKeeper makes of them: the
// visitor behind the redacted dump, the defaults of the schema and what is stored; dump.h and the
// other writers are the way in.
#pragma once

#include "config/duration.h"
#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/secret.h"
#include "config/secret_keeper.h"
#include "config/shared_list.h"
#include "json/writer.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::config {

class ValueWriter {
 public:
  enum class Members : std::uint8_t {
    kAll,
    kSet,  // whose value is another than the default's, and those that must not be absent
  };
  // Both outlive this. Without a keeper, what is secret is redacted.
  explicit ValueWriter(json::Writer& writer, const SecretKeeper* keeper = nullptr,
                       Members members = Members::kAll)
      : writer_(writer), keeper_(keeper), members_(members) {}

  // As the management API has them: a secret is an object that says where it comes from, a duration
  // a number.
  void write_for_api() { for_api_ = true; }

  void write(bool value, const Facts& /*facts*/) { writer_.boolean(value); }
  void write(std::int64_t value, const Facts& /*facts*/) { writer_.integer(value); }
  void write(double value, const Facts& /*facts*/) { writer_.number(value); }
  void write(const std::string& value, const Facts& facts) {
    const bool is_address = facts.form == Form::kUrl || facts.form == Form::kPathOrUrl;
    // What of it would be redacted may be a key.
    const std::string shown = is_address ? redacted_url(value) : value;
    if (shown != value && keeper_ != nullptr) {
      write_kept(keeper_->seal(value));
    } else {
      writer_.string(shown);
    }
  }
  void write(std::chrono::milliseconds value, const Facts& facts) {
    if (for_api_ && value % facts.unit == std::chrono::milliseconds(0)) {
      writer_.integer(value / facts.unit);
    } else {
      writer_.string(format_duration(value));
    }
  }
  void write(const Secret& value, const Facts& /*facts*/) {
    if (for_api_) {
      write_object(value);
    } else if (value.empty() || !value.reference().empty()) {
      writer_.string(value.reference());
    } else if (keeper_ != nullptr) {
      write_kept(keeper_->seal(value.reveal()));
    } else {
      writer_.string(kRedacted);
    }
  }
  // Nobody knows what it holds.
  void write(const RawJson& value, const Facts& /*facts*/) {
    if (keeper_ != nullptr) {
      writer_.raw(value.text);
    } else {
      writer_.string(kRedacted);
    }
  }
  template <NamedEnum E>
  void write(E value, const Facts& /*facts*/) {
    writer_.string(enum_text(value));
  }
  template <class T>
  void write(const std::optional<T>& value, const Facts& facts) {
    write(*value, facts);
  }
  template <List L>
  void write(const L& list, const Facts& facts) {
    writer_.begin_array();
    for (const auto& element : list) write(element, element_facts(facts));
    writer_.end_array();
  }
  template <class T>
  void write(const OrderedMap<T>& map, const Facts& facts) {
    writer_.begin_object();
    for (const auto& [name, value] : map) {
      writer_.key(name);
      write(value, element_facts(facts));
    }
    writer_.end_object();
  }
  template <Described Settings>
  void write(const Settings& settings, const Facts& /*facts*/) {
    writer_.begin_object();
    if (members_ == Members::kAll) {
      settings.describe(*this);
    } else {
      const Settings fresh{};
      OfDefault of_default(*this);
      fresh.describe(of_default);
      OfSet of_set(*this, std::move(of_default).texts());
      settings.describe(of_set);
    }
    writer_.end_object();
  }

  template <class T>
  void field(std::string_view name, const T& member, const Facts& facts) {
    if (is_absent(member)) return;
    writer_.key(name);
    write(member, facts);
  }
  void unserved(std::string_view /*name*/, Shape /*shape*/, std::string_view /*text*/) {}

 private:
  // A member as a text by itself; empty: it is absent.
  template <class T>
  [[nodiscard]] std::string text_of(const T& member, const Facts& facts) const {
    std::string out;
    if (is_absent(member)) return out;
    json::Writer writer(out);
    ValueWriter(writer, keeper_, members_).write(member, facts);
    return out;
  }

  // The members of a default-constructed struct, as texts in their order.
  class OfDefault {
   public:
    explicit OfDefault(const ValueWriter& to) : to_(to) {}
    template <class T>
    void field(std::string_view /*name*/, const T& member, const Facts& facts) {
      texts_.push_back(to_.text_of(member, facts));
    }
    void unserved(std::string_view /*name*/, Shape /*shape*/, std::string_view /*text*/) {}
    [[nodiscard]] std::vector<std::string> texts() && { return std::move(texts_); }

   private:
    const ValueWriter& to_;
    std::vector<std::string> texts_;
  };

  // Writes those that differ from it, or have to stand there.
  class OfSet {
   public:
    OfSet(ValueWriter& to, std::vector<std::string> defaults)
        : to_(to), defaults_(std::move(defaults)) {}
    template <class T>
    void field(std::string_view name, const T& member, const Facts& facts) {
      const std::string text = to_.text_of(member, facts);
      const bool is_default = text == defaults_[next_++];
      if (text.empty() || (is_default && !facts.required)) return;
      to_.writer_.key(name).raw(text);
    }
    void unserved(std::string_view /*name*/, Shape /*shape*/, std::string_view /*text*/) {}

   private:
    ValueWriter& to_;
    std::vector<std::string> defaults_;
    std::size_t next_ = 0;
  };

  // A text that would be taken for a reference says that it is none.
  void write_kept(const std::string& text) {
    if (!text.starts_with("env.") && !text.starts_with("vault.")) {
      writer_.string(text);
      return;
    }
    writer_.begin_object().member("value", std::string_view(text));
    writer_.member("type", "plain_text").end_object();
  }

  void write_object(const Secret& value) {
    const bool is_variable = !value.reference().empty();
    const bool is_kept = !is_variable && !value.empty();
    writer_.begin_object().member("value", is_kept ? kRedacted : std::string_view());
    writer_.member("ref", std::string_view(value.reference()));
    writer_.member("type", std::string_view(is_variable ? "env" : "plain_text"));
    writer_.member("env_var", std::string_view(value.reference()));
    writer_.member("from_env", is_variable).end_object();
  }

  template <class T>
  static bool is_absent(const T& /*member*/) {
    return false;
  }
  template <class T>
  static bool is_absent(const std::optional<T>& member) {
    return !member.has_value();
  }
  static bool is_absent(const RawJson& member) { return member.text.empty(); }

  json::Writer& writer_;
  const SecretKeeper* keeper_;
  Members members_;
  bool for_api_ = false;
};

// The default of a setting as JSON; empty when there is nothing to say: for sections, for what may
// be absent, and for empty texts.
template <class T>
[[nodiscard]] std::string default_json(const T& member, const Facts& facts) {
  if (facts.required) return {};
  std::string out;
  json::Writer writer(out);
  ValueWriter(writer).write(member, facts);
  return out == "\"\"" ? std::string() : out;
}
template <class T>
[[nodiscard]] std::string default_json(const std::optional<T>& /*member*/, const Facts& /*facts*/) {
  return {};
}
template <Described Settings>
[[nodiscard]] std::string default_json(const Settings& /*member*/, const Facts& /*facts*/) {
  return {};
}
[[nodiscard]] inline std::string default_json(const RawJson& /*member*/, const Facts& /*facts*/) {
  return {};
}

}  // namespace bifrost::config
