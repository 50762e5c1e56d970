export { catalogue, scenarioNamed } from './catalogue/index.js';
export { protocolNamed, protocols } from './registry.js';
export { notesOf, whyNeverStruck } from './notes.js';
export { defineScenario, makeScenario, modelOf, ScenarioError, type Scenario, type ScenarioParts } from './scenario.js';
export { REPRO_FORMAT, REPRO_VERSION, reproSchema } from './repro-schema.js';
export { fault, scenarioSchema, type ScenarioData, type ScenarioInput } from './schema.js';
export { readYamlScenario, placeOfName, ScenarioFileError } from './yaml.js';
export { LocatedDocument, type Place } from './located-document.js';
export { parseWith, excerpt, type Problem } from './problems.js';
export { withSettings, scalar, type Settings } from './settings.js';
export {
  addedBy,
  clientsOf,
  judge,
  runScenario,
  simulationConfig,
  summaryOf,
  traceFooter,
  traceHeader,
  type Added,
  type RunOptions,
  type RunVerdict,
  type ScenarioRun,
} from './run.js';
export type { JudgedProperty } from './properties.js';
export { summarize, quantile, type Latency, type Phase, type WorkloadSummary } from './summary.js';
export { drawSwarm, type Swarm } from './swarm.js';
export {
  compare,
  defineExperiment,
  type Comparison,
  type Experiment,
  type ExperimentContext,
  type ExperimentReport,
  type Table,
} from './experiment.js';
export { measureCap, type CapReport, type CutReport } from './cap/cap.js';
export { capPage } from './cap/page.js';
export { BOUND, SETTLING } from './cap/probe.js';
export { capStores, type CapStore } from './cap/store.js';
export { percentAnswered, type Answered, type Availability } from './cap/availability.js';
export { nearest } from './nearest.js';
export { VERSION } from './version.js';
