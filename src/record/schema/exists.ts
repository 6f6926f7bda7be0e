import type { Definition } from '../contract.ts'
import { describeTable } from './describe.ts'

/** Whether the table of a model is in the database. */
export async function tableExists({ database, table }: Definition): Promise<boolean> {
  return (await describeTable(database, table)) !== null
}
