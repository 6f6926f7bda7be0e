import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Account, accountFor } from './account.ts'
import { cached, dropCached } from './cache.ts'
import type { Kind, Programs } from './kind.ts'
import { run } from './run.ts'

/** Copies the data of a server that was never used to `data`. Made once for each version, kept for other runs. */
export async function copyNewData(kind: Kind, programs: Programs, data: string): Promise<void> {
  const account = accountFor(kind.accounts)
  const template = await cached(
    nameOf(kind, programs, account),
    async (folder) => {
      const made = join(folder, 'data')
      await run(['mkdir', '-m', '700', made], { account })
      await kind.init(programs, made, account)
    },
    account,
  )
  await run(['cp', '-Rp', join(template, 'data'), data], { account })
}

/** Has the template made anew: for one that no server starts from. */
export function dropTemplate(kind: Kind, programs: Programs): void {
  dropCached(nameOf(kind, programs, accountFor(kind.accounts)))
}

function nameOf(kind: Kind, programs: Programs, account: Account | undefined): string {
  const made = JSON.stringify([programs, kind.recipe, account, process.arch])
  const hash = createHash('sha256').update(made).digest('hex').slice(0, 10)
  return `${kind.name}-data-${hash}`
}
