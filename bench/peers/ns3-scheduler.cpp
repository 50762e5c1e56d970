// ns-3's own simulator core with its default scheduler (a std::map), handlers called through Simulator::Schedule.
// Only the core: no ns-3 channels, packets or net devices, which would cost it far more.
#include "measure.hpp"

#include <ns3/map-scheduler.h>
#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

namespace {

using ns3::MicroSeconds;
using ns3::Simulator;

class Node;

struct Run {
  uint32_t rounds;
  uint64_t events = 0;
  Xorshift random;
  std::vector<Node> nodes;
};

class Node {
 public:
  Node(Run* run, uint32_t id) : run_(run), id_(id) {}

  void sendTo(uint32_t to, const Message* message) {
    Simulator::Schedule(MicroSeconds(run_->random.latencyUs()), &Node::onMessage, &run_->nodes[to], message);
  }

  void setTimer() { Simulator::Schedule(MicroSeconds(kBeatUs), &Node::onTimer, this); }

  void onMessage(const Message* message) {
    run_->events++;
    sum_ += message->counter + message->from;
    if (message->type == MessageType::kPing && message->counter < run_->rounds) {
      sendTo(message->from, new Message{MessageType::kPing, id_, message->counter + 1});
    }
    delete message;
  }

  void onTimer() {
    run_->events++;
    beat_++;
    for (uint32_t peer = 0; peer < run_->nodes.size(); peer++) {
      if (peer != id_) sendTo(peer, new Message{MessageType::kBeat, id_, beat_});
    }
    if (beat_ < run_->rounds) setTimer();
  }

  uint32_t sum() const { return sum_; }

 private:
  Run* run_;
  uint32_t id_;
  uint32_t sum_ = 0;
  uint32_t beat_ = 0;
};

Outcome simulate(const Workload& workload) {
  ns3::ObjectFactory scheduler;
  scheduler.SetTypeId(ns3::MapScheduler::GetTypeId());
  Simulator::SetScheduler(scheduler);

  Run run{workload.rounds, 0, Xorshift{}, {}};
  run.nodes.reserve(workload.nodes);
  for (uint32_t id = 0; id < workload.nodes; id++) run.nodes.emplace_back(&run, id);
  if (workload.isPingPong()) {
    run.nodes[0].sendTo(1, new Message{MessageType::kPing, 0, 1});
  } else {
    for (Node& node : run.nodes) node.setTimer();
  }
  Simulator::Run();
  Simulator::Destroy();

  std::vector<uint32_t> sums;
  for (const Node& node : run.nodes) sums.push_back(node.sum());
  return {run.events, foldChecksum(sums)};
}

}  // namespace

int main(int argc, char** argv) { return contestantMain("ns-3", argc, argv, simulate); }
