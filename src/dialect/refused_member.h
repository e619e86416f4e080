// A member of a passing request that the model refuses, to be cut out of the caller's bytes.
#pragma once

#include "dialect/refusals.h"
#include "dialect/request.h"
#include "json/document.h"
#include "json/skim.h"
#include "json/splice.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {

// How a dialect writes a parameter.
struct ParameterName {
  std::string_view name;
  Parameter parameter;
};

// Does a member of the body say anything, of which these are the bytes?
[[nodiscard]] inline bool is_set(std::string_view value) {
  return !value.empty() && value != "null";
}

// The same of a list: an empty one asks for nothing.
[[nodiscard]] inline bool has_elements(std::string_view list) {
  return is_set(list) &&
         (!list.starts_with('[') || !json::skip_space(list.substr(1)).starts_with(']'));
}

struct RefusedMember {
  json::Member member;  // views into the body
  std::string path;     // as the caller wrote it
};

[[nodiscard]] inline RefusedMember refused_whole(const json::Member& member) {
  return {member, std::string(member.key)};
}

// A member inside of `owner`'s value, of which `child` was parsed.
[[nodiscard]] inline RefusedMember refused_inside(const json::Member& owner, json::Value child) {
  const json::Member member{
      .key = owner.value.substr(child.key_offset() + 1, child.raw_key().size()),
      .value = owner.value.substr(child.offset(), child.raw().size())};
  return {member, std::string(owner.key) + '.' + child.key()};
}

// Takes those members out of `facts` that say a refused parameter, by `names`.
[[nodiscard]] inline std::vector<RefusedMember> take_named(RequestFacts& facts,
                                                           std::span<const ParameterName> names,
                                                           Parameters refused) {
  std::vector<RefusedMember> taken;
  std::erase_if(facts.members, [&](const json::Member& member) {
    const auto known = std::ranges::find(names, member.key, &ParameterName::name);
    const bool takes =
        known != names.end() && refused.contains(known->parameter) && is_set(member.value);
    if (takes) taken.push_back(refused_whole(member));
    return takes;
  });
  return taken;
}

// Cuts them out and returns their paths.
[[nodiscard]] inline std::vector<std::string> cut_out(std::span<const RefusedMember> refused,
                                                      json::Splice& splice) {
  std::vector<std::string> paths;
  paths.reserve(refused.size());
  for (const RefusedMember& one : refused) {
    splice.remove_member(one.member);
    paths.push_back(one.path);
  }
  return paths;
}

}  // namespace bifrost::dialect
