"""SimPy with callbacks on timeouts, which is faster than one process (generator) a message.

Usage: simpy-callbacks.py <workload> <events> <warmMs> <measureMs>; one line of JSON on stdout (see ../measure.ts).
"""

import json
import random
import sys
import time

import simpy

LATENCY_US_MIN = 1_000
LATENCY_US_SPAN = 9_001
BEAT_US = 100_000
MASK = 0xFFFFFFFF


class Message:
    __slots__ = ("type", "sender", "counter")

    def __init__(self, type, sender, counter):
        self.type = type
        self.sender = sender
        self.counter = counter


class Node:
    __slots__ = ("run", "id", "sum", "beat", "peers")

    def __init__(self, run, id):
        self.run = run
        self.id = id
        self.sum = 0
        self.beat = 0
        self.peers = []

    def send(self, to, message):
        run = self.run
        # random.random() is the cheapest seeded draw that Python has.
        delay = LATENCY_US_MIN + int(run.draw() * LATENCY_US_SPAN)
        run.timeout(delay, message).callbacks.append(to.on_message)

    def set_timer(self):
        self.run.timeout(BEAT_US).callbacks.append(self.on_timer)

    def on_message(self, event):
        run = self.run
        run.events += 1
        message = event.value
        self.sum = (self.sum + message.counter + message.sender) & MASK
        if message.type == "Ping" and message.counter < run.rounds:
            self.send(run.nodes[message.sender], Message("Ping", self.id, message.counter + 1))

    def on_timer(self, _event):
        self.run.events += 1
        self.beat += 1
        for peer in self.peers:
            self.send(peer, Message("Beat", self.id, self.beat))
        if self.beat < self.run.rounds:
            self.set_timer()


class Run:
    __slots__ = ("timeout", "draw", "rounds", "events", "nodes")


def simulate(workload, nodes, rounds):
    environment = simpy.Environment()
    run = Run()
    run.timeout = environment.timeout
    run.draw = random.Random(17).random
    run.rounds = rounds
    run.events = 0
    run.nodes = [Node(run, id) for id in range(nodes)]
    for node in run.nodes:
        node.peers = [peer for peer in run.nodes if peer is not node]
    if workload == "ping-pong":
        run.nodes[0].send(run.nodes[1], Message("Ping", 0, 1))
    else:
        for node in run.nodes:
            node.set_timer()
    environment.run()
    checksum = 0
    for node in run.nodes:
        checksum = (checksum * 31 + node.sum) & MASK
    return run.events, checksum


def schedstat_ns():
    # The kernel books a running thread's time when it leaves the processor: hence the nap.
    time.sleep(0.001)
    with open("/proc/thread-self/schedstat") as file:
        return int(file.read().split(" ", 1)[0])


def cpu_clock():
    try:
        if schedstat_ns() > 0:
            return "schedstat", schedstat_ns
    except OSError:
        pass
    return "cpuUsage", time.process_time_ns


def main(workload, events, warm_ms, measure_ms):
    nodes = {"ping-pong": 2, "heartbeat-5": 5, "heartbeat-100": 100}[workload]
    per_round = 1 if workload == "ping-pong" else nodes * nodes
    rounds = max(1, (int(events) + per_round // 2) // per_round)
    source, now = cpu_clock()

    warm_until = now() + int(warm_ms) * 1_000_000
    seen, checksum = simulate(workload, nodes, rounds)
    while now() < warm_until:
        seen, checksum = simulate(workload, nodes, rounds)

    process_start = time.process_time_ns()
    start = end = now()
    simulations = 0
    while end < start + int(measure_ms) * 1_000_000:
        seen, checksum = simulate(workload, nodes, rounds)
        simulations += 1
        end = now()
    measured = seen * simulations
    print(
        json.dumps(
            {
                "contestant": "simpy",
                "workload": workload,
                "events": seen,
                "simulations": simulations,
                "checksum": checksum,
                "nsPerEvent": (end - start) / measured,
                "processNsPerEvent": (time.process_time_ns() - process_start) / measured,
                "clock": source,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
