#include "config/bounds.h"
#include "config/emit.h"
#include "config/value_writer.h"

#include <utility>

namespace bifrost::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Settings: `config.json`

This page is printed by `bifrost schema config-docs`; do not edit it.

All sections are optional. Unknown keys are errors. `null` means "not given".

- **secret**: a text, `env.NAME` for the value of an environment variable, or an object
  `{"value": ..., "ref": ..., "type": "plain_text" | "env", "env_var": ..., "from_env": ...}`. It is never shown.
- **text or env**: the same, for a text that may be shown.
- **duration**: a text such as `30s`, `1h30m` or `250ms`, or a whole number of the unit that is named.
)";

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string type_text(const bool& /*sample*/, const Facts& /*facts*/) { return "boolean"; }
std::string type_text(const std::int64_t& /*sample*/, const Facts& /*facts*/) { return "integer"; }
std::string type_text(const double& /*sample*/, const Facts& /*facts*/) { return "number"; }
std::string type_text(const std::string& /*sample*/, const Facts& facts) {
  return facts.env ? "text or env" : "text";
}
std::string type_text(const std::chrono::milliseconds& /*sample*/, const Facts& facts) {
  return facts.unit == std::chrono::seconds(1) ? "duration (s)" : "duration (ms)";
}
std::string type_text(const Secret& /*sample*/, const Facts& /*facts*/) { return "secret"; }
std::string type_text(const RawJson& /*sample*/, const Facts& /*facts*/) { return "any JSON"; }
template <NamedEnum E>
std::string type_text(const E& /*sample*/, const Facts& /*facts*/) {
  std::string out;
  for (const std::string_view choice : EnumTexts<E>::kTexts)
    out += (out.empty() ? "" : ", ") + code(choice);
  return out;
}
template <Described Settings>
std::string type_text(const Settings& /*sample*/, const Facts& /*facts*/) {
  return FromText<Settings> ? "text or object" : "object";
}
template <class T>
std::string type_text(const std::optional<T>& sample, const Facts& facts);
template <class T>
std::string type_text(const OrderedMap<T>& sample, const Facts& facts);
template <class T>
std::string type_text(const std::vector<T>& /*sample*/, const Facts& facts) {
  return "list of " + type_text(T{}, facts);
}
template <class T>
std::string type_text(const OrderedMap<T>& /*sample*/, const Facts& facts) {
  return "map of " + type_text(T{}, facts);
}
template <class T>
std::string type_text(const std::optional<T>& /*sample*/, const Facts& facts) {
  return type_text(T{}, facts);
}

// The text, and after it what the other facts say.
std::string meaning(const Facts& facts) {
  std::string out(facts.text);
  // That a duration is not negative goes without saying.
  const bool is_any_duration = facts.unit.count() > 0 && facts.minimum == 0 && !facts.maximum;
  if (std::string bounds = show_bounds(facts); !bounds.empty() && !is_any_duration) {
    bounds.front() = bounds.front() == 'a' ? 'A' : 'B';
    out += " " + bounds + ".";
  }
  if (facts.required) out += " **Required.**";
  if (!facts.served) out += " **Not served yet, without effect.**";
  if (facts.restart) out += " Needs a restart.";
  if (facts.ours) out += " Not in the original.";
  for (const std::string_view former : facts.formerly) {
    if (!former.empty()) out += " Formerly " + code(former) + ".";
  }
  return out;
}

// Writes the table of one struct, and the sections of the structs in it below.
class MarkdownWriter {
 public:
  explicit MarkdownWriter(std::string path) : path_(std::move(path)) {}

  template <Described Settings>
  static std::string section(const std::string& path, std::string_view text,
                             const Settings& sample) {
    MarkdownWriter writer(path);
    sample.describe(writer);
    return writer.finish(text);
  }

  template <class T>
  void field(std::string_view name, const T& member, const Facts& facts) {
    const std::string value = default_json(member, facts);
    table_ += "| " + code(name) + " | " + type_text(member, facts) + " | " +
              (value.empty() ? "" : code(value)) + " | " + meaning(facts) + " |\n";
    below_ += nested(member_path(name), facts, member);
  }
  void unserved(std::string_view name, Shape /*shape*/, std::string_view /*text*/) {
    unserved_ += (unserved_.empty() ? "" : ", ") + code(name);
  }

 private:
  [[nodiscard]] std::string member_path(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  }

  template <class T>
  static std::string nested(const std::string& /*path*/, const Facts& /*facts*/,
                            const T& /*sample*/) {
    return {};
  }
  template <Described Settings>
  static std::string nested(const std::string& path, const Facts& facts, const Settings& sample) {
    return section(path, facts.text, sample);
  }
  template <class T>
  static std::string nested(const std::string& path, const Facts& facts,
                            const std::optional<T>& /*sample*/) {
    return nested(path, facts, T{});
  }
  template <class T>
  static std::string nested(const std::string& path, const Facts& facts,
                            const std::vector<T>& /*sample*/) {
    return nested(path + "[]", facts, T{});
  }
  template <class T>
  static std::string nested(const std::string& path, const Facts& facts,
                            const OrderedMap<T>& /*sample*/) {
    return nested(path + ".<name>", facts, T{});
  }

  [[nodiscard]] std::string finish(std::string_view text) const {
    std::string out = path_.empty() ? "\n## Top level\n"
                                    : "\n## " + code(path_) + "\n\n" + std::string(text) + "\n";
    out += "\n| Setting | Type | Default | Meaning |\n| --- | --- | --- | --- |\n" + table_;
    if (!unserved_.empty())
      out += "\nAccepted with a warning, without effect yet: " + unserved_ + ".\n";
    return out + below_;
  }

  std::string path_;
  std::string table_;
  std::string unserved_;
  std::string below_;
};

}  // namespace

std::string markdown_reference() {
  return std::string(kIntroduction) + MarkdownWriter::section({}, {}, Config{});
}

}  // namespace bifrost::config
