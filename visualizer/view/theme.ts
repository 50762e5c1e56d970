import { signal } from '@preact/signals';

const NAMES = [
  '--bg',
  '--panel',
  '--ink',
  '--ink-2',
  '--ink-3',
  '--line',
  '--line-2',
  '--accent',
  '--leader',
  '--follower',
  '--candidate',
  '--role-a',
  '--role-b',
  '--role-c',
  '--ok',
  '--unknown',
  '--fail',
  '--bad',
  '--fault',
  '--msg-0',
  '--msg-1',
  '--msg-2',
  '--msg-3',
  '--msg-4',
  '--msg-other',
  '--on-role',
] as const;

export type ColourName = (typeof NAMES)[number];
export type Theme = Readonly<Record<ColourName, string>> & { readonly sans: string; readonly mono: string };

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(name).trim()]));
  return {
    ...colours,
    sans: style.getPropertyValue('--sans').trim(),
    mono: style.getPropertyValue('--mono').trim(),
  } as Theme;
}

/** The style sheet's colours for canvases; follows the system's change between light and dark. */
export const theme = signal<Theme>(readTheme());

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  theme.value = readTheme();
});

/** Colours of message types, the most frequent first; clients' messages and the rest share a quiet one. */
export function messageColourName(types: readonly string[], type: string): ColourName {
  const index = types.indexOf(type);
  return index >= 0 && index < 5 ? (`--msg-${index}` as ColourName) : '--msg-other';
}
