// Does dist hold what the sources say? Modification times answer cheaply; where they raise a doubt (a fresh clone, a copied
// folder, a file saved without a change) the contents decide, so that there is no false alarm.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {'code' | 'page'} Target what tsc makes, and what Vite makes */

const root = fileURLToPath(new URL('../', import.meta.url));
const sandboxRooms = ['engine', 'protocols', 'checkers', 'scenarios', 'fuzz'];
const roomsOf = {
  code: [...sandboxRooms, 'cli', 'visualizer/embed'],
  page: [...sandboxRooms, 'visualizer'],
};
const sourceFile = /\.(ts|tsx|json|html|css|svg|yaml|yml)$/;

/**
 * The files that a target is made of, relative to the checkout, in a fixed order.
 * @param {Target} target
 * @returns {string[]}
 */
export function sourcesOf(target) {
  /** @type {string[]} */
  const files = ['tsconfig.base.json'];
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(root + folder, { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(path);
      else if (entry.isFile() && sourceFile.test(entry.name)) files.push(path);
    }
  };
  for (const room of roomsOf[target]) if (exists(room)) walk(room);
  return files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * What the sources of a target are right now. Take it before a build, so that a file saved meanwhile counts as newer.
 * @param {Target} target
 * @returns {{ target: Target, takenMs: number, files: Record<string, string> }}
 */
export function takeStamp(target) {
  const takenMs = Date.now();
  /** @type {Record<string, string>} */
  const files = {};
  for (const path of sourcesOf(target)) files[path] = digest(path);
  return { target, takenMs, files };
}

/** @param {ReturnType<typeof takeStamp>} stamp */
export function writeStamp(stamp) {
  mkdirSync(`${root}dist`, { recursive: true });
  const path = stampPath(stamp.target);
  writeFileSync(path, JSON.stringify(stamp.files, null, 1));
  utimesSync(path, stamp.takenMs / 1000, stamp.takenMs / 1000);
}

/**
 * The first source that dist does not hold, or nothing when dist is up to date.
 * @param {Target} target
 * @returns {string | null}
 */
export function staleSource(target) {
  /** @type {Record<string, string>} */
  let built;
  let builtMs;
  try {
    builtMs = statSync(stampPath(target)).mtimeMs;
    built = JSON.parse(readFileSync(stampPath(target), 'utf8'));
  } catch {
    return 'the sources';
  }
  const nowMs = Date.now();
  const sources = sourcesOf(target);
  let touched = false;
  for (const path of sources) {
    if (path in built && statSync(root + path).mtimeMs < builtMs) continue;
    if (built[path] !== digest(path)) return path;
    touched = true;
  }
  const present = new Set(sources);
  for (const path of Object.keys(built)) if (!present.has(path)) return `the removal of ${path}`;
  if (touched) remember(stampPath(target), nowMs);
  return null;
}

/** Spares the next start the reading. Where dist cannot be written, the next start reads again. */
function remember(/** @type {string} */ path, /** @type {number} */ nowMs) {
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  } catch {
    // As said: only slower.
  }
}

function digest(/** @type {string} */ path) {
  return createHash('sha256')
    .update(readFileSync(root + path))
    .digest('hex')
    .slice(0, 16);
}

function stampPath(/** @type {Target} */ target) {
  return `${root}dist/.stamp-${target}.json`;
}

function exists(/** @type {string} */ path) {
  try {
    statSync(root + path);
    return true;
  } catch {
    return false;
  }
}
