// What both C++ contestants share: the thread's CPU clock, the latency draws, the message, and the measuring
// loop (see ../measure.ts, which does the same in Node).
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <unistd.h>
#include <vector>

constexpr int64_t kLatencyUsMin = 1'000;
constexpr int64_t kLatencyUsMax = 10'000;
constexpr int64_t kBeatUs = 100'000;

// Marsaglia's xorshift32 (2003): the cheapest draw that is good enough for latencies.
struct Xorshift {
  uint32_t state = 2463534242u;
  uint32_t next() {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
  }
  int64_t latencyUs() {
    const uint64_t span = kLatencyUsMax - kLatencyUsMin + 1;
    return kLatencyUsMin + static_cast<int64_t>((next() * span) >> 32);
  }
};

enum class MessageType : uint8_t { kPing, kBeat };

struct Message {
  MessageType type;
  uint32_t from;
  uint32_t counter;
};

struct Workload {
  std::string name;
  uint32_t nodes;
  uint32_t rounds;
  bool isPingPong() const { return name == "ping-pong"; }
};

struct Outcome {
  uint64_t events;
  uint32_t checksum;
};

// The CPU time of this thread, or of the process where the system has no schedstat. The kernel books a running
// thread's time at ticks and when it leaves the processor, hence the nap.
inline int64_t processNs() { return static_cast<int64_t>(std::clock()) * (1'000'000'000 / CLOCKS_PER_SEC); }

inline int64_t schedstatNs() {
  usleep(1'000);
  std::FILE* file = std::fopen("/proc/thread-self/schedstat", "r");
  if (file == nullptr) return 0;
  long long ns = 0;
  if (std::fscanf(file, "%lld", &ns) != 1) ns = 0;
  std::fclose(file);
  return ns;
}

inline uint32_t foldChecksum(const std::vector<uint32_t>& sums) {
  uint32_t checksum = 0;
  for (const uint32_t sum : sums) checksum = checksum * 31 + sum;
  return checksum;
}

template <typename Simulate>
int contestantMain(const char* contestant, int argc, char** argv, Simulate simulate) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s <workload> <events> <warmMs> <measureMs>\n", argv[0]);
    return 2;
  }
  Workload workload{argv[1], 0, 0};
  const uint64_t events = std::strtoull(argv[2], nullptr, 10);
  const int64_t warmNs = std::strtoll(argv[3], nullptr, 10) * 1'000'000;
  const int64_t measureNs = std::strtoll(argv[4], nullptr, 10) * 1'000'000;
  if (workload.isPingPong()) {
    workload.nodes = 2;
    workload.rounds = static_cast<uint32_t>(events);
  } else {
    workload.nodes = workload.name == "heartbeat-5" ? 5 : 100;
    const uint64_t perRound = uint64_t{workload.nodes} * workload.nodes;
    workload.rounds = static_cast<uint32_t>((events + perRound / 2) / perRound);
    if (workload.rounds == 0) workload.rounds = 1;
  }
  const bool hasSchedstat = schedstatNs() > 0;
  const auto now = [&] { return hasSchedstat ? schedstatNs() : processNs(); };

  const int64_t warmUntil = now() + warmNs;
  Outcome outcome = simulate(workload);
  while (now() < warmUntil) outcome = simulate(workload);

  const int64_t processStart = processNs();
  const int64_t start = now();
  int64_t end = start;
  uint64_t simulations = 0;
  while (end < start + measureNs) {
    outcome = simulate(workload);
    simulations++;
    end = now();
  }
  const double measured = static_cast<double>(outcome.events * simulations);
  std::printf(
      "{\"contestant\":\"%s\",\"workload\":\"%s\",\"events\":%llu,\"simulations\":%llu,\"checksum\":%u,"
      "\"nsPerEvent\":%.3f,\"processNsPerEvent\":%.3f,\"clock\":\"%s\"}\n",
      contestant, workload.name.c_str(), static_cast<unsigned long long>(outcome.events),
      static_cast<unsigned long long>(simulations), outcome.checksum, static_cast<double>(end - start) / measured,
      static_cast<double>(processNs() - processStart) / measured, hasSchedstat ? "schedstat" : "cpuUsage");
  return 0;
}
