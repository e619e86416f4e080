#include "admin/csv.h"

#include <gtest/gtest.h>

namespace bifrost::admin {
namespace {

TEST(Csv, QuotesWhatNeedsIt) {
  std::string out;
  Csv csv(out);
  csv.text("plain")
      .text("")
      .text("a,b")
      .text("say \"hi\"")
      .text("two\r\nlines")
      .number(7)
      .end_row();
  csv.number("0.5").end_row();
  EXPECT_EQ(out,
            "plain,,\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",7\r\n"
            "0.5\r\n");
}

TEST(Csv, LetsNoTextBeAFormula) {
  for (const std::string_view bad : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"}) {
    std::string out;
    Csv(out).text(bad);
    EXPECT_EQ(out, "\"'" + std::string(bad) + "\"");
  }
  std::string out;
  Csv(out).text("=HYPERLINK(\"http://x\",\"y\")").text("gpt-4o").text("a=b");
  EXPECT_EQ(out, "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",gpt-4o,a=b");
}

}  // namespace
}  // namespace bifrost::admin
