import type { JSX } from 'preact';
import { useComputed } from '@preact/signals';
import type { Change, Plain, TraceEvent } from '../../engine/index.js';
import { formatPath, formatPlain } from '../model/format-plain.js';
import { valueAt, type NodeImage } from '../model/node-states.js';
import type { RunModel } from '../model/run-model.js';
import { reproduceLine } from '../model/reproduce.js';
import { PlainTree, pathKey } from './plain-tree.js';
import { RoleGlyph } from './shapes.js';
import { useRun } from './view-context.js';

const ALL = '*';
const CHANGES_MAX = 12;
/** Events that concern no node at all come in no longer rows than this. */
const LOOK_BACK_MAX = 500;

/** Every node's state at the cursor, and what the last step changed in it. */
export function StatePanel(): JSX.Element {
  const { model, player, pinnedNode } = useRun();
  const followed = useComputed(() => nodeOfInterest(model, player.cursor.value));
  const shown = pinnedNode.value ?? followed.value;
  return (
    <section class="panel state" aria-labelledby="state-title">
      <header class="panel-head">
        <h2 id="state-title">State</h2>
        <label class="inline-label">
          <input
            type="checkbox"
            checked={pinnedNode.value === null}
            onChange={(event) => (pinnedNode.value = event.currentTarget.checked ? null : shown)}
          />{' '}
          follow the event
        </label>
      </header>
      <NodeTabs shown={shown} />
      <div
        class="scroll-y"
        tabIndex={0}
        role="tabpanel"
        aria-label={shown === ALL ? 'State of all nodes' : `State of ${shown}`}
        id="state-panel"
      >
        {model.hasStates ? null : <NoStates />}
        {(shown === ALL ? model.nodes : [shown]).map((node) => (
          <NodeState key={node} node={node} named={shown === ALL} />
        ))}
      </div>
    </section>
  );
}

function NodeTabs(props: { readonly shown: string }): JSX.Element {
  const { model, player, pinnedNode } = useRun();
  const names = [...model.nodes, ...(model.nodes.length > 1 ? [ALL] : [])];
  const touched = model.events[player.cursor.value]?.node;
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label="Node"
      onKeyDown={(event) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (by === 0) return;
        event.preventDefault();
        event.stopPropagation();
        const next = names[(names.indexOf(props.shown) + by + names.length) % names.length];
        if (next === undefined) return;
        pinnedNode.value = next;
        event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[names.indexOf(next)]?.focus();
      }}
    >
      {names.map((name) => {
        const image = player.image.value.get(name);
        const role = image?.role?.name;
        return (
          <button
            type="button"
            role="tab"
            key={name}
            aria-selected={props.shown === name}
            aria-controls="state-panel"
            tabIndex={props.shown === name ? 0 : -1}
            class={touched === name ? 'touched' : ''}
            onClick={() => (pinnedNode.value = name)}
          >
            {name === ALL ? (
              'all'
            ) : (
              <>
                <RoleGlyph
                  style={role === undefined ? undefined : model.roles.get(role)}
                  down={image?.status === 'down'}
                  hollow={image?.status === 'unstarted'}
                />
                {name}
              </>
            )}
          </button>
        );
      })}
    </div>
  );
}

/** Where the event happened. A client has no state to show: whom it asked, or who answered it, is of interest then. */
function nodeOfInterest(model: RunModel, cursor: number): string {
  for (let at = cursor; at >= Math.max(0, cursor - LOOK_BACK_MAX); at -= 1) {
    const event = model.events[at];
    for (const name of [event?.node, event?.peer]) {
      if (typeof name === 'string' && model.nodes.includes(name)) return name;
    }
  }
  return model.nodes[0] ?? '';
}

/** Says why there is nothing to see, and the line that gives it. */
function NoStates(): JSX.Element {
  const { model } = useRun();
  const { header, footer } = model.record;
  return (
    <p class="quiet" data-testid="no-states">
      This run was recorded at level “{header.level}”: what happened, but not the nodes’ states or roles. To get them:{' '}
      <code>{reproduceLine(header, footer)} --html run.html</code>
    </p>
  );
}

function NodeState(props: { readonly node: string; readonly named: boolean }): JSX.Element {
  const { model, player } = useRun();
  const { node, named } = props;
  const image = player.image.value.get(node);
  const event = model.events[player.cursor.value];
  const changes = event?.node === node ? stepChanges(event) : [];
  const changed = useComputed(() => {
    const now = model.events[player.cursor.value];
    return changedPaths(now?.node === node ? stepChanges(now) : []);
  });
  return (
    <div class="node-state">
      <p class="node-line">
        {named ? <strong>{node}</strong> : null} <span>{statusWords(image)}</span>
      </p>
      {changes.length > 0 ? <ChangeList changes={changes} before={player.before.value.get(node)?.state} /> : null}
      {image?.state === undefined || image.state === null
        ? null
        : Object.entries(image.state as { readonly [key: string]: Plain }).map(([name, value]) => (
            <PlainTree key={name} name={name} value={value} path={pathKey('', name)} changed={changed.value} open />
          ))}
    </div>
  );
}

function statusWords(image: NodeImage | undefined): string {
  const role = image?.role === null || image === undefined ? '' : image.role.name;
  const term = image?.role?.term === undefined ? '' : `, term ${image.role.term}`;
  switch (image?.status) {
    case 'down':
      return `down${role === '' ? '' : `; was ${role}${term}`}`;
    case 'paused':
      return `paused; ${role}${term}`;
    case 'up':
      return role === '' ? 'up' : `${role}${term}`;
    default:
      return 'not started yet';
  }
}

/** What a step changed. The whole state that a node starts with is no change worth marking. */
function stepChanges(event: TraceEvent): readonly Change[] {
  return (event.changes ?? []).filter(({ path }) => path.length > 1);
}

function changedPaths(changes: readonly Change[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const change of changes) {
    let key = '';
    for (const part of change.path) {
      key = pathKey(key, part);
      paths.add(key);
    }
  }
  return paths;
}

function ChangeList(props: { readonly changes: readonly Change[]; readonly before: Plain }): JSX.Element {
  const { changes, before } = props;
  return (
    <div class="changes" data-testid="changes">
      <h3>Just changed</h3>
      <ul>
        {changes.slice(0, CHANGES_MAX).map((change) => {
          const old = valueAt(before, change.path);
          return (
            <li key={formatPath(change.path)}>
              <span class="key">{formatPath(change.path.slice(1))}</span>
              <span>
                {old === undefined ? null : <del>{formatPlain(old, 36)}</del>}
                {old === undefined ? null : ' → '}
                {change.to === undefined ? <em>removed</em> : <ins>{formatPlain(change.to, 48)}</ins>}
              </span>
            </li>
          );
        })}
      </ul>
      {changes.length > CHANGES_MAX ? <p class="quiet">and {changes.length - CHANGES_MAX} more</p> : null}
    </div>
  );
}
