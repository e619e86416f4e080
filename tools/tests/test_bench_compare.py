import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import bench_compare


class Compare(unittest.TestCase):
    def test_knows_the_three_formats(self):
        self.assertEqual(bench_compare.figures({"rows": [{"metric": "a", "value": 1.5}]}), {"a": 1.5})
        self.assertEqual(bench_compare.figures({"instructions": {"chat": 70000}}), {"chat": 70000})
        google = {"benchmarks": [{"name": "scan", "run_type": "iteration", "cpu_time": 7}, {"name": "x", "run_type": "aggregate"}]}
        self.assertEqual(bench_compare.figures(google), {"scan": 7})
        with self.assertRaises(ValueError):
            bench_compare.figures({})

    def test_calls_a_higher_cost_worse_and_a_higher_rate_better(self):
        lines, worse = bench_compare.compare({"CPU": 10, "requests per second": 10}, {"CPU": 12, "requests per second": 12}, 5)
        self.assertEqual(worse, ["CPU"])
        self.assertTrue(lines[2].endswith("better"))

    def test_keeps_quiet_below_the_threshold_and_without_a_base(self):
        _, worse = bench_compare.compare({"a": 100, "b": None, "c": 0}, {"a": 104, "b": 5, "c": 5, "d": 1}, 5)
        self.assertEqual(worse, [])


if __name__ == "__main__":
    unittest.main()
