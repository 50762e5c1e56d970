/** The state of a protocol that declares none: one for all nodes, and nothing can be put into it. */
export const NOTHING = Object.freeze({});
