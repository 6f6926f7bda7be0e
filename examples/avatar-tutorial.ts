/**
 * A small database class: three lookups run at once, each yields an object or fails by itself, and the answers come in
 * the order of the questions, whichever was ready first. Leaving the block closes the pool and ends its threads.
 */
import { ConnectionPool } from 'offloop'

type User = { login: string; name: string; forename: string }

const users: User[] = [
  { login: 'joan', name: 'Vermeer', forename: 'Joan' },
  { login: 'esteban', name: 'García Márquez', forename: 'Estebán' },
  { login: 'mohamed', name: 'Al Ghâlib', forename: 'Mohamed' },
]

class Avatar {
  readonly user: User

  constructor(user: User) {
    this.user = user
  }

  render(): string {
    return `${this.user.forename} ${this.user.name} is signed in as ${this.user.login}`
  }
}

export async function main(print: (line: string) => void = console.log): Promise<void> {
  await using pool = new ConnectionPool('sqlite::memory:')
  await pool.runOperation('CREATE TABLE users (login TEXT PRIMARY KEY, name TEXT, forename TEXT)')
  await pool.insertMany('users', users)

  async function getUserAvatar(login: string): Promise<Avatar> {
    const [user] = await pool.runQuery<User>('SELECT login, name, forename FROM users WHERE login = ?', login)
    if (!user) throw new Error(`Nobody is called ${login}`)
    return new Avatar(user)
  }

  const avatars = await Promise.allSettled(['mohamed', 'nobody', 'esteban'].map(getUserAvatar))
  for (const one of avatars) print(one.status === 'fulfilled' ? one.value.render() : one.reason.message)
}

if (import.meta.main) await main()
