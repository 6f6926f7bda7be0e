/** How many connections each peer may have: what the pools of all of them have by default. */
export const CONNECTIONS = 10
