/**
 * The URL of a module beside another, in the language that this one is in: .ts from a checkout, .js from the package.
 *
 * @param base `import.meta.url` of the module that asks
 * @param name the other's path without its ending, such as `./entry`
 */
export function siblingModule(base: string, name: string): string {
  return new URL(name + (base.endsWith('.ts') ? '.ts' : '.js'), base).href
}
