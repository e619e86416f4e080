#include "dialect/openai_responses/sealed.h"

#include "base/strings.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::openai_responses {
namespace {

using Kind = Seal::Kind;

TEST(Sealed, ComesBackAsItWas) {
  for (const Kind kind :
       {Kind::kSignature, Kind::kRedacted, Kind::kEncrypted, Kind::kCall, Kind::kText}) {
    const Seal sealed{.kind = kind, .format = "f", .data = "a\"b\n\xC3\xA4+/="};
    EXPECT_EQ(unseal(seal(sealed)), sealed);
  }
}

TEST(Sealed, IsNothingWhenItIsNoneOfOurs) {
  EXPECT_EQ(unseal("gAAAAABpLv"), std::nullopt);
  EXPECT_EQ(unseal(""), std::nullopt);
  EXPECT_EQ(unseal("bf1."), std::nullopt);
  EXPECT_EQ(unseal("bf1.%%%"), std::nullopt);
  EXPECT_EQ(unseal("bf1." + base64_encode("[]")), std::nullopt);
  EXPECT_EQ(unseal("bf1." + base64_encode(R"({"k":"other","d":"x"})")), std::nullopt);
  EXPECT_EQ(unseal("bf1." + base64_encode(R"({"k":"call"})")), std::nullopt);
}

TEST(Sealed, WhatIsOfOpenAiNeedsNoEnvelope) {
  using Part = llm::ReasoningPart;
  EXPECT_EQ(seal_of({.kind = Part::Kind::kText, .text = "hm"}), std::nullopt);
  EXPECT_EQ(seal_of({.kind = Part::Kind::kEncrypted, .data = "x", .format = "openai-responses-v1"}),
            std::nullopt);
  EXPECT_EQ(seal_of({.text = "hm", .signature = "s", .format = "anthropic-claude-v1"}),
            (Seal{Kind::kSignature, "anthropic-claude-v1", "s"}));
  EXPECT_EQ(seal_of({.kind = Part::Kind::kRedacted, .data = "x"}),
            (Seal{Kind::kRedacted, "", "x"}));
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
