import { type BlockingTransaction, inThread } from 'offloop'
import { Account, type Order } from './models.ts'

/** Moves money: both accounts are written, or none. */
export async function transfer(from: Account, to: Account, cents: number): Promise<void> {
  await Account.transaction(async () => {
    await to.update({ cents: to.cents + cents })
    await from.update({ cents: from.cents - cents })
  })
}

/** Orders something and pays for it. The transfer inside is a part of the same transaction. */
export async function buy(order: Order, customer: Account, shop: Account): Promise<void> {
  await Account.transaction(async () => {
    await order.save()
    await transfer(customer, shop, order.cents)
    await order.update({ status: 'paid' })
  })
}

/** The transfer as one trip to the database thread, where nobody comes in between; gives what is left. */
export const transferInThread = inThread(
  import.meta,
  'transferInThread',
  async (txn: BlockingTransaction, from: number, to: number, cents: number) => {
    const Accounts = Account.on(txn)
    const [debit, credit] = [await Accounts.get(from), await Accounts.get(to)]
    await credit.update({ cents: credit.cents + cents })
    await debit.update({ cents: debit.cents - cents })
    return debit.cents
  },
)
