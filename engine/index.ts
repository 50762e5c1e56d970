export * from './protocol.js';
export * from './time.js';
export * from './history.js';
export * from './trace/record.js';
