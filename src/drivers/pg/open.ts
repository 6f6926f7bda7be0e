import { type ConnectContext, causeRecord, type ErrorRecord, errorFromRecord, SqlError } from '../../contract/index.ts'
import { abortedRecord } from '../../thread/loss.ts'
import { asked, type ServerAddress } from '../server/hosts.ts'
import { classify } from './classes.ts'
import { PgConnection } from './connection.ts'
import { dial } from './dial.ts'
import type { PgOptions } from './options.ts'

/** Opens a connection to the server that was asked for, or else to the first that takes it. */
export async function open(
  options: PgOptions,
  { after, role, signal, host, setsUp = false }: ConnectContext,
): Promise<PgConnection> {
  await after
  let error: unknown
  for (const address of asked(options.addresses, host)) {
    try {
      return new PgConnection(
        await dial(options, address, options.readOnly || role === 'reader', signal),
        options,
        setsUp,
      )
    } catch (thrown) {
      error = openError(thrown, address, signal)
      // Another server would say the same of a password.
      if (!(error instanceof SqlError) || !error.retryable) break
    }
  }
  throw error
}

function openError(thrown: unknown, address: ServerAddress, signal: AbortSignal | undefined): unknown {
  if (thrown instanceof SqlError) return thrown
  if (signal?.aborted) return errorFromRecord(abortedRecord)
  return errorFromRecord(openRecord(thrown, address))
}

/** Errors of sockets that nothing here can mend; everything else may be over soon. */
const CERTIFICATE = /CERT|SELF_SIGNED|SSL|TLS|UNABLE_TO/

function openRecord(thrown: unknown, { host, port }: ServerAddress): ErrorRecord {
  const { code = '', severity } = Object(thrown) as { code?: string; severity?: string }
  const { message } = causeRecord(thrown)
  const where = `cannot connect to PostgreSQL at ${host}, port ${port}`
  const cause = causeRecord(thrown)
  if (severity !== undefined) return { ...classify(code), message: `${where}: ${message}`, code, cause }
  const tls = CERTIFICATE.test(code) || /SSL/.test(message)
  if (tls) {
    const hint =
      'the option tls, or sslmode of a URL, tells which certificates are trusted, or that there is to be no TLS'
    return {
      type: 'OperationalError',
      message: `${where}: ${message}; ${hint}`,
      code: code || 'TLS_REFUSED',
      kind: 'cannotOpen',
      cause,
    }
  }
  return {
    type: 'ConnectionLostError',
    message: `${where}: ${message || code}`,
    code: code || 'CANNOT_CONNECT',
    kind: 'connectionLost',
    retryable: true,
    cause,
  }
}
