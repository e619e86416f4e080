#include "governance/learnt_use.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::governance {
namespace {

constexpr LearntUse::Who kAlice{.caller = "alice", .provider = "openai", .model = "m"};
constexpr LearntUse::Asked kThousand{.bytes = 400, .output_tokens = 1000};

class LearntUseTest : public testing::Test {
 protected:
  void learn(const LearntUse::Who& who, const LearntUse::Asked& asked, std::int64_t output,
             std::uint32_t times = Quantile::kSamplesMin) {
    for (std::uint32_t i = 0; i < times; ++i) {
      learnt_.learn(who, asked, {.input = 100, .output = output});
    }
  }
  [[nodiscard]] std::optional<std::int64_t> output(const LearntUse::Who& who,
                                                   const LearntUse::Asked& asked) const {
    return learnt_.expected(who, asked).output;
  }

  LearntUse learnt_;
};

TEST_F(LearntUseTest, SaysNothingBeforeItKnows) {
  EXPECT_EQ(output(kAlice, kThousand), std::nullopt);
  learn(kAlice, kThousand, 100, Quantile::kSamplesMin - 1);
  EXPECT_EQ(output(kAlice, kThousand), std::nullopt);
  EXPECT_EQ(learnt_.expected(kAlice, kThousand).input, std::nullopt);
}

TEST_F(LearntUseTest, ExpectsTheShareThatNineteenOfTwentyUsed) {
  learn(kAlice, kThousand, 100, 95);
  learn(kAlice, kThousand, 1000, 5);
  const auto expected = output(kAlice, kThousand);
  ASSERT_TRUE(expected);
  EXPECT_GE(*expected, 100);
  EXPECT_LE(*expected, 126);
  EXPECT_LE(*output(kAlice, {.output_tokens = 100}), 13) << "of a tenth, a tenth";
}

TEST_F(LearntUseTest, ExpectsNoMoreThanWasAskedFor) {
  learn(kAlice, kThousand, 1000);
  EXPECT_EQ(output(kAlice, kThousand), 1000);
}

TEST_F(LearntUseTest, KnowsWhoSaysNoMaximumByHisOwnAnswers) {
  learn(kAlice, kThousand, 1000);
  EXPECT_EQ(output(kAlice, {.bytes = 400}), std::nullopt);
  learn(kAlice, {.bytes = 400}, 60);
  EXPECT_EQ(output(kAlice, {.bytes = 400}), 63);
}

TEST_F(LearntUseTest, ExpectsTheUsualTokensOfEachByte) {
  learn(kAlice, kThousand, 100);
  const auto input = learnt_.expected(kAlice, {.bytes = 4000}).input;
  ASSERT_TRUE(input);
  EXPECT_GE(*input, 1000);
  EXPECT_LE(*input, 1250);
}

TEST_F(LearntUseTest, TellsCallersAndModelsApart) {
  learn(kAlice, kThousand, 100);
  EXPECT_EQ(output({.caller = "bob", .provider = "openai", .model = "m"}, kThousand), std::nullopt);
  EXPECT_EQ(output({.caller = "alice", .provider = "openai", .model = "n"}, kThousand),
            std::nullopt);
  EXPECT_EQ(output({.caller = "alice", .provider = "azure", .model = "m"}, kThousand),
            std::nullopt);
}

// Numbers that only a broken provider tells.
TEST_F(LearntUseTest, BearsAbsurdNumbers) {
  for (std::uint32_t i = 0; i < Quantile::kSamplesMin; ++i) {
    learnt_.learn(kAlice, {.bytes = 1, .output_tokens = 1}, {.input = INT64_MAX, .output = -5});
  }
  EXPECT_EQ(output(kAlice, {.output_tokens = 1000}), 0);
}

// Whoever asks for names that he makes up pushes nobody out who comes often.
TEST_F(LearntUseTest, KeepsWhoComesOften) {
  learn(kAlice, kThousand, 100);
  for (int i = 0; i < 20'000; ++i) {
    const std::string model = std::to_string(i);
    learn({.caller = "mallory", .provider = "openai", .model = model}, kThousand, 1000, 1);
    if (i % 100 == 0) learn(kAlice, kThousand, 100, 1);
  }
  EXPECT_TRUE(output(kAlice, kThousand));
}

TEST_F(LearntUseTest, GivesPlacesOfWhoDoesNotComeAnyMore) {
  for (std::size_t i = 0; i < 2 * LearntUse::kPlaces; ++i) {
    const std::string model = std::to_string(i);
    learn({.caller = "before", .provider = "openai", .model = model}, kThousand, 1000, 1);
  }
  learn(kAlice, kThousand, 100, Quantile::kSamplesMin + 10);
  EXPECT_TRUE(output(kAlice, kThousand));
}

TEST_F(LearntUseTest, WorkersLearnTogether) {
  {
    std::vector<std::jthread> workers;
    workers.reserve(4);
    for (int w = 0; w < 4; ++w) {
      workers.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) learn(kAlice, kThousand, 100, 1);
      });
    }
  }
  const auto expected = output(kAlice, kThousand);
  ASSERT_TRUE(expected);
  EXPECT_LE(*expected, 126);
}

}  // namespace
}  // namespace bifrost::governance
