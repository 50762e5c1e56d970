import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { activeAt, type FaultBand } from '../model/faults.js';
import type { MessageLeg } from '../model/messages.js';
import type { NodeImage } from '../model/node-states.js';
import type { RunModel } from '../model/run-model.js';
import {
  CLUSTER_HEIGHT,
  CLUSTER_WIDTH,
  convexHull,
  placeAll,
  routeBetween,
  type Place,
  type Point,
} from './cluster-layout.js';
import { Shape } from './shapes.js';
import { messageColourName } from './theme.js';
import { useRun } from './view-context.js';

/** More dots than this are no picture. */
const DOTS_MAX = 240;
const NAMED_DOTS_MAX = 10;
const CROSSES_MAX = 40;
const LOSSES_TOLD_MAX = 2;

/** Who is there, in which role, and what travels between them at this instant. */
export function Cluster(): JSX.Element {
  const { model, player } = useRun();
  const places = useMemo(() => placeAll(model.nodes, model.clients), [model]);
  const cursor = player.cursor.value;
  const faults = activeAt(model.faults, cursor);
  return (
    <section class="panel cluster" aria-labelledby="cluster-title">
      <header class="panel-head">
        <h2 id="cluster-title">Cluster</h2>
        <RoleLegend />
      </header>
      <svg
        viewBox={`0 0 ${CLUSTER_WIDTH} ${CLUSTER_HEIGHT}`}
        role="group"
        aria-label="The nodes and what travels between them"
      >
        <Partitions faults={faults} places={places} />
        {model.clients.map((client) => (
          <ClientDot key={client} name={client} place={places.get(client)} />
        ))}
        {model.nodes.map((node) => (
          <NodeBadge
            key={node}
            name={node}
            place={places.get(node)}
            image={player.image.value.get(node)}
            touched={model.events[cursor]?.node === node}
            troubled={faults.some((fault) => fault.groups.length === 0 && fault.nodes.includes(node))}
          />
        ))}
        <Traffic places={places} />
      </svg>
      <Caption faults={faults} />
    </section>
  );
}

