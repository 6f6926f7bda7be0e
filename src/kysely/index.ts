export { OffloopDialect, type OffloopDialectConfig } from './dialect.ts'
