/** One line for people: `{term: 4, log: [1, 2]}`, cut off with `…` after about `limit` characters. */
export function formatPlain(value: unknown, limit = 80): string {
  const out: string[] = [];
  let left = limit;
  const put = (text: string): void => {
    out.push(text);
    left -= text.length;
  };
  const list = (open: string, close: string, items: Iterable<() => void>): void => {
    put(open);
    let first = true;
    for (const item of items) {
      if (left <= 0) {
        put(first ? '…' : ', …');
        break;
      }
      if (!first) put(', ');
      first = false;
      item();
    }
    put(close);
  };
  const write = (item: unknown, top: boolean): void => {
    if (typeof item === 'string')
      put(top || /^[\w.:/-]+$/.test(item) ? shorten(item, left) : JSON.stringify(shorten(item, left)));
    else if (typeof item !== 'object' || item === null) put(String(item));
    else if (Array.isArray(item))
      list(
        '[',
        ']',
        item.map((element) => () => write(element, false)),
      );
    else if (item instanceof Set)
      list(
        '{',
        '}',
        [...item].map((element) => () => write(element, false)),
      );
    else if (item instanceof Map) {
      list(
        '{',
        '}',
        [...item].map(([key, element]) => () => {
          put(`${String(key)} → `);
          write(element, false);
        }),
      );
    } else {
      list(
        '{',
        '}',
        Object.entries(item).map(([key, element]) => () => {
          put(`${key}: `);
          write(element, false);
        }),
      );
    }
  };
  write(value, true);
  return out.join('');
}

export function shorten(text: string, limit: number): string {
  return text.length > limit + 1 ? `${text.slice(0, Math.max(1, limit))}…` : text;
}

/** `durable.log[3].term` */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}
