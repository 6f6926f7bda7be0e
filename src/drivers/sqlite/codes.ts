// SQLite's result codes are numbers: the lower eight bits are the primary code, the rest tells it apart.

const PRIMARY = [
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL',
  'EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB NOTICE WARNING',
].flatMap((line) => line.split(' '))

/** Extended codes by primary code, in the order of their numbers from 1; a dash is a number that is not used. */
const EXTENDED: Readonly<Record<string, string>> = {
  ERROR: 'MISSING_COLLSEQ RETRY SNAPSHOT RESERVESIZE KEY UNABLE',
  ABORT: '- ROLLBACK',
  BUSY: 'RECOVERY SNAPSHOT TIMEOUT',
  LOCKED: 'SHAREDCACHE VTAB',
  READONLY: 'RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY',
  IOERR: [
    'READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS',
    'CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT MMAP GETTEMPPATH',
    'CONVPATH VNODE AUTH BEGIN_ATOMIC COMMIT_ATOMIC ROLLBACK_ATOMIC DATA CORRUPTFS IN_PAGE BADKEY CODEC',
  ].join(' '),
  CORRUPT: 'VTAB SEQUENCE INDEX',
  CANTOPEN: 'NOTEMPDIR ISDIR FULLPATH CONVPATH DIRTYWAL SYMLINK',
  CONSTRAINT: 'CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE',
  AUTH: 'USER',
  NOTICE: 'RECOVER_WAL RECOVER_ROLLBACK RBU',
  WARNING: 'AUTOINDEX',
}

/** Gives a code its name, such as `SQLITE_BUSY_SNAPSHOT` for 517. An unknown extended code gets its primary's name. */
export function codeName(code: number): string {
  const primary = PRIMARY[code & 0xff] ?? 'ERROR'
  const extended = EXTENDED[primary]?.split(' ')[(code >> 8) - 1] ?? '-'
  return extended === '-' ? `SQLITE_${primary}` : `SQLITE_${primary}_${extended}`
}

/** The primary part of a code's name: `BUSY` of `SQLITE_BUSY_SNAPSHOT`. */
export function primaryOf(name: string): string {
  return name.split('_')[1] ?? 'ERROR'
}
