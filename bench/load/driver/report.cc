#include "bench/load/driver/report.h"

#include "json/writer.h"

#include <algorithm>

namespace bifrost::bench {
namespace {

using std::chrono::nanoseconds;

double microseconds(nanoseconds duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

double seconds(nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

void member(json::Writer& w, std::string_view name, std::uint64_t value) {
  w.member(name, static_cast<std::int64_t>(value));
}

void write_percentiles(json::Writer& w, const Histogram& histogram) {
  w.member("p50", microseconds(histogram.percentile(50)));
  w.member("p99", microseconds(histogram.percentile(99)));
  w.member("p999", microseconds(histogram.percentile(99.9)));
  w.member("max", microseconds(histogram.longest()));
  w.member("mean", microseconds(histogram.mean()));
  member(w, "count", histogram.count());
}

// With all buckets, as [longest duration in ns, count], so that results can be added up later.
void write_histogram(json::Writer& w, std::string_view name, const Histogram& histogram) {
  if (histogram.count() == 0) return;
  w.key(name).begin_object();
  write_percentiles(w, histogram);
  w.key("buckets_ns").begin_array();
  for (const Histogram::Bucket& bucket : histogram.buckets()) {
    w.begin_array().integer(bucket.up_to.count());
    w.integer(static_cast<std::int64_t>(bucket.count)).end_array();
  }
  w.end_array().end_object();
}

void write_summary(json::Writer& w, std::string_view name, const Histogram& histogram) {
  if (histogram.count() == 0) return;
  w.key(name).begin_object();
  write_percentiles(w, histogram);
  w.end_object();
}

void write_faults(json::Writer& w, const Slice& slice) {
  member(w, "streams", slice.streams);
  member(w, "frames", slice.counts.frames);
  member(w, "events", slice.counts.events);
  member(w, "comments", slice.counts.comments);
  member(w, "joined_chunks", slice.counts.joined_chunks);
  w.key("faults").begin_object();
  member(w, "lost", slice.faults.lost);
  member(w, "misplaced", slice.faults.misplaced);
  member(w, "merged", slice.faults.merged);
  member(w, "altered", slice.faults.altered);
  member(w, "cut", slice.faults.cut);
  member(w, "unfinished", slice.faults.unfinished);
  w.end_object();
}

void write_slice(json::Writer& w, const Slice& slice, bool has_processes) {
  member(w, "requests", slice.requests);
  member(w, "failed", slice.failed());
  if (!slice.failures.empty()) {
    w.key("failures").begin_object();
    for (const auto& [status, count] : slice.failures) member(w, std::to_string(status), count);
    w.end_object();
  }
  w.member("seconds", seconds(slice.time));
  if (slice.time.count() > 0) {
    w.member("per_second", static_cast<double>(slice.in_time) / seconds(slice.time));
  }
  if (has_processes) {
    const auto done = static_cast<double>(std::max<std::uint64_t>(1, slice.requests));
    w.member("cpu_us", microseconds(slice.cpu.total));
    w.member("cpu_user_us", microseconds(slice.cpu.user));
    w.member("cpu_system_us", microseconds(slice.cpu.system));
    w.member("cpu_us_per_request", microseconds(slice.cpu.total) / done);
    w.member("cores_busy",
             slice.time.count() > 0 ? seconds(slice.cpu.total) / seconds(slice.time) : 0);
    member(w, "resident_before", slice.resident_before);
    member(w, "resident_peak", slice.resident_peak);
    member(w, "resident_after", slice.resident_after);
  }
  if (slice.streams > 0) write_faults(w, slice);
}

Slice sum_of(const std::vector<Slice>& rounds) {
  Slice sum;
  for (const Slice& round : rounds) {
    sum.requests += round.requests;
    sum.in_time += round.in_time;
    sum.time += round.time;
    sum.cpu += round.cpu;
    sum.latency.add(round.latency);
    sum.send_delay.add(round.send_delay);
    for (const auto& [status, count] : round.failures) sum.failures[status] += count;
    sum.first_event.add(round.first_event);
    sum.event_delay.add(round.event_delay);
    sum.streams += round.streams;
    sum.faults.add(round.faults);
    sum.counts.add(round.counts);
    sum.resident_peak = std::max(sum.resident_peak, round.resident_peak);
  }
  if (!rounds.empty()) {
    sum.resident_before = rounds.front().resident_before;
    sum.resident_after = rounds.back().resident_after;
  }
  return sum;
}

void write_leg(json::Writer& w, const LegReport& leg) {
  const Slice sum = sum_of(leg.rounds);
  w.key(leg.name).begin_object();
  write_slice(w, sum, leg.has_processes);
  write_histogram(w, "latency_us", sum.latency);
  write_histogram(w, "first_event_us", sum.first_event);
  write_histogram(w, "event_delay_us", sum.event_delay);
  write_summary(w, "send_delay_us", sum.send_delay);
  w.key("rounds").begin_array();
  for (const Slice& round : leg.rounds) {
    w.begin_object();
    write_slice(w, round, leg.has_processes);
    write_summary(w, "latency_us", round.latency);
    write_summary(w, "first_event_us", round.first_event);
    write_summary(w, "event_delay_us", round.event_delay);
    w.end_object();
  }
  w.end_array().end_object();
}

}  // namespace

std::uint64_t Slice::failed() const {
  std::uint64_t sum = 0;
  for (const auto& [status, count] : failures) sum += count;
  return sum;
}

std::string to_json(const std::vector<LegReport>& legs) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const LegReport& leg : legs) write_leg(w, leg);
  w.end_object();
  return out;
}

}  // namespace bifrost::bench
