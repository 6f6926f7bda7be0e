import { join } from 'node:path'
import { runTool, writeFiles } from '../repository/scratch.ts'

/** The compilers that programs of users are checked by. */
export const compilers = {
  'TypeScript 7': 'typescript/bin/tsc',
  'TypeScript 5.9': 'typescript-5.9/bin/tsc',
} as const

export type Compiler = keyof typeof compilers

const settings = {
  extends: '../../tsconfig.json',
  // No error of another file hides one of these, and none of a library is looked for.
  compilerOptions: { moduleDetection: 'force', types: ['node'] },
  include: ['*.ts'],
}

/** What a compiler says of files, given by their names. */
export function check(
  compiler: Compiler,
  folder: string,
  files: Record<string, string>,
  options: string[] = [],
): string {
  writeFiles(folder, { ...files, 'tsconfig.json': JSON.stringify(settings) })
  return runTool(compilers[compiler], ['-p', folder, '--pretty', 'false', ...options], folder).stdout
}

/** The figures of `--extendedDiagnostics`. */
export function figures(said: string): { readonly instantiations: number; readonly checkSeconds: number } {
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(said)?.[1])
  return { instantiations: figure('Instantiations'), checkSeconds: figure('Check time') }
}

/** A file of this folder, as the compiler finds it. */
export function here(name: string): string {
  return join(import.meta.dirname, name)
}
