import type { PrimaryBackupOptions } from './shape.js';

/**
 * Is the store linearizable in this configuration, whatever crashes, restarts, is cut off, late, lost or doubled? Only where
 * epochs are granted by a majority, and where whoever is granted one surely has all that was acknowledged: because all backups
 * in sync have it, or because those that have it are a majority themselves, so that one of them must have voted. The argument
 * stands in the README.
 */
export function promisesLinearizability(
  {
    mode,
    fencing,
    acknowledgements,
    readMode,
  }: Pick<PrimaryBackupOptions, 'mode' | 'fencing' | 'acknowledgements' | 'readMode'>,
  nodes: number,
): boolean {
  if (fencing !== 'witnesses' || readMode !== 'confirmed') return false;
  return mode === 'synchronous' || (mode === 'semi-synchronous' && acknowledgements + 1 > nodes / 2);
}
