import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import type { TraceFooter, Violation } from '../../engine/index.js';
import { reproduceLine } from '../model/reproduce.js';
import { useRun } from './view-context.js';

const VERDICTS: Readonly<Record<TraceFooter['verdict'], { readonly sign: string; readonly says: string }>> = {
  ok: { sign: '✓', says: 'ok' },
  violation: { sign: '✗', says: 'violation' },
  undecided: { sign: '?', says: 'undecided' },
};

/** What was run, how it ended, and the line that runs it again. */
export function RunHeader(): JSX.Element {
  const { model, helpOpen } = useRun();
  const { header, footer } = model.record;
  return (
    <header class="run-header">
      <Brand />
      <div class="run-name">
        <h1>{header.scenario}</h1>
        <dl>
          <Fact name="protocol" value={header.protocol} />
          <Fact name="seed" value={header.seed} />
          {header.bug === undefined ? null : <Fact name="bug" value={header.bug} />}
          {Object.entries(header.settings).map(([key, value]) => (
            <Fact key={key} name={key} value={value} />
          ))}
        </dl>
      </div>
      <VerdictBadge />
      <div class="run-copy">
        {footer.digest === '' ? null : (
          <Copyable label="digest" text={footer.digest} shown={`${footer.digest.slice(0, 12)}…`} />
        )}
        <Copyable label="reproduce" text={reproduceLine(header, footer)} shown={reproduceLine(header, footer)} />
      </div>
      <button
        type="button"
        class="icon help-button"
        aria-label="Help: keys and signs"
        title="Help (?)"
        onClick={() => (helpOpen.value = true)}
      >
        ?
      </button>
    </header>
  );
}

/** Two halves of one circle that no longer meet. */
export function Brand(): JSX.Element {
  return (
    <svg class="brand" viewBox="0 0 40 40" width="38" height="38" role="img" aria-label="splitbrain">
      <path d="M18 4 A16 16 0 0 0 18 36 L14.5 27 L19 20 L14.5 12 Z" fill="var(--follower)" />
      <path d="M23 4 A16 16 0 0 1 23 36 L19.5 28 L24 20 L19.5 12.5 Z" fill="var(--leader)" />
    </svg>
  );
}

function Fact(props: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div class="fact">
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function VerdictBadge(): JSX.Element {
  const { model } = useRun();
  const { footer } = model.record;
  const verdict = VERDICTS[footer.verdict];
  const properties = [...new Set(footer.violations.map((violation) => violation.property))];
  return (
    <p class={`verdict ${footer.verdict}`} data-testid="verdict">
      <span class="verdict-sign" aria-hidden="true">
        {verdict.sign}
      </span>
      <span>
        <strong>{verdict.says}</strong>
        {properties.length === 0
          ? endingWords(footer)
          : `: ${properties.slice(0, 2).join(', ')}${properties.length > 2 ? ' …' : ''}`}
      </span>
    </p>
  );
}

function endingWords(footer: TraceFooter): string {
  if (footer.verdict === 'ok') return ': every property held';
  return footer.ending === 'finished' || footer.ending === 'violation'
    ? ''
    : ` (${footer.ending.replaceAll('-', ' ')})`;
}

function Copyable(props: { readonly label: string; readonly text: string; readonly shown: string }): JSX.Element {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    await copyText(props.text);
    copied.value = true;
    setTimeout(() => (copied.value = false), 1_500);
  };
  return (
    <div class="copyable">
      <span class="copy-label">{props.label}</span>
      <code title={props.text}>{props.shown}</code>
      <button
        type="button"
        aria-label={`Copy the ${props.label === 'digest' ? 'digest' : 'command that reproduces this run'}`}
        onClick={() => void copy()}
      >
        {copied.value ? 'copied' : 'copy'}
      </button>
    </div>
  );
}

/** Pages opened from a file may not use the clipboard's own interface everywhere. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

/** The violations in full sentences, each with the way to where it was noticed. */
export function Violations(): JSX.Element | null {
  const { model } = useRun();
  const { violations } = model.record.footer;
  if (violations.length === 0) return null;
  return (
    <ul class="violations" aria-label="Violations">
      {violations.slice(0, 3).map((violation, index) => (
        <ViolationLine key={index} violation={violation} />
      ))}
      {violations.length > 3 ? <li>and {violations.length - 3} more, in the story</li> : null}
    </ul>
  );
}

function ViolationLine(props: { readonly violation: Violation }): JSX.Element {
  const { model, player, axis } = useRun();
  const { violation } = props;
  const place = model.placeOf(violation);
  return (
    <li>
      <span aria-hidden="true" class="sign">
        ✗
      </span>
      <span>
        <strong>{violation.property}</strong>: {violation.message}
      </span>
      <button
        type="button"
        onClick={() => {
          player.playing.value = false;
          player.goTo(place);
          axis.reveal(axis.of(place));
        }}
      >
        show where
      </button>
    </li>
  );
}
