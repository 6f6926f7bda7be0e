import { childInput, childOutput } from './harness/child.ts'
import { measureFloor } from './harness/floor.ts'

const { file, rows, repetitions } = childInput<{ file: string; rows: number; repetitions: number }>()
childOutput(await measureFloor(file, rows, repetitions))
