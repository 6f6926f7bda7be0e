/**
 * Loads a package of bench/package.json. Its types are the caller's word: type checks must not need what only the
 * benchmark installs. Throws an error of one line when it is not there.
 */
export async function installed<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND') throw new Error(message.split('\n', 1)[0], { cause })
    throw new Error(`${name} is not installed; npm ci --prefix bench installs it`, { cause })
  }
}
