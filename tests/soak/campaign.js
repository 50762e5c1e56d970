// Seeds 1 to N of something, and how many of them one needs until it is found.

/** Each seed with what it found, or null, and the processor time that all took. */
export function campaign(count, find) {
  const before = process.cpuUsage();
  const properties = Array.from({ length: count }, (_, i) => find(String(i + 1)));
  const { user, system } = process.cpuUsage(before);
  const found = properties.flatMap((property, i) => (property === null ? [] : [i]));
  return { count, properties, found, cpuMs: (user + system) / 1000 };
}

/** The median, over the seed that one begins with, of how many it takes until one finds it; after the last comes the first again. */
export function seedsNeeded({ count, found }) {
  if (found.length === 0) return null;
  const needed = Array.from({ length: count }, (_, from) => {
    const next = found.find((at) => at >= from) ?? found[0] + count;
    return next - from + 1;
  });
  return needed.sort((a, b) => a - b)[Math.floor((count - 1) / 2)];
}
