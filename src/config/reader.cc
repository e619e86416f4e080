#include "config/reader.h"

#include "base/strings.h"
#include "config/bounds.h"
#include "config/duration.h"
#include "json/writer.h"

#include <algorithm>
#include <cmath>

namespace bifrost::config {
namespace {

std::string_view unit_name(std::chrono::milliseconds unit) {
  return unit == std::chrono::seconds(1) ? "seconds" : "milliseconds";
}

}  // namespace

void Reader::wrong_type(std::string_view wanted, json::Value value) {
  problem("expected " + std::string(wanted) + ", got " + std::string(type_name(value.type())));
}

bool Reader::expect(json::Value value, json::Type type) {
  if (value.type() == type) return true;
  wrong_type(type_name(type), value);
  return false;
}

bool Reader::expect(json::Value value, Shape shape) {
  switch (shape) {
    case Shape::kAny:
      return true;
    case Shape::kBool:
      return expect(value, json::Type::kBool);
    case Shape::kString:
      return expect(value, json::Type::kString);
    case Shape::kArray:
      return expect(value, json::Type::kArray);
    case Shape::kObject:
      return expect(value, json::Type::kObject);
    case Shape::kInteger:
      if (value.integer()) return true;
      wrong_type("a whole number", value);
      return false;
  }
  return true;
}

bool Reader::in_bounds(double number, std::string_view shown, const Facts& facts) {
  if ((!facts.minimum || number >= *facts.minimum) &&
      (!facts.maximum || number <= *facts.maximum)) {
    return true;
  }
  problem(std::string(shown) + " is out of bounds: it must be " + show_bounds(facts));
  return false;
}

bool Reader::well_formed(Form form, std::string_view text) {
  if (text.contains('\0')) {
    problem("holds a zero byte (\\u0000), which no database and no header takes");
    return false;
  }
  const auto wrong = form_problem(form, text);
  if (wrong) problem(std::string(*wrong));
  return !wrong;
}

std::optional<std::size_t> Reader::choose(const std::string& text,
                                          std::span<const std::string_view> choices) {
  std::string list;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == text) return i;
    list += (i == 0 ? "" : ", ") + json::quoted(choices[i]);
  }
  problem("expected one of " + list + "; got " + json::quoted(utf8_prefix(text, 80)));
  return std::nullopt;
}

bool Reader::key_is_allowed(const std::string& key, const Facts& facts) {
  if (!facts.one_of.empty() && std::ranges::find(facts.one_of, key) == facts.one_of.end()) {
    const auto near = nearest(key, facts.one_of);
    problem("unknown key" + (near ? "; did you mean " + json::quoted(*near) + "?" : std::string()));
    return false;
  }
  return well_formed(facts.key_form, key);
}

void Reader::read(json::Value value, bool& member, const Facts& /*facts*/) {
  if (expect(value, json::Type::kBool)) member = value.boolean().value_or(member);
}

void Reader::read(json::Value value, std::int64_t& member, const Facts& facts) {
  const auto number = value.integer();
  if (!number) {
    if (value.is_number()) {
      const std::string shown(utf8_prefix(value.raw(), 40));
      const bool whole = value.raw().find_first_of(".eE") == std::string_view::npos;
      problem(whole ? shown + " is out of bounds: too large for any setting"
                    : "expected a whole number, got " + shown);
    } else {
      wrong_type("a whole number", value);
    }
    return;
  }
  if (in_bounds(static_cast<double>(*number), std::to_string(*number), facts)) member = *number;
}

void Reader::read(json::Value value, double& member, const Facts& facts) {
  if (!expect(value, json::Type::kNumber)) return;
  const auto number = value.number();
  if (!number) {
    problem("the number is too large");
    return;
  }
  if (in_bounds(*number, show_number(*number), facts)) member = *number;
}

void Reader::read(json::Value value, std::string& member, const Facts& facts) {
  std::string text;
  if (facts.env) {
    auto resolved = resolve(value);
    if (!resolved) return;
    text = std::move(resolved->text);
  } else {
    if (!expect(value, json::Type::kString)) return;
    text = value.string_or({});
    // An address may have a key in it; another text is what it is, whatever it begins with.
    const bool is_address = facts.form == Form::kUrl || facts.form == Form::kPathOrUrl;
    if (is_address && keeper_ != nullptr && keeper_->is_sealed(text)) {
      auto opened = resolve_sealed(text);
      if (!opened) return;
      text = std::move(opened->text);
    }
  }
  if (!facts.one_of.empty() && !choose(text, facts.one_of)) return;
  // An empty text is an absent one, unless the form says that there has to be one.
  const bool is_absent = text.empty() && facts.form != Form::kNonEmpty && !facts.required;
  if (!is_absent && !well_formed(facts.form, text)) return;
  member = std::move(text);
}

