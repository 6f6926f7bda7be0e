import type { ErrorClassName, ErrorKind } from '../../contract/index.ts'

/** What kind of error a number of the server's is. */
export interface ErrorClass {
  readonly type: ErrorClassName
  readonly kind: ErrorKind
  readonly retryable: boolean
}

type Numbered = readonly [ErrorClassName, ErrorKind, retryable: boolean, numbers: readonly number[]]

/** MySQL's and MariaDB's numbers by what they mean. */
const TABLE: readonly Numbered[] = [
  ['IntegrityError', 'unique', false, [1022, 1062, 1169, 1586, 1761, 1762]],
  ['IntegrityError', 'foreignKey', false, [1216, 1217, 1451, 1452, 1701, 1834]],
  ['IntegrityError', 'notNull', false, [1048, 1263, 1364]],
  ['IntegrityError', 'check', false, [3819, 4025]],
  ['IntegrityError', 'constraint', false, [1526, 1748, 1859]],
  ['ProgrammingError', 'syntax', false, [1064, 1065, 1149, 1115, 1231, 1193, 1238]],
  [
    'ProgrammingError',
    'missing',
    false,
    [1049, 1054, 1051, 1091, 1109, 1146, 1147, 1176, 1273, 1305, 1360, 1508, 1539],
  ],
  ['ProgrammingError', 'missing', false, [4071, 4089, 4091, 4092]],
  ['ProgrammingError', 'parameters', false, [1210, 1243, 1390]],
  [
    'ProgrammingError',
    'other',
    false,
    [1007, 1050, 1052, 1055, 1056, 1060, 1061, 1066, 1111, 1136, 1137, 1140, 1222, 1242, 1248],
  ],
  [
    'DataError',
    'value',
    false,
    [1264, 1265, 1292, 1365, 1366, 1367, 1411, 1525, 1690, 3140, 3141, 3156, 4038, 1416, 1441],
  ],
  ['DataError', 'tooBig', false, [1153, 1301, 1406, 1118, 1162]],
  ['OperationalError', 'busy', true, [1205, 3572]],
  ['OperationalError', 'tooManyConnections', true, [1040, 1203]],
  ['OperationalError', 'busy', true, [1226, 1129]],
  ['OperationalError', 'deadlock', true, [1213, 1614, 1689]],
  ['OperationalError', 'serialization', true, [1020, 1637, 3101]],
  ['OperationalError', 'readOnly', false, [1290, 1792, 1836, 1874, 3100]],
  ['OperationalError', 'full', false, [1021, 1114]],
  ['OperationalError', 'memory', false, [1037, 1038, 1041]],
  ['OperationalError', 'io', false, [1002, 1003, 1004, 1023, 1024, 1025, 1026, 1030]],
  ['InternalError', 'corrupt', false, [1033, 1034, 1035, 1194, 1195, 1459, 1712]],
  ['OperationalError', 'aborted', false, [1317, 1028]],
  ['OperationalError', 'timeout', true, [1907, 1969, 3024]],
  [
    'ConnectionLostError',
    'connectionLost',
    true,
    [1047, 1053, 1077, 1079, 1152, 1154, 1158, 1159, 1160, 1161, 1184, 1927, 1928, 4031],
  ],
  [
    'OperationalError',
    'permission',
    false,
    [1044, 1045, 1130, 1131, 1132, 1142, 1143, 1227, 1370, 1419, 1524, 1698, 1820, 1862, 3118, 3159, 4151],
  ],
  ['NotSupportedError', 'unsupported', false, [1235, 1295, 1286, 1337]],
  ['OperationalError', 'cannotOpen', false, [1017, 1016]],
  ['OperationalError', 'rolledBack', true, [1181, 1402, 1613]],
  // A node that is cut off from its cluster does not know whether the others have what it was about to commit.
  ['CommitUnknownError', 'commitUnknown', false, [1180]],
  ['ProgrammingError', 'usage', false, [1568, 1179, 1442]],
]

const CLASSES = new Map<number, ErrorClass>(
  TABLE.flatMap(([type, kind, retryable, numbers]) => numbers.map((number) => [number, { type, kind, retryable }])),
)

const BY_STATE: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^23/, { type: 'IntegrityError', kind: 'constraint', retryable: false }],
  [/^40/, { type: 'OperationalError', kind: 'serialization', retryable: true }],
  [/^22/, { type: 'DataError', kind: 'value', retryable: false }],
  [/^42/, { type: 'ProgrammingError', kind: 'other', retryable: false }],
  [/^08/, { type: 'OperationalError', kind: 'connectionLost', retryable: true }],
  [/^0A/, { type: 'NotSupportedError', kind: 'unsupported', retryable: false }],
]

const OTHER: ErrorClass = { type: 'OperationalError', kind: 'other', retryable: false }

/** Says what a number, and where that is not known its SQLSTATE, means. */
export function classify(errno: number, sqlState: string): ErrorClass {
  return CLASSES.get(errno) ?? BY_STATE.find(([pattern]) => pattern.test(sqlState))?.[1] ?? OTHER
}
