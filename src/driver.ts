import './base/node-version.ts'

/* What the author of a driver needs. */
export * from './contract/index.ts'
export { threaded } from './thread/threaded.ts'
