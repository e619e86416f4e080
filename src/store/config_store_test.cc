#include "store/config_store.h"

#include "base/clock.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::store {
namespace {

class ConfigStoreTest : public ::testing::Test {
 protected:
  ConfigStore made() {
    auto connection = *sqlite::open(":memory:");
    EXPECT_TRUE(migrate(*connection, migrations(), clock_.wall()));
    return ConfigStore(std::move(connection));
  }

  Result<std::int64_t> apply(std::initializer_list<Change> changes, std::int64_t seen) {
    return store_.apply(std::span(changes.begin(), changes.size()), seen, clock_.wall());
  }

  FakeClock clock_;
  ConfigStore store_ = made();
};

TEST_F(ConfigStoreTest, IsEmptyAtFirst) {
  const auto contents = store_.load();
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->revision, 0);
  EXPECT_TRUE(contents->entities.empty());
}

TEST_F(ConfigStoreTest, KeepsWhatWasPut) {
  ASSERT_TRUE(apply({{.kind = "team", .id = "b", .body = "{}", .file_hash = "h"}}, 0));
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(apply({{.kind = "team", .id = "a", .body = "[1]"}}, 1));
  ASSERT_TRUE(apply({{.kind = "team", .id = "b", .body = "[2]", .file_hash = "i"}}, 2));
  const auto contents = store_.load();
  ASSERT_TRUE(contents && contents->entities.size() == 2);
  EXPECT_EQ(contents->revision, 3);
  const Entity& first = contents->entities[0];  // in the order in which they were made
  EXPECT_EQ(first.id, "b");
  EXPECT_EQ(first.body, "[2]");
  EXPECT_EQ(first.file_hash, "i");
  EXPECT_EQ(first.revision, 3);
  EXPECT_EQ(first.updated_at - first.created_at, std::chrono::seconds(1));
  EXPECT_EQ(contents->entities[1].file_hash, "");
}

TEST_F(ConfigStoreTest, WhatWasDeletedIsGone) {
  ASSERT_TRUE(apply({{.kind = "team", .id = "a", .body = "{}"}}, 0));
  ASSERT_TRUE(apply({{.kind = "team", .id = "a"}}, 1));
  EXPECT_TRUE(store_.load()->entities.empty());
}

TEST_F(ConfigStoreTest, TheSecondOfTwoWritersIsTold) {
  ASSERT_TRUE(apply({{.kind = "team", .id = "a", .body = "{}"}}, 0));
  const auto late = apply({{.kind = "team", .id = "a", .body = "[]"}}, 0);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_.load()->entities[0].body, "{}");
  EXPECT_EQ(*store_.revision(), 1);
}

}  // namespace
}  // namespace bifrost::store
