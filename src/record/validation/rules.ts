import { ClassList } from '../class-list.ts'
import type { Rule } from './rule.ts'

/** The rules of each class. */
export const rules: ClassList<Rule> = new ClassList<Rule>()
