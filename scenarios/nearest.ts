import { nearestName } from '../checkers/values.js';

const LISTED_MAX = 14;
const PARTS_MAX = 5;

/** A hint for a name that is nothing: `did you mean …?`, or what there is when nothing is near. */
export function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there are none';
  const contains = name === '' ? [] : known.filter((candidate) => candidate.includes(name));
  if (contains.length === 1) return `did you mean ${contains[0]!}?`;
  if (contains.length > 0 && contains.length <= PARTS_MAX) return `did you mean one of ${contains.join(', ')}?`;
  const like = nearestName(name, known);
  if (like !== undefined) return `did you mean ${like}?`;
  if (known.length <= LISTED_MAX) return `known: ${known.join(', ')}`;
  // Of many names in folders, the first ones are all of one folder: the folders say more.
  const folders = [...new Set(known.map((one) => one.replace(/[^/]+$/, '…')))];
  if (!folders.includes('…')) return `known: ${folders.join(', ')} (\`splitbrain list\` shows all ${known.length})`;
  return `known: ${known.slice(0, LISTED_MAX).join(', ')}, and ${known.length - LISTED_MAX} more`;
}