void Reader::read(json::Value value, std::chrono::milliseconds& member, const Facts& facts) {
  const double unit = static_cast<double>(facts.unit.count());
  std::optional<std::chrono::milliseconds> duration;
  std::string shown;
  if (const auto number = value.integer()) {
    shown = std::to_string(*number);
    const double milliseconds = static_cast<double>(*number) * unit;
    if (std::abs(milliseconds) > static_cast<double>(kDurationMax.count())) {
      problem(shown + " is out of bounds: it must be at most " + format_duration(kDurationMax));
      return;
    }
    duration = std::chrono::milliseconds(std::llround(milliseconds));
  } else if (value.is_string()) {
    shown = json::quoted(utf8_prefix(value.string_or({}), 80));
    duration = parse_duration(value.string_or({}));
  }
  if (!duration) {
    problem("expected a duration such as \"30s\" or \"1h30m\", or a whole number of " +
            std::string(unit_name(facts.unit)) + ", got " +
            (value.is_string()   ? shown
             : value.is_number() ? std::string(utf8_prefix(value.raw(), 40))
                                 : std::string(type_name(value.type()))));
    return;
  }
  if (in_bounds(static_cast<double>(duration->count()) / unit, shown, facts)) member = *duration;
}

void Reader::read(json::Value value, Secret& member, const Facts& facts) {
  auto resolved = resolve(value);
  if (!resolved || !well_formed(facts.form, resolved->text)) return;
  if (resolved->text == kRedacted && !is_shown_) {
    problem(
        "is \"<redacted>\", which stands for a secret that is not shown; give the secret itself");
    return;
  }
  if (resolved->reference.empty() && !resolved->text.empty()) holds_secrets_ = true;
  member = Secret(std::move(resolved->text), std::move(resolved->reference));
}

void Reader::read(json::Value value, RawJson& member, const Facts& /*facts*/) {
  member.text = value.raw();
}

ObjectReader::Found ObjectReader::find(std::string_view name, const Facts& facts) {
  names_.push_back(name);
  Found found{.name = name, .value = object_[name]};
  for (const std::string_view former : facts.formerly) {
    if (former.empty()) continue;
    names_.push_back(former);
    const json::Value value = object_[former];
    if (!value.is_set()) continue;
    const auto step = reader_.path_.enter(former);
    reader_.warn("deprecated; the setting is now called " + json::quoted(name));
    if (!found.value.is_set()) found = {.name = former, .value = value};
  }
  if (!found.value.is_set()) {
    const bool may_stay = reader_.is_change_ && reader_.path_.is_root();
    if (facts.required && !may_stay)
      reader_.problems_.add(reader_.path_.member(name), "required, but not given");
  } else if (!facts.served) {
    without_effect_.push_back(name);
  }
  return found;
}

void ObjectReader::unserved(std::string_view name, Shape shape, std::string_view /*text*/) {
  names_.push_back(name);
  const json::Value value = object_[name];
  if (!value.is_set()) return;
  const auto step = reader_.path_.enter(name);
  if (reader_.expect(value, shape)) without_effect_.push_back(name);
}

void ObjectReader::finish() {
  reader_.is_off_ = was_off_;
  for (const json::Value child : object_.children()) {
    const std::string key = child.key();
    if (std::ranges::find(names_, key) != names_.end()) continue;
    if (reader_.keeper_ != nullptr) {
      const auto step = reader_.path_.enter(key);
      reader_.warn("this version does not know it, so it has no effect");
      continue;
    }
    const auto near = nearest(key, names_);
    reader_.problems_.add(
        reader_.path_.member(key),
        "unknown key" + (near ? "; did you mean " + json::quoted(*near) + "?" : std::string()));
  }
  if (without_effect_.empty()) return;
  if (reader_.path_.is_root()) {
    for (const std::string_view name : without_effect_) {
      const auto step = reader_.path_.enter(name);
      reader_.warn("this section is not served yet and has no effect");
    }
    return;
  }
  std::string list;
  for (const std::string_view name : without_effect_) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  reader_.warn("not served yet, so without effect: " + list);
}

}  // namespace bifrost::config
