#include "dialect/anthropic/extras.h"

#include <algorithm>

namespace bifrost::dialect::anthropic {

ExtraFields::ExtraFields(const llm::Request& request) {
  for (const llm::Extra& extra : request.extras) {
    if (request.dialect != "anthropic") {
      placeless_.push_back(extra.path);
      continue;
    }
    const std::string_view path = extra.path;
    const auto dot = path.rfind('.');
    const bool nested = dot != std::string_view::npos;
    const std::string place(nested ? path.substr(0, dot) : std::string_view{});
    by_place_[place].push_back(
        {.key = nested ? path.substr(dot + 1) : path, .json = extra.json, .path = path});
  }
}

std::vector<ExtraFields::Field>* ExtraFields::find(std::string_view place) {
  const auto found = by_place_.find(place);
  return found == by_place_.end() ? nullptr : &found->second;
}

void ExtraFields::remove(std::string_view key) {
  std::vector<Field>* fields = find({});
  if (fields == nullptr) return;
  std::erase_if(*fields, [&](const Field& field) {
    if (field.key != key) return false;
    placeless_.emplace_back(field.path);
    return true;
  });
}

std::vector<std::string> ExtraFields::unwritten() const {
  std::vector<std::string> paths = placeless_;
  for (const auto& [place, fields] : by_place_) {
    for (const Field& field : fields) {
      if (!field.written) paths.emplace_back(field.path);
    }
  }
  return paths;
}

ExtensibleObject::ExtensibleObject(json::Writer& writer, std::vector<ExtraFields::Field>* fields)
    : writer_(writer), fields_(fields) {
  writer_.begin_object();
}

bool ExtensibleObject::takes(std::string_view key) const {
  return fields_ == nullptr ||
         std::ranges::find(*fields_, key, &ExtraFields::Field::key) == fields_->end();
}

void ExtensibleObject::close() {
  if (fields_ != nullptr) {
    for (ExtraFields::Field& field : *fields_) {
      writer_.key(field.key).raw(field.json);
      field.written = true;
    }
  }
  writer_.end_object();
}

}  // namespace bifrost::dialect::anthropic
