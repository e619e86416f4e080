#include "config/markdown_writer.h"

#include "config/bounds.h"

namespace bifrost::config {
namespace {

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

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

}  // namespace

const std::string_view kTypesLegend =
    R"(- **secret**: a text, `env.NAME` for the value of an environment variable, or an object
  `{"value": ..., "ref": ..., "type": "plain_text" | "env", "env_var": ..., "from_env": ...}`. It is never shown.
- **text or env**: the same, for a text that may be shown.
- **duration**: a text such as `30s`, `1h30m` or `250ms`, or a whole number of the unit that is named.
)";

void MarkdownWriter::unserved(std::string_view name, Shape /*shape*/, std::string_view /*text*/) {
  unserved_ += (unserved_.empty() ? "" : ", ") + code(name);
}

std::string MarkdownWriter::type_text(const bool& /*sample*/, const Facts& /*facts*/) {
  return "boolean";
}
std::string MarkdownWriter::type_text(const std::int64_t& /*sample*/, const Facts& /*facts*/) {
  return "integer";
}
std::string MarkdownWriter::type_text(const double& /*sample*/, const Facts& /*facts*/) {
  return "number";
}
std::string MarkdownWriter::type_text(const std::string& /*sample*/, const Facts& facts) {
  return facts.env ? "text or env" : "text";
}
std::string MarkdownWriter::type_text(const std::chrono::milliseconds& /*sample*/,
                                      const Facts& facts) {
  return facts.unit == std::chrono::seconds(1) ? "duration (s)" : "duration (ms)";
}
std::string MarkdownWriter::type_text(const Secret& /*sample*/, const Facts& /*facts*/) {
  return "secret";
}
std::string MarkdownWriter::type_text(const RawJson& /*sample*/, const Facts& /*facts*/) {
  return "any JSON";
}

std::string MarkdownWriter::choices(std::span<const std::string_view> texts) {
  std::string out;
  for (const std::string_view choice : texts) out += (out.empty() ? "" : ", ") + code(choice);
  return out;
}

std::string MarkdownWriter::member_path(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void MarkdownWriter::row(std::string_view name, const std::string& type, const std::string& value,
                         const Facts& facts) {
  table_ += "| " + code(name) + " | " + type + " | " + (value.empty() ? "" : code(value)) + " | " +
            meaning(facts) + " |\n";
}

std::string MarkdownWriter::finish(std::string_view text) const {
  std::string out = path_.empty() ? "\n## Top level\n"
                                  : "\n## " + code(path_) + "\n\n" + std::string(text) + "\n";
  out += "\n| Setting | Type | Default | Meaning |\n| --- | --- | --- | --- |\n" + table_;
  if (!unserved_.empty()) {
    out += "\nAccepted with a warning, without effect yet: " + unserved_ + ".\n";
  }
  return out + below_;
}

}  // namespace bifrost::config
