/** Exit statuses of the command. */
export const EXIT = {
  ok: 0,
  violation: 1,
  usage: 2,
  undecided: 3,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
