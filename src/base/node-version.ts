/** The lowest Node.js that has all that offloop builds on: node:sqlite, require of ES modules, type stripping. */
export const LOWEST_NODE = '22.18.0'

/** Tells whether a `major.minor.patch` version is the floor or above it. */
export function isSupportedNode(version: string, lowest: string = LOWEST_NODE): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const [lowMajor = 0, lowMinor = 0, lowPatch = 0] = lowest.split('.').map(Number)
  if (major !== lowMajor) return major > lowMajor
  return minor !== lowMinor ? minor > lowMinor : patch >= lowPatch
}

// Evaluated before every other module of the door, so an old Node meets this sentence and not a crash in a driver.
if (!isSupportedNode(process.versions.node)) {
  const error = new Error(
    `offloop needs Node.js ${LOWEST_NODE} or newer, and this is ${process.versions.node}. ` +
      'Install a newer Node.js, or add the npm package "node" (version 24) to your devDependencies and start through an npm script.',
  )
  throw Object.assign(error, { code: 'UNSUPPORTED_NODE' })
}
