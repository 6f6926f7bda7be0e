import './base/node-version.ts'

/* Models and their records. */
export * from './record/index.ts'
