import './base/node-version.ts'

/* A dialect for Kysely, whose queries then run on a pool. */
export * from './kysely/index.ts'
