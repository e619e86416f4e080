// A text that must never be shown: an API key, a password, the value of a header.
//
// Whatever prints a Secret prints "<redacted>"; only `reveal` gives the text away, so that a search
// for it finds every place that does. It remembers where its text came from, which is no secret.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::config {

inline constexpr std::string_view kRedacted = "<redacted>";

class Secret {
 public:
  Secret() = default;
  // `reference` is what stands in the file when the text does not: "env.OPENAI_API_KEY".
  explicit Secret(std::string text, std::string reference = {})
      : text_(std::move(text)), reference_(std::move(reference)) {}

  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] const std::string& reference() const { return reference_; }
  // The name in a reference to the environment; empty: it is none.
  [[nodiscard]] std::string_view variable() const;
  [[nodiscard]] bool empty() const { return text_.empty(); }

  // A text and a reference to the same text are two: the second one may change.
  friend bool operator==(const Secret& a, const Secret& b) = default;

  // Whoever asks for a text to show gets this one.
  friend std::string_view format_as(const Secret& /*secret*/) { return kRedacted; }
  friend std::string to_string(const Secret& /*secret*/) { return std::string(kRedacted); }
  friend std::ostream& operator<<(std::ostream& out, const Secret& secret);

 private:
  std::string text_;
  std::string reference_;
};

}  // namespace bifrost::config
