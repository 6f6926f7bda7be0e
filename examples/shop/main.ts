/**
 * Money that must add up: transactions over several records, records that are as they were when one is rolled back, two
 * who change the same record, many at once, and a transfer that runs in the database thread as a whole.
 */
import { ConnectionPool } from 'offloop'
import { connect, StaleRecordError, ValidationError } from 'offloop/record'
import { buy, transfer, transferInThread } from './buying.ts'
import { Account, Order } from './models.ts'

type Print = (line: string) => void

export async function main(url: string, print: Print = console.log): Promise<void> {
  await using pool = new ConnectionPool(url)
  await connect(pool, [Account, Order]).createTables()
  const ann = await Account.create({ owner: 'ann', cents: 5000 })
  const bob = await Account.create({ owner: 'bob', cents: 1000 })
  const shop = await Account.create({ owner: 'shop' })

  await buyLamp(ann, shop, print)
  await buySofa(bob, shop, print)
  await changeTogether(ann.id, print)
  await transferOften(shop.id, bob.id, print)
  // A server's driver does not block, so it has no thread.
  if (pool.dialect === 'sqlite') await transferThere(pool, shop.id, bob.id, print)

  for (const { owner, cents, orders } of await Account.orderBy('id').include('orders')) {
    print(`${owner}: ${cents} cents, orders: ${orders.value.length}`)
  }
  print(`together: ${await Account.sum('cents')} cents`)
}

async function buyLamp(ann: Account, shop: Account, print: Print): Promise<void> {
  const lamp = new Order({ accountId: ann.id, article: 'lamp', cents: 3000 })
  await buy(lamp, ann, shop)
  print(`lamp: ${lamp.status}, ann has ${ann.cents} cents left`)
}

// What a transaction did to records is undone with it: the order is new again, and the shop has what it had. What could
// not be written stands in bob as a change, for somebody to mend or to take back.
async function buySofa(bob: Account, shop: Account, print: Print): Promise<void> {
  const sofa = new Order({ accountId: bob.id, article: 'sofa', cents: 90_000 })
  await buy(sofa, bob, shop).catch((error) => {
    if (!(error instanceof ValidationError)) throw error
    print(error.message)
  })
  print(`sofa: ${sofa.isNew ? 'not ordered' : 'ordered'}, the shop has ${shop.cents} cents`)
  print(`bob: ${bob.changes.cents?.join(' to ')} is not saved; restored: ${bob.restore().cents}`)
}

async function changeTogether(id: number, print: Print): Promise<void> {
  const [here, there] = await Promise.all([Account.get(id), Account.get(id)])
  await here.update({ cents: here.cents + 500 })
  await there.update({ cents: there.cents + 70 }).catch(async (error) => {
    if (!(error instanceof StaleRecordError)) throw error
    await there.reload()
    await there.update({ cents: there.cents + 70 })
    print(`the second one to write had to read again, and wrote version ${there.version}`)
  })
}

// Each reads within its own transaction, and locks what it reads, so that none writes over what another has changed: on
// SQLite one transaction that writes runs at a time, on a server many do.
async function transferOften(from: number, to: number, print: Print): Promise<void> {
  const locked = (id: number) => Account.forUpdate().get(id)
  const one = () => Account.transaction(async () => transfer(await locked(from), await locked(to), 10))
  await Promise.all(Array.from({ length: 20 }, one))
  print(`after twenty transfers at once bob has ${(await Account.get(to)).cents} cents`)
}

async function transferThere(pool: ConnectionPool, from: number, to: number, print: Print): Promise<void> {
  print(`in the thread: ${await pool.runInteraction(transferInThread, from, to, 300)} cents are left`)
  const error = await pool.runInteraction(transferInThread, from, to, 9999).catch((error) => error)
  print(`in the thread: ${error.code}`)
}

// The same program on another database: `main.ts postgres://user@localhost/app`, `main.ts mysql://user@localhost/app`.
if (import.meta.main) await main(process.argv[2] ?? 'sqlite::memory:')
