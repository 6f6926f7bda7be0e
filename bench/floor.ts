import { childInput, childOutput } from './harness/child.ts'
import { measureFloor } from './harness/floor.ts'

const { file, rows } = childInput<{ file: string; rows: number }>()
childOutput(await measureFloor(file, rows))
