export { linearizable, type CheckOptions } from './linearizability/linearizable.js';
export type {
  Evidence,
  KeyVerdict,
  LinearizabilityResult,
  ShownOperation,
  Verdict,
} from './linearizability/verdict.js';
export { OnlineLinearizability, type OnlineAnswer, type OnlineOptions } from './linearizability/online.js';
export { DEFAULT_BUDGET, type Budget, type Exhausted, type Spent } from './budget.js';
export type { Standpoint } from './linearizability/standpoint.js';
export { certificateFault } from './linearizability/certificate.js';
export { operationsOf, type Operation } from './history/operation.js';
export { HistoryError, problemsOf, type HistoryProblem } from './history/well-formed.js';
export { defineModel, type AnyModel, type Model, type ModelDefinition, type OperationRule } from './models/model.js';
export { appendList } from './models/append-list.js';
export { priorityQueue, queue, stack } from './models/containers.js';
export { counter } from './models/counter.js';
export { kv, kvText } from './models/kv.js';
export { lease, mutex, semaphore, semaphoreOf } from './models/locks.js';
export { log } from './models/log.js';
export { casRegister, register } from './models/register.js';
export { set } from './models/set.js';
export { exchanger, writeSnapshot } from './models/spanning.js';
export { multiRegister, transactionalRegister } from './models/several-registers.js';
export { uniqueIds } from './models/unique-ids.js';
export { modelNamed, models, UnknownModelError } from './models/registry.js';
export { FormatError, type FormatErrorCode } from './formats/format-error.js';
export {
  detectFormat,
  historyFormats,
  locateProblem,
  readHistory,
  type HistoryFormat,
  type ReadHistory,
  type ReadOptions,
} from './formats/read-history.js';
export { JsonlReader, jsonlLine, writeJsonl, type LocatedEvent } from './formats/jsonl.js';
export { jepsenLine, writeJepsen, writePorcupineKv } from './formats/jepsen.js';
export { writeEtcdLog } from './formats/etcd-log.js';
export { valueFromJson, valueToJson, type Json } from './formats/json-value.js';
export { legible } from './report/legible.js';
export { formatVerdict, type FormatOptions } from './report/format-verdict.js';
export {
  transactions,
  UnknownLevelError,
  type GraphTaken,
  type TransactionOptions,
  type TransactionsResult,
  breaks,
} from './transactions/transactions.js';
export type { Anomaly, CycleStep, ShownTransaction } from './transactions/anomaly.js';
export {
  impliesLevel,
  isolationLevels,
  LEVELS as ISOLATION_LEVELS,
  type AnomalyClass,
  type AnomalyName,
  type CycleClass,
  type IsolationLevel,
  type Standing,
} from './transactions/levels.js';
export {
  transactionsOf,
  type MicroName,
  type MicroOperation,
  type Transaction,
  type TransactionKind,
} from './transactions/transaction.js';
export type { IsolationVerdict } from './transactions/isolation-verdicts.js';
export { PHENOMENA, phenomena, type Phenomenon } from './transactions/phenomena.js';
export { formatTransactions, formatWeakIsolation } from './transactions/format-transactions.js';
export { consistency, type ConsistencyResult, type LevelVerdict } from './consistency/consistency.js';
export type { ConsistencyOptions, Unjudged } from './consistency/judge.js';
export {
  consistencyLevels,
  consistencyNamed,
  CONSISTENCY_LEVELS,
  impliesConsistency,
  UnknownConsistencyError,
  type ConsistencyLevel,
} from './consistency/levels.js';
export type { LevelEvidence } from './consistency/evidence.js';
export type { Convergence } from './consistency/convergence.js';
export type { Staleness, StalenessBound } from './consistency/staleness.js';
export { formatConsistency } from './report/format-consistency.js';
export { weakIsolation, type WeakIsolationResult } from './transactions/weak-isolation.js';
export { weakLevels, type WeakLevel } from './transactions/levels.js';
export {
  evidenceData,
  type EvidenceBar,
  type EvidenceData,
  type EvidenceFinding,
  type EvidenceSource,
} from './report/evidence-data.js';
export type { EvidenceBand, NemesisNote } from './report/bands.js';
export { evidenceSvg } from './report/evidence-svg.js';
export { broadcastProperties, type BroadcastEvent, type BroadcastProperty } from './properties/broadcast.js';
export {
  conservation,
  AtMostOnce,
  deliveryCounts,
  leaderUniqueness,
  LeaderUniqueness,
  mutualExclusion,
  MutualExclusion,
  type BalanceRead,
  type DeliveryEvent,
  type DeliveryProperty,
  type LeadershipEvent,
  type LockEvent,
} from './properties/coordination.js';
export {
  always,
  eventually,
  eventuallyAlways,
  leadsTo,
  type ObservedTrace,
  type TimedState,
  type Window,
} from './properties/temporal.js';
export type { PropertyVerdict } from './properties/finding.js';
