/** The state that both directions of a connection share. */
export interface Connection {
  readonly a: number;
  readonly b: number;
  /** Messages sent in an earlier epoch are lost with their connection. */
  epoch: number;
  open: boolean;
  /** Is it being made again? */
  opening: boolean;
  /** The epochs that its ends know of: one that has not had its turn to hear of a reset still speaks into the old one. */
  knownToA: number;
  knownToB: number;
}

/** Who looks after connections. */
export interface ConnectionSupervisor {
  up(index: number): boolean;
  /** A connection was wanted that cannot be made now. */
  refused(connection: Connection): void;
  /** A connection broke because a message was lost again and again, although nothing parts its ends. */
  gaveUp(connection: Connection): void;
}

/** The connections between nodes, each made when a link is first used; none where links carry datagrams. */
export class Connections {
  /** Knows which endpoints run, and hears of connections that could not be made or had to be given up. */
  supervisor: ConnectionSupervisor | null = null;
  private readonly all = new Map<string, Connection>();

  /**
   * @param reachable do the cuts in force let messages through?
   * @param broken both links of a connection owe nothing any more
   */
  constructor(
    private readonly reachable: (from: number, to: number) => boolean,
    private readonly broken: (a: number, b: number) => void,
  ) {}

  /** The one connection between two nodes. */
  between(from: number, to: number): Connection {
    const [a, b] = from < to ? [from, to] : [to, from];
    const key = `${a} ${b}`;
    const known = this.all.get(key);
    if (known !== undefined) return known;
    const connection = { a, b, epoch: 1, open: true, opening: false, knownToA: 1, knownToB: 1 };
    this.all.set(key, connection);
    const { supervisor } = this;
    if (supervisor !== null && !this.possible(connection)) {
      this.break(connection);
      supervisor.refused(connection);
    }
    return connection;
  }

  /**
   * Closes the open connections that a cut or a crash has broken, and finds those that can be made again.
   *
   * @param opening is to call `open` when both ends have had the time to hear that the old one is gone
   */
  update(broke: (c: Connection) => void, opening: (c: Connection) => void): void {
    for (const connection of this.all.values()) {
      this.forgottenByThoseDown(connection);
      const possible = this.possible(connection);
      if (connection.open && !possible) {
        this.break(connection);
        broke(connection);
      } else if (!connection.open && possible && !connection.opening) {
        connection.opening = true;
        opening(connection);
      }
    }
  }

  /** What `opening` announced has had its time. @returns whether the connection is open now. */
  open(connection: Connection): boolean {
    connection.opening = false;
    return (connection.open = this.possible(connection));
  }

  /** An end hears that what it knew is gone. */
  heard(connection: Connection, end: number, epoch: number): void {
    if (end === connection.a) connection.knownToA = Math.max(connection.knownToA, epoch);
    else connection.knownToB = Math.max(connection.knownToB, epoch);
  }

  /** A message could not be got through: the connection breaks, as what follows must not arrive without it. */
  giveUp(connection: Connection): void {
    this.break(connection);
    this.supervisor?.gaveUp(connection);
  }

  /** What is on its way is lost; a later connection owes it nothing. */
  private break(connection: Connection): void {
    connection.open = false;
    connection.epoch++;
    this.forgottenByThoseDown(connection);
    this.broken(connection.a, connection.b);
  }

  /** The next life of an end has no connection to lose. */
  private forgottenByThoseDown(connection: Connection): void {
    if (!this.up(connection.a)) connection.knownToA = connection.epoch;
    if (!this.up(connection.b)) connection.knownToB = connection.epoch;
  }

  /** May this end speak on it? */
  speaks({ open, a, epoch, knownToA, knownToB }: Connection, end: number): boolean {
    return open && (end === a ? knownToA : knownToB) === epoch;
  }

  private possible({ a, b }: Connection): boolean {
    return this.up(a) && this.up(b) && this.reachable(a, b) && this.reachable(b, a);
  }

  private up(index: number): boolean {
    return this.supervisor?.up(index) ?? true;
  }
}
