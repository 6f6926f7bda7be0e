import { randomUUID } from 'node:crypto'
import type { ColumnSettings, Upkeep } from './columns/column.ts'
import type { Storage } from './columns/type.ts'
import { modelError } from './errors.ts'

const STORAGES: Readonly<Record<Upkeep, readonly Storage[]>> = {
  createdAt: ['datetime'],
  updatedAt: ['datetime'],
  lockVersion: ['integer', 'bigint'],
}

/** What a column was told, once it is known to go together. */
export function checkedSettings(name: string, settings: ColumnSettings): ColumnSettings {
  const { type, primaryKey, nullable, upkeep } = settings
  if (primaryKey && nullable) throw wrong(name, 'is a primaryKey() and nullable(): a key is never null')
  if (upkeep !== null && !STORAGES[upkeep].includes(type.storage)) {
    throw wrong(name, `is ${upkeep}(), which needs a column of ${STORAGES[upkeep].join(' or ')}`)
  }
  const isMade = settings.default !== null || settings.databaseDefault !== null
  return primaryKey && type.storage === 'uuid' && !isMade ? { ...settings, default: randomUUID } : settings
}

function wrong(name: string, why: string): Error {
  return modelError('INVALID_MODEL', `the column of ${name} ${why}`)
}
