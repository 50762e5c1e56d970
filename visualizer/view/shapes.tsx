import type { JSX } from 'preact';
import type { RoleStyle } from '../model/role-style.js';

/** The outline of a role's shape around the origin, as points of a polygon; a circle has none. */
export function shapePoints(shape: RoleStyle['shape'], radius: number): readonly (readonly [number, number])[] {
  switch (shape) {
    case 'hexagon':
      return [0, 1, 2, 3, 4, 5].map((k) => {
        const angle = (Math.PI / 3) * k - Math.PI / 2;
        return [radius * 1.1 * Math.cos(angle), radius * 1.1 * Math.sin(angle)] as const;
      });
    case 'diamond':
      return [
        [0, -radius * 1.22],
        [radius * 1.22, 0],
        [0, radius * 1.22],
        [-radius * 1.22, 0],
      ];
    case 'square': {
      const half = radius * 0.92;
      return [
        [-half, -half],
        [half, -half],
        [half, half],
        [-half, half],
      ];
    }
    case 'circle':
      return [];
  }
}

interface ShapeProps {
  readonly shape: RoleStyle['shape'];
  readonly radius: number;
  readonly class?: string;
  readonly style?: string;
}

export function Shape(props: ShapeProps): JSX.Element {
  const { shape, radius, class: name = '', style = '' } = props;
  if (shape === 'circle') return <circle r={radius} class={name} style={style} />;
  const points = shapePoints(shape, radius)
    .map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`)
    .join(' ');
  return <polygon points={points} class={name} style={style} stroke-linejoin="round" />;
}

/** A role's shape as a small picture beside text. */
export function RoleGlyph(props: {
  readonly style: RoleStyle | undefined;
  readonly down: boolean;
  readonly hollow: boolean;
}): JSX.Element {
  const shape = props.style?.shape ?? 'circle';
  const colour = props.style?.colour ?? '--follower';
  return (
    <svg class="glyph" viewBox="-10 -10 20 20" width="14" height="14" aria-hidden="true">
      {props.down ? (
        <path d="M-6,-6 L6,6 M6,-6 L-6,6" stroke="var(--ink-2)" stroke-width="2.4" fill="none" stroke-linecap="round" />
      ) : (
        <Shape
          shape={props.hollow ? 'circle' : shape}
          radius={7}
          style={
            props.hollow
              ? 'fill: none; stroke: var(--ink-3); stroke-width: 2; stroke-dasharray: 3 3'
              : `fill: var(${colour})`
          }
        />
      )}
    </svg>
  );
}