function RoleLegend(): JSX.Element {
  const { model } = useRun();
  return (
    <ul class="legend" aria-label="Roles">
      {[...model.roles].slice(0, 5).map(([name, style]) => (
        <li key={name}>
          <svg viewBox="-10 -10 20 20" width="15" height="15" aria-hidden="true">
            <Shape shape={style.shape} radius={7.5} style={`fill: var(${style.colour})`} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Partitions(props: {
  readonly faults: readonly FaultBand[];
  readonly places: ReadonlyMap<string, Place>;
}): JSX.Element {
  return (
    <g aria-hidden="true">
      {props.faults.flatMap((fault) =>
        fault.groups.map((group, index) => {
          const members = group.map((node) => props.places.get(node)).filter((place) => place !== undefined);
          const path = `${convexHull(members)
            .map((point, at) => `${at === 0 ? 'M' : 'L'}${point.x.toFixed(1)},${point.y.toFixed(1)}`)
            .join(' ')} Z`;
          const width = 2 * (members[0]?.radius ?? 20) + 30;
          return (
            <g key={`${fault.fault}/${index}`} class={`halo halo-${index % 3}`}>
              <path d={path} stroke-width={width + 5} class="halo-edge" />
              <path d={path} stroke-width={width} class="halo-body" />
            </g>
          );
        }),
      )}
    </g>
  );
}

/** The faults at this instant, and why messages were lost just now. */
function Caption(props: { readonly faults: readonly FaultBand[] }): JSX.Element {
  const { model, player } = useRun();
  const losses = lostLately(model, player.cursor.value, player.now.value).slice(0, LOSSES_TOLD_MAX);
  return (
    <ul class="caption" aria-label="Faults and losses at this instant">
      {props.faults.length + losses.length === 0 ? <li class="none">no fault at this instant</li> : null}
      {props.faults.slice(0, 4).map((fault) => (
        <li key={fault.fault}>
          <span aria-hidden="true">⚡</span> {fault.says}
        </li>
      ))}
      {losses.map((leg) => (
        <li key={`${leg.msg}/${leg.sentAt}`}>
          <span class="cross" aria-hidden="true">
            ✕
          </span>{' '}
          {leg.type} {leg.from} → {leg.to} lost: {leg.why ?? `at ${leg.lostAt ?? 'delivery'}`}
        </li>
      ))}
    </ul>
  );
}

interface NodeBadgeProps {
  readonly name: string;
  readonly place: Place | undefined;
  readonly image: NodeImage | undefined;
  readonly touched: boolean;
  readonly troubled: boolean;
}

function NodeBadge(props: NodeBadgeProps): JSX.Element | null {
  const { model, pinnedNode } = useRun();
  const { name, place, image, touched, troubled } = props;
  if (place === undefined) return null;
  const status = image?.status ?? 'unstarted';
  const role = image?.role ?? null;
  const style = role === null ? undefined : model.roles.get(role.name);
  const up = status === 'up' || status === 'paused';
  const small = place.radius < 20;
  const words = status === 'down' ? 'down' : status === 'unstarted' ? 'not started' : (role?.name ?? 'up');
  const term = role?.term === undefined || !up ? '' : `term ${role.term}`;
  const choose = (): void => {
    pinnedNode.value = name;
  };
  return (
    <g
      class={`node ${up ? 'is-up' : 'is-down'} ${touched ? 'is-touched' : ''}`}
      transform={`translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`}
      role="button"
      tabIndex={0}
      aria-label={`${name}: ${words}${term === '' ? '' : `, ${term}`}${status === 'paused' ? ', paused' : ''}. Show its state.`}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        choose();
      }}
    >
      {touched ? <Shape shape={style?.shape ?? 'circle'} radius={place.radius + 6} class="touch-ring" /> : null}
      {troubled ? <circle r={place.radius + 10} class="trouble-ring" /> : null}
      <Shape
        shape={up ? (style?.shape ?? 'circle') : 'circle'}
        radius={place.radius}
        class="node-body"
        style={up ? `fill: var(${style?.colour ?? '--follower'})` : ''}
      />
      {style?.leads === true && up ? <Shape shape="hexagon" radius={place.radius - 5} class="leader-line" /> : null}
      <text class="node-name" y={small ? 4 : term === '' ? 6 : 0}>
        {name}
      </text>
      {small || term === '' ? null : (
        <text class="node-term" y={15}>
          t{role?.term}
        </text>
      )}
      {status !== 'down' ? null : (
        <path class="down-cross" d="M-12,-12 L12,12 M12,-12 L-12,12" transform={`scale(${place.radius / 20})`} />
      )}
      {status === 'paused' ? <path class="pause-bars" d="M-5,-24 V-14 M5,-24 V-14" /> : null}
      {small ? null : (
        <text class="node-role" y={place.radius + 19}>
          {status === 'paused' ? `${words}, paused` : words}
        </text>
      )}
    </g>
  );
}

function ClientDot(props: { readonly name: string; readonly place: Place | undefined }): JSX.Element | null {
  const { place, name } = props;
  if (place === undefined) return null;
  return (
    <g class="client" transform={`translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`}>
      <rect
        x={-place.radius - 3}
        y={-place.radius + 1}
        width={2 * place.radius + 6}
        height={2 * place.radius - 2}
        rx="5"
      />
      <text y="4.5">{name}</text>
    </g>
  );
}

interface Moving {
  readonly leg: MessageLeg;
  readonly share: number;
}

/** The messages on their way, and those that were lost a moment ago. */
function Traffic(props: { readonly places: ReadonlyMap<string, Place> }): JSX.Element {
  const { model, player } = useRun();
  const { places } = props;
  const cursor = player.cursor.value;
  const { moving, lost, hidden } = trafficAt(model, cursor, player.now.value);
  const named = moving.length <= NAMED_DOTS_MAX;
  return (
    <g class="traffic" aria-hidden="true">
      {moving.map(({ leg, share }) => {
        const from = places.get(leg.from);
        const to = places.get(leg.to);
        if (from === undefined || to === undefined) return null;
        const route = routeBetween(from, to);
        const point = route.at(share);
        const colour = messageColourName(model.messages.types, leg.type);
        return (
          <g key={`${leg.msg}/${leg.sentAt}`}>
            <path d={route.path} class="trail" style={`stroke: var(${colour})`} />
            <circle
              cx={point.x.toFixed(1)}
              cy={point.y.toFixed(1)}
              r={named ? 6 : 4.5}
              class="dot"
              style={`fill: var(${colour})`}
            />
          </g>
        );
      })}
      {named
        ? dotNames(moving, places).map(({ text, point }) => (
            <text key={`${point.x}/${point.y}`} class="dot-name" x={point.x.toFixed(1)} y={(point.y - 10).toFixed(1)}>
              {text}
            </text>
          ))
        : null}
      {lost.map((leg) => (
        <LostCross key={`${leg.msg}/${leg.sentAt}`} leg={leg} places={places} />
      ))}
      {hidden > 0 ? (
        <text class="dot-name" x={CLUSTER_WIDTH / 2} y={CLUSTER_HEIGHT - 6}>
          and {hidden} more on their way
        </text>
      ) : null}
    </g>
  );
}

/** Names for the dots, save those that would stand on another name or on a node. */
function dotNames(
  moving: readonly Moving[],
  places: ReadonlyMap<string, Place>,
): readonly { readonly text: string; readonly point: Point }[] {
  const names: { readonly text: string; readonly point: Point }[] = [];
  const clear = (point: Point, width: number): boolean =>
    names.every(
      (other) =>
        Math.abs(other.point.y - point.y) > 14 ||
        Math.abs(other.point.x - point.x) > (width + nameWidth(other.text)) / 2,
    ) &&
    [...places.values()].every(
      (place) =>
        Math.abs(place.x - point.x) > place.radius + width / 2 ||
        point.y - 14 > place.y + place.radius + 22 ||
        point.y < place.y - place.radius,
    );
  for (const { leg, share } of moving) {
    const from = places.get(leg.from);
    const to = places.get(leg.to);
    if (from === undefined || to === undefined) continue;
    const point = routeBetween(from, to).at(share);
    if (clear(point, nameWidth(leg.type))) names.push({ text: leg.type, point });
  }
  return names;
}

function nameWidth(text: string): number {
  return text.length * 6.6 + 6;
}

function LostCross(props: {
  readonly leg: MessageLeg;
  readonly places: ReadonlyMap<string, Place>;
}): JSX.Element | null {
  const { leg, places } = props;
  const from = places.get(leg.from);
  const to = places.get(leg.to);
  if (from === undefined || to === undefined) return null;
  const route = routeBetween(from, to);
  const point = route.at(leg.lostAt === 'sending' ? 0.16 : 0.9);
  return (
    <g>
      <path d={route.path} class="trail lost-trail" />
      <g transform={`translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`}>
        <path class="lost-cross" d="M-6,-6 L6,6 M6,-6 L-6,6" />
      </g>
    </g>
  );
}

interface TrafficNow {
  readonly moving: readonly Moving[];
  readonly lost: readonly MessageLeg[];
  readonly hidden: number;
}

function trafficAt(model: RunModel, cursor: number, now: number): TrafficNow {
  const moving: Moving[] = [];
  let hidden = 0;
  model.messages.overlapping(cursor, cursor, (leg) => {
    if (leg.sentAt > cursor || leg.endedAt <= cursor) return;
    if (leg.outcome === 'lost' && leg.lostAt === 'sending') return;
    if (moving.length >= DOTS_MAX) {
      hidden += 1;
      return;
    }
    const begin = model.timeOf(leg.sentAt);
    const length = model.timeOf(leg.endedAt) - begin;
    const full = leg.outcome === 'delivered' ? 1 : 0.9;
    moving.push({ leg, share: length <= 0 ? 0 : full * Math.min(1, (now - begin) / length) });
  });
  return { moving, lost: lostLately(model, cursor, now), hidden };
}

/** What was lost stays visible for as long as a message usually flies, and where the cursor stands on the loss itself. */
function lostLately(model: RunModel, cursor: number, now: number): readonly MessageLeg[] {
  const lost: MessageLeg[] = [];
  for (let at = cursor; at >= 0 && lost.length < CROSSES_MAX && cursor - at < 500; at -= 1) {
    if (now - model.timeOf(at) > model.flightUs) break;
    const leg = model.messages.endedBy.get(at);
    if (leg?.outcome === 'lost') lost.push(leg);
  }
  return lost;
}
