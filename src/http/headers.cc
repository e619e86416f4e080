#include "http/headers.h"

#include "base/strings.h"

#include <algorithm>

namespace bifrost::http {

// `name` is never a view into the buffer: callers name what they look for.
Headers::Field Headers::store(std::string_view name, std::string_view value) {
  // A view into our own buffer would dangle when the buffer grows.
  const bool ours = value.data() >= text_.data() && value.data() <= text_.data() + text_.size();
  if (ours && !value.empty()) return store(name, std::string(value));
  Field field{};
  field.name_begin = static_cast<std::uint32_t>(text_.size());
  field.name_size = static_cast<std::uint32_t>(name.size());
  text_ += name;
  field.value_begin = static_cast<std::uint32_t>(text_.size());
  field.value_size = static_cast<std::uint32_t>(value.size());
  text_ += value;
  return field;
}

void Headers::add(std::string_view name, std::string_view value) {
  if (fields_.empty()) {
    text_.reserve(512);
    fields_.reserve(kUsualCount);
  }
  fields_.push_back(store(name, value));
}

void Headers::set(std::string_view name, std::string_view value) {
  const auto same = [&](const Field& field) {
    return iequals(std::string_view(text_).substr(field.name_begin, field.name_size), name);
  };
  const auto first = std::ranges::find_if(fields_, same);
  if (first == fields_.end()) {
    add(name, value);
    return;
  }
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
  *first = store(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) {
    return iequals(std::string_view(text_).substr(field.name_begin, field.name_size), name);
  });
}

Header Headers::at(std::size_t index) const {
  const Field& field = fields_[index];
  const std::string_view text = text_;
  return {text.substr(field.name_begin, field.name_size),
          text.substr(field.value_begin, field.value_size)};
}

void Headers::clear() {
  text_.clear();
  fields_.clear();
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  const std::string_view text = text_;
  for (const Field& field : fields_) {
    if (field.name_size != name.size()) continue;  // as most are: a request asks for twenty names
    if (iequals(text.substr(field.name_begin, field.name_size), name)) {
      return text.substr(field.value_begin, field.value_size);
    }
  }
  return std::nullopt;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const Header header : *this) {
    if (!iequals(header.name, name)) continue;
    for (const std::string_view part : split(header.value, ',')) {
      if (iequals(trim(part), token)) return true;
    }
  }
  return false;
}

bool Headers::operator==(const Headers& other) const { return std::ranges::equal(*this, other); }

}  // namespace bifrost::http
