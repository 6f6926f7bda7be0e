import type { Traits } from '../../contract/index.ts'

export const TRAITS: Traits = {
  dialect: 'mysql',
  maxParameters: 65535,
  infinity: false,
  nulInText: true,
  integerRange: [-(2n ** 63n), 2n ** 64n - 1n],
  isolationLevel: 'repeatable read',
  goodSql: 'DO 0',
}
