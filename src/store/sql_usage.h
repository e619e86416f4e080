// Reports of usage from a database: of whole hours the sums, of what begins or ends within an hour
// the rows.
#pragma once

#include "store/sql.h"
#include "store/usage_report.h"

#include <memory>
#include <utility>
#include <vector>

namespace bifrost::store {

class SqlUsageReports final : public UsageReports {
 public:
  // A connection of its own, so that the ledger's writer does not wait for a report. The schema is
  // that of this program: see migrate.
  explicit SqlUsageReports(std::unique_ptr<sql::Connection> connection)
      : connection_(std::move(connection)) {}

  Result<std::vector<UsageLine>> sum(const UsageQuestion& question) override;

 private:
  std::unique_ptr<sql::Connection> connection_;
};

}  // namespace bifrost::store
