import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import type { RunModel } from '../model/run-model.js';
import type { Axis } from './axis.js';
import type { Player } from './player.js';

/** What every panel shares. */
export interface ViewContext {
  readonly model: RunModel;
  readonly player: Player;
  readonly axis: Axis;
  /** The node whose state is shown; null follows the event. */
  readonly pinnedNode: Signal<string | null>;
  readonly helpOpen: Signal<boolean>;
  /** What assistive technology is told. */
  readonly announcement: Signal<string>;
}

export const RunContext = createContext<ViewContext | null>(null);

export function useRun(): ViewContext {
  const context = useContext(RunContext);
  if (context === null) throw new Error('a panel stands outside the run that it should show');
  return context;
}
