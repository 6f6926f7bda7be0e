/** Whether a transaction is open, as the server tells: none, one, or one in which a statement has failed. */
export const status = { idle: 0x49, open: 0x54, failed: 0x45 } as const
