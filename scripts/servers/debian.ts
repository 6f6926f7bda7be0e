/**
 * Programs of Debian's packages, and of its kin's, without installing them: apt-get fetches the packages as the machine
 * is set up for, into a private folder, and they are unpacked there. Nothing of the machine is changed, no lock is taken,
 * no service is started, and it needs no root.
 */
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cached } from './cache.ts'
import { run } from './run.ts'
import { onPath } from './which.ts'

export interface Packages {
  /** Names the private folder. */
  readonly name: string
  readonly packages: readonly string[]
  /** The file of the package that has the server's program. */
  readonly core: RegExp
  /** Another suite than the machine's own; its packages then come with all that they need, the C library too. */
  readonly suite?: string
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The folder with what is in the packages, or null where there is no apt-get. */
export async function unpacked(wanted: Packages): Promise<string | null> {
  if (!onPath('apt-get') || !onPath('dpkg-deb')) return null
  const root = await cached(wanted.name, async (folder) => {
    const archives = await fetched(folder, wanted)
    if (archives.length === 0) throw new Error(`apt-get fetched nothing for ${wanted.packages.join(', ')}`)
    mkdirSync(join(folder, 'root'))
    for (const archive of archives) await unpack(archive, join(folder, 'root'))
    await run(['rm', '-rf', join(folder, 'apt')])
  })
  return join(root, 'root')
}

/** The files of the packages and of what they need that is not installed; of all that they need where that does not do. */
async function fetched(folder: string, { packages, suite, core }: Packages): Promise<string[]> {
  const apt = await aptIn(join(folder, 'apt'), suite)
  // What cannot be read of one source does not matter when the packages come from another.
  await run([...apt, 'update']).catch(() => undefined)
  const wanted = ['--yes', '--no-install-recommends', '--download-only', 'install', ...packages]
  const all = [...apt, ...settingsOf({ 'Dir::State::status': nothingInstalled(folder) }), ...wanted, 'libc6']
  if (suite !== undefined) await run(all)
  else {
    // They may be there without their programs, or half installed: then they are fetched as if nothing was.
    await run([...apt, ...wanted]).catch(() => undefined)
    if (!archivesIn(folder).some((file) => core.test(basename(file)))) await run(all)
  }
  return archivesIn(folder).filter((archive) => isNeeded(archive, suite))
}

function archivesIn(folder: string): string[] {
  return globSync(join(folder, 'apt/cache/archives/*.deb'))
}

function nothingInstalled(folder: string): string {
  const status = join(folder, 'apt/status')
  writeFileSync(status, '')
  return status
}

/** Perl is for programs around the server; the machine has a C library of its own suite. */
function isNeeded(archive: string, suite: string | undefined): boolean {
  const file = basename(archive)
  return !/^(lib)?perl/.test(file) && (suite !== undefined || !file.startsWith('libc6_'))
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
  return ['apt-get', ...settingsOf(settings)]
}

function settingsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** The settings that make apt-get see one suite of the machine's own mirror. */
async function onlyFrom(folder: string, suite: string): Promise<Record<string, string>> {
  const format = '$(ORIGIN) $(COMPONENT) $(REPO_URI)'
  const targets = (await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])).split('\n')
  const mirror = targets.map((line) => line.split(' ')).find(([origin, part]) => origin === 'Debian' && part === 'main')
  if (!mirror) throw new Error(`no mirror of Debian is set up here, so its suite ${suite} cannot be asked`)
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : ''
  writeFileSync(join(folder, 'sources.list'), `deb ${signed}${mirror[2]} ${suite} main\n`)
  return {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
  }
}
