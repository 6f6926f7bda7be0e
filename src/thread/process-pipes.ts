/** A process's ends of its pipes to the loop, as file descriptors. */
export const pipeEnd = { requests: 3, replies: 4, cancels: 5 } as const
