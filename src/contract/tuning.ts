/** The ways of being faster that can be turned off, to find out whether one of them is to blame for something. */
export interface Tuning {
  /** Writes that wait together and are each their own transaction share one COMMIT. Each is answered after it. */
  readonly groupCommit: boolean
  /** Reads that wait together share one transaction. */
  readonly readBatches: boolean
  /** Large results cross as columns instead of rows. */
  readonly columnChunks: boolean
  /**
   * Under load several answers wake the event loop once; while calls come at short intervals, both sides look for news
   * a while before they sleep.
   */
  readonly adaptiveWaking: boolean
}

/** Everything on: how a connection is unless told otherwise. */
export const fullTuning: Tuning = Object.freeze({
  groupCommit: true,
  readBatches: true,
  columnChunks: true,
  adaptiveWaking: true,
})
