"""No stream is cut, whatever takes a gateway's pod away: rolling updates, a scale-down, a node that is drained, a pod that is deleted.

BIFROST_STREAMS (300) callers have streams of BIFROST_STREAM_SECONDS (30-120) all the while. It says what it saw, and what shorter grace periods would have cut.
"""

import os
import unittest

import cluster
import streams

CALLERS = int(os.environ.get("BIFROST_STREAMS", "300"))
LEAST, MOST = (int(one) for one in os.environ.get("BIFROST_STREAM_SECONDS", "30-120").split("-"))
REPLICAS = 4
UPDATES = 5
GRACES = (60, 90, 120)  # of the original's chart, and of what is advised for it


class Streams(unittest.TestCase):
    def setUp(self):
        self.space = cluster.Namespace(f"bifrost-test-{os.getpid()}-streams")
        self.addCleanup(self.space.delete)
        self.nodes = self.space.nodes()
        if len(self.nodes) < 2:
            self.skipTest("one node: none can be drained")

    def values(self, **more):
        """The database stays on the first node, with the provider and the callers: another is drained."""
        here = {"postgresql": {"primary": {"nodeSelector": {"kubernetes.io/hostname": self.nodes[0]}}}}
        drain = {"drain": {"timeoutSeconds": MOST + 15}, "podLabels": {"drained-with": self.space.name}}
        return [cluster.OPEN, cluster.SMALL, cluster.EMBEDDED, streams.VALUES, here, drain, {"replicaCount": REPLICAS, **more}]

    def wait_for_streams_on_every_pod(self):
        least = CALLERS // REPLICAS // 4

        def all_have():
            counts = self.provider.open_by_address()
            return all(counts.get(pod["status"].get("podIP"), 0) >= least for pod in self.space.pods())

        cluster.until(f"every gateway has {least} open streams", all_have)

    def serving(self):
        return {pod["status"].get("podIP") for pod in self.space.pods()}

    def step(self, what, *command):
        """Takes pods away while all of them have streams."""
        self.wait_for_streams_on_every_pod()
        before, counts = self.serving(), self.provider.open_by_address()
        command[0](*command[1:])
        left = before - self.serving()
        count = sum(counts.get(address, 0) for address in left)
        self.assertGreater(count, 0, what)
        self.said.append(f"{what}: {len(left)} pods with {count} open streams")

    def drain(self):
        node = next(pod["spec"]["nodeName"] for pod in self.space.pods() if pod["spec"]["nodeName"] != self.nodes[0])
        self.addCleanup(cluster.run, "kubectl", "uncordon", node)
        selector = f"drained-with={self.space.name}"
        cluster.run("kubectl", "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", f"--pod-selector={selector}", f"--timeout={cluster.PATIENCE}")
        self.assertNotIn(node, {pod["spec"]["nodeName"] for pod in self.space.pods()})

    def test_none_is_cut(self):
        self.said = []
        self.provider = streams.Provider(self.space, node=self.nodes[0])
        self.space.install(*self.values())
        watch = streams.Watch(self.space)
        callers = streams.Callers(self.space, "callers", [{"callers": CALLERS, "seconds": [LEAST, MOST], "gap": 0.5, "again": True}], node=self.nodes[0])
        for at in range(UPDATES):
            self.step(f"rolling update {at + 1}", self.space.install, *self.values(podAnnotations={"update": str(at)}))
        last = {"podAnnotations": {"update": str(UPDATES - 1)}, "replicaCount": REPLICAS - 1}
        self.step("scale-down", self.space.install, *self.values(**last))
        self.step("node drain", self.drain)
        self.step("pod deletion", self.space.kubectl, "delete", "pod", self.space.pods()[0]["metadata"]["name"], "--wait=false")
        callers.stop()
        received = callers.results()
        ends, sent = watch.ends(), self.provider.streams()

        self.assertEqual(streams.broken(sent, received), {})
        self.assertGreaterEqual(len(received), CALLERS)
        self.assertEqual({end.pod: end.code for end in ends if end.code}, {})
        self.report(ends, sent, received)

    def report(self, ends, sent, received):
        seconds = sorted(stream["ended"] - stream["begun"] for stream in received)
        print(*self.said, sep="\n")
        print(f"{len(received)} streams of {seconds[0]:.1f} to {seconds[-1]:.1f} s, {sum(s['frames'] for s in received)} frames, all as they were sent; {len(ends)} pods ended")
        carried = streams.cut_by(0, ends, sent)
        print(f"{len(carried)} streams were open when their pod was told to end")
        for grace in GRACES:
            print(f"a grace period of {grace} s would have cut {len(streams.cut_by(grace, ends, sent))}")


if __name__ == "__main__":
    unittest.main()
