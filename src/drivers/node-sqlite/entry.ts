import { markThread } from '../../thread/inside.ts'
import { serve } from '../../thread/serve.ts'
import { driver } from './blocking.ts'

// A thread that has its driver in the same file when it is built: see scripts/build.ts.
markThread()
await serve({ driver })
