#include "dialect/data_url.h"

#include <gtest/gtest.h>

namespace bifrost::dialect {
namespace {

TEST(DataUrl, GivesBytesAsBase64) {
  const auto image = read_data_url("data:image/png;base64,AAAA");
  ASSERT_TRUE(image);
  EXPECT_EQ(image->media_type, "image/png");
  EXPECT_EQ(image->data, "AAAA");
  EXPECT_EQ(image->url, "");

  const auto text = read_data_url("DATA:text/plain;charset=utf-8,a%20b");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->media_type, "text/plain");
  EXPECT_EQ(text->data, "YSBi");

  const auto named = read_data_url("data:application/pdf;name=a.pdf;BASE64,JVBE");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->media_type, "application/pdf");
  EXPECT_EQ(named->data, "JVBE");
}

TEST(DataUrl, IsNothingWithoutBytes) {
  for (const std::string_view url :
       {"", "https://a/b.png", "data:", "data:image/png", "data:image/png;base64,", "data:,"}) {
    EXPECT_FALSE(read_data_url(url)) << url;
  }
}

}  // namespace
}  // namespace bifrost::dialect
