/**
 * Programs of Debian's packages, and of its kin's, without installing them: apt-get fetches the packages as the machine
 * is set up for, into a private folder, and they are unpacked there. Nothing of the machine is changed, no lock is taken,
 * no service is started, and it needs no root.
 */
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { run } from './run.ts'
import { onPath } from './which.ts'

export interface Packages {
  /** Names the private folder. */
  readonly name: string
  readonly packages: readonly string[]
  /** Another suite than the machine's own; its packages then come with all that they need, the C library too. */
  readonly suite?: string
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The folder with what is in the packages, or null where there is no apt-get. */
export async function unpacked({ name, packages, suite }: Packages): Promise<string | null> {
  if (!onPath('apt-get') || !onPath('dpkg-deb')) return null
  const root = await cached(name, async (folder) => {
    const apt = await aptIn(join(folder, 'apt'), suite)
    // What cannot be read of one source does not matter when the packages come from another.
    await run([...apt, 'update']).catch(() => undefined)
    const fetching = [...apt, '--yes', '--no-install-recommends', '--download-only', 'install', ...packages]
    await run(suite === undefined ? fetching : [...fetching, 'libc6'])
    const archives = globSync(join(folder, 'apt/cache/archives/*.deb')).filter(isNeeded)
    if (archives.length === 0) throw new Error(`apt-get fetched nothing for ${packages.join(', ')}`)
    mkdirSync(join(folder, 'root'))
    for (const archive of archives) await unpack(archive, join(folder, 'root'))
    await run(['rm', '-rf', join(folder, 'apt')])
  })
  return join(root, 'root')
}

/** Perl is for programs around the server. */
function isNeeded(archive: string): boolean {
  return !/\/(lib)?perl[^/]*\.deb$/.test(archive)
}

/** Unlike `dpkg-deb --extract`, tar follows a link that another package has for a folder (`/lib` to `/usr/lib`). */
async function unpack(archive: string, root: string): Promise<void> {
  await run([
    'sh',
    '-c',
    'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink --no-same-owner -C "$1"',
    archive,
    root,
  ])
}

/** The command apt-get with everything that it writes in a folder of its own. */
async function aptIn(folder: string, suite: string | undefined): Promise<string[]> {
  for (const one of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, one), { recursive: true })
  const settings = {
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Debug::NoLocking': '1',
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
    ...(suite === undefined ? {} : await onlyFrom(folder, suite)),
  }
  return ['apt-get', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

/** The settings that make apt-get see one suite of the machine's own mirror, and no package as installed. */
async function onlyFrom(folder: string, suite: string): Promise<Record<string, string>> {
  const format = '$(ORIGIN) $(COMPONENT) $(REPO_URI)'
  const targets = (await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])).split('\n')
  const mirror = targets.map((line) => line.split(' ')).find(([origin, part]) => origin === 'Debian' && part === 'main')
  if (!mirror) throw new Error(`no mirror of Debian is set up here, so its suite ${suite} cannot be asked`)
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : ''
  writeFileSync(join(folder, 'sources.list'), `deb ${signed}${mirror[2]} ${suite} main\n`)
  writeFileSync(join(folder, 'status'), '')
  return {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::status': join(folder, 'status'),
  }
}
