"""An autoscaler that adds pods under load and takes them again: streams on those that it takes come through whole.

It goes by the processor, of which streams with many frames take a share, and streams with few hardly any.
"""

import os
import unittest

import cluster
import streams

MOST = 3
AUTOSCALING = {
    "enabled": True,
    "minReplicas": 1,
    "maxReplicas": MOST,
    "targetCPUUtilizationPercentage": 50,
    "targetMemoryUtilizationPercentage": None,
    "behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}},
}
# Of so little a pod asks that a hundred frames a second are too much for it.
RESOURCES = {"resources": {"requests": {"cpu": "20m", "memory": "64Mi"}}}
FAST = {"callers": 60, "seconds": [20, 30], "gap": 0.05, "again": True}
SLOW = {"callers": 60, "seconds": [30, 120], "gap": 1.0, "again": True}


class Autoscaler(unittest.TestCase):
    def setUp(self):
        self.space = cluster.Namespace(f"bifrost-test-{os.getpid()}-autoscaler")
        self.addCleanup(self.space.delete)

    def ready(self):
        return self.space.get("deployment", "bifrost")["status"].get("readyReplicas", 0)

    def test_it_adds_pods_under_load_and_takes_them_from_no_stream(self):
        provider = streams.Provider(self.space)
        values = [cluster.OPEN, cluster.SMALL, cluster.EMBEDDED, streams.VALUES, RESOURCES, {"autoscaling": AUTOSCALING, "drain": {"timeoutSeconds": 135}}]
        self.space.install(*values)
        self.assertEqual(len(self.space.pods()), 1)
        watch = streams.Watch(self.space)
        callers = [streams.Callers(self.space, "fast", [FAST]), streams.Callers(self.space, "slow", [SLOW])]
        cluster.until("it has added pods", lambda: self.ready() == MOST)
        cluster.until("all of them have streams", lambda: len(provider.open_by_address()) == MOST)

        # A release that is changed meanwhile does not set the number of pods back.
        self.space.install(*values, {"bifrost": {"client": {"maxRequestBodySizeMb": 7}}})
        self.assertEqual(self.ready(), MOST)

        callers[0].stop()
        cluster.until("it has taken pods", lambda: len(self.space.pods()) < MOST)
        callers[1].stop()
        received = [result for each in callers for result in each.results()]
        ends, sent = watch.ends(), provider.streams()
        self.assertEqual(streams.broken(sent, received), {})
        self.assertEqual({end.pod: end.code for end in ends if end.code}, {})
        carried = streams.cut_by(0, ends, sent)
        self.assertTrue(carried, "no stream was on a pod that was taken")
        print(f"{len(received)} streams, all as they were sent; {len(ends)} pods were taken, with {len(carried)} open streams")


if __name__ == "__main__":
    unittest.main()
