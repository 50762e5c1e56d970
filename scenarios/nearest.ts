/** A hint for a name that is nothing: `did you mean …?`, or all there are when none is near. */
export function nearest(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  const best = ranked[0];
  if (best !== undefined && best.distance <= Math.max(2, Math.ceil(name.length / 3))) return `did you mean ${best.candidate}?`;
  const contains = known.filter((candidate) => name !== '' && candidate.includes(name)).slice(0, 5);
  if (contains.length > 0) return `did you mean one of ${contains.join(', ')}?`;
  return known.length === 0 ? 'there are none' : `known: ${known.join(', ')}`;
}

/** Edits (insert, delete, replace, swap of neighbours) from one text to the other: optimal string alignment. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
