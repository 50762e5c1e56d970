import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Plain } from '../../engine/index.js';
import { formatPlain } from '../model/format-plain.js';

/** Values that fit into so many characters are shown in one line. */
const INLINE_MAX = 44;
/** Of a longer list, the end is shown: logs grow there. */
const ITEMS_MAX = 24;

export interface PlainTreeProps {
  readonly value: Plain;
  readonly name: string;
  /** Where this value is, in the words of `pathKey`. */
  readonly path: string;
  /** The paths that just changed, and every path above them. */
  readonly changed: ReadonlySet<string>;
  readonly open?: boolean;
}

/** A key for a path that no other path shares. */
export function pathKey(parent: string, part: string | number): string {
  return `${parent}/${typeof part === 'number' ? `#${part}` : part.replaceAll('/', '~')}`;
}

interface Child {
  readonly name: string;
  readonly part: string | number;
  readonly value: Plain;
}

function childrenOf(value: Plain): readonly Child[] | null {
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Map) {
    return [...(value as ReadonlyMap<string | number, Plain>)].map(([key, item]) => ({
      name: String(key),
      part: key,
      value: item,
    }));
  }
  if (value instanceof Set)
    return [...(value as ReadonlySet<string | number>)].map((item) => ({ name: '·', part: item, value: item }));
  if (Array.isArray(value))
    return (value as readonly Plain[]).map((item, at) => ({ name: String(at), part: at, value: item }));
  return Object.entries(value).map(([key, item]) => ({ name: key, part: key, value: item }));
}

/** Plain data as a tree; small things in one line. What just changed is marked by colour and by a sign. */
export function PlainTree(props: PlainTreeProps): JSX.Element {
  const { value, name, path, changed, open } = props;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const children = childrenOf(value);
  const touched = changed.has(path);
  const line = formatPlain(value, INLINE_MAX + 2);
  const inline = children === null || children.length === 0 || (line.length <= INLINE_MAX && open !== true);
  if (inline) {
    return (
      <div class={`leaf ${touched ? 'changed' : ''}`}>
        <span class="key">{name}</span>
        <span class={`value ${kindOf(value)}`}>{typeof value === 'string' ? JSON.stringify(value) : line}</span>
        {touched ? <span class="visually-hidden">just changed</span> : null}
      </div>
    );
  }
  const isOpen = chosen ?? (open === true || touched);
  const hidden = Math.max(0, children.length - ITEMS_MAX);
  return (
    <div class={`branch ${touched ? 'has-change' : ''}`}>
      <button type="button" class="branch-head" aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
        <span class="twist" aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <span class="key">{name}</span>
        <span class="value quiet">{isOpen ? countWords(value, children.length) : line}</span>
      </button>
      {isOpen ? (
        <div class="children">
          {hidden > 0 ? <div class="quiet leaf">… {hidden} earlier</div> : null}
          {children.slice(hidden).map((child) => (
            <PlainTree
              key={String(child.part)}
              value={child.value}
              name={child.name}
              path={pathKey(path, child.part)}
              changed={changed}
            />
          ))}
        </div>
      ) : null}
    </div>
  );
}

function countWords(value: Plain, count: number): string {
  if (Array.isArray(value)) return `${count} ${count === 1 ? 'element' : 'elements'}`;
  if (value instanceof Map || value instanceof Set) return `${count} ${count === 1 ? 'entry' : 'entries'}`;
  return '';
}

function kindOf(value: Plain): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value;
}
