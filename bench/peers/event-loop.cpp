// The least that a discrete-event simulation in C++ can be: a binary heap of (time, sequence), messages from `new`,
// and a switch. No names, no seeds by label, no faults, no trace: a bound, not a rival.
#include "measure.hpp"

#include <queue>

namespace {

struct Event {
  int64_t timeUs;
  uint64_t sequence;
  uint32_t node;
  const Message* message;  // null: the node's timer
};

struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.timeUs != b.timeUs ? a.timeUs > b.timeUs : a.sequence > b.sequence;
  }
};

class Simulation {
 public:
  explicit Simulation(const Workload& workload)
      : rounds_(workload.rounds), sums_(workload.nodes, 0), beats_(workload.nodes, 0) {
    if (workload.isPingPong()) {
      send(1, new Message{MessageType::kPing, 0, 1});
    } else {
      for (uint32_t node = 0; node < workload.nodes; node++) setTimer(node);
    }
  }

  Outcome run() {
    uint64_t events = 0;
    while (!queue_.empty()) {
      const Event event = queue_.top();
      queue_.pop();
      nowUs_ = event.timeUs;
      events++;
      if (event.message == nullptr) {
        onTimer(event.node);
      } else {
        onMessage(event.node, *event.message);
        delete event.message;
      }
    }
    return {events, foldChecksum(sums_)};
  }

 private:
  void send(uint32_t to, const Message* message) {
    queue_.push({nowUs_ + random_.latencyUs(), sequence_++, to, message});
  }

  void setTimer(uint32_t node) { queue_.push({nowUs_ + kBeatUs, sequence_++, node, nullptr}); }

  void onMessage(uint32_t node, const Message& message) {
    switch (message.type) {
      case MessageType::kPing:
        sums_[node] += message.counter + message.from;
        if (message.counter < rounds_) send(message.from, new Message{MessageType::kPing, node, message.counter + 1});
        break;
      case MessageType::kBeat:
        sums_[node] += message.counter + message.from;
        break;
    }
  }

  void onTimer(uint32_t node) {
    const uint32_t beat = ++beats_[node];
    for (uint32_t peer = 0; peer < sums_.size(); peer++) {
      if (peer != node) send(peer, new Message{MessageType::kBeat, node, beat});
    }
    if (beat < rounds_) setTimer(node);
  }

  uint32_t rounds_;
  std::vector<uint32_t> sums_;
  std::vector<uint32_t> beats_;
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
  Xorshift random_;
  int64_t nowUs_ = 0;
  uint64_t sequence_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  return contestantMain("cpp", argc, argv, [](const Workload& workload) { return Simulation(workload).run(); });
}
