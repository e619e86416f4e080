import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench/load"))
import measuring
import stages
import table


def leg(*values):
    return {"rounds": [{"latency_us": {"p50": value}} for value in values]}


class Measuring(unittest.TestCase):
    def test_compares_round_by_round(self):
        # A machine that gets slower in the middle makes both legs slower: the difference stays.
        self.assertEqual(measuring.added(leg(15, 115, 16), leg(10, 110, 10), "latency_us.p50"), 5)
        self.assertEqual(measuring.ratio(leg(20, 200, 22), leg(10, 100, 10), "latency_us.p50"), 2)

    def test_has_nothing_to_say_about_what_was_not_measured(self):
        self.assertIsNone(measuring.median(leg(1, 2), "cpu_us"))
        self.assertIsNone(measuring.ratio(leg(1), leg(0), "latency_us.p50"))

    def test_drops_buckets_at_any_depth(self):
        self.assertEqual(measuring.without_buckets({"a": [{"buckets_ns": [1], "b": 2}]}), {"a": [{"b": 2}]})

    def test_slope(self):
        self.assertAlmostEqual(stages.slope([10, 12, 14, 16]), 2)
        self.assertEqual(stages.slope([5]), 0)


class Verdict(unittest.TestCase):
    def test_lower_is_better_unless_said_otherwise(self):
        self.assertEqual(table.verdict(stages.Row("x", 1.1, "x", 1.6, 1.15)), "goal")
        self.assertEqual(table.verdict(stages.Row("x", 1.6, "x", 1.6, 1.15)), "milestone 1")
        self.assertEqual(table.verdict(stages.Row("x", 1.7, "x", 1.6, 1.15)), "missed")
        self.assertEqual(table.verdict(stages.Row("x", 0.7, "x", 0.6, 0.9, higher=True)), "milestone 1")
        self.assertEqual(table.verdict(stages.Row("x", None, "x", 1, 1)), "")


if __name__ == "__main__":
    unittest.main()
