#include "llm/source.h"

namespace bifrost::llm {
namespace {

const FieldName* find(std::span<const FieldName> names, std::string_view ours) {
  for (const FieldName& name : names) {
    if (name.ours == ours) return &name;
  }
  return nullptr;
}

}  // namespace

std::string Source::path(Place place) const {
  if (place.node == 0) return {};
  const Node& node = nodes_[place.node - 1];
  std::string out = path({node.above});
  if (!out.empty()) out += '.';
  out += node.key;
  if (node.index != kNoIndex) out += "[" + std::to_string(node.index) + "]";
  return out;
}

std::string Source::path(Place place, std::string_view member) const {
  std::string out = path(place);
  if (!out.empty()) out += '.';
  return out.append(member);
}

std::string Source::field(std::string_view ours) const {
  const std::string_view whole = callers_name(ours);
  const auto dot = ours.find('.');
  if (whole != ours || dot == std::string_view::npos) return std::string(whole);
  return std::string(callers_name(ours.substr(0, dot))).append(ours.substr(dot));
}

std::string Source::member(Place place, std::string_view ours) const {
  return path(place, callers_name(ours));
}

std::string_view Source::callers_name(std::string_view ours) const {
  const FieldName* name = find(renamed_, ours);
  if (name == nullptr) name = find(names_, ours);
  return name == nullptr ? ours : name->callers;
}

}  // namespace bifrost::llm
