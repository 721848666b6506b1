import { parseArgs } from 'node:util'
import { loadSet } from './data.ts'
import { fitSimpleCalibrations } from './simple-calibration.ts'

// Calibrates the simple signals that confidence is compared with: `node bench/knowledge/calibrate-simple.ts FOLDER`, the one of SQuAD.

const { positionals } = parseArgs({ allowPositionals: true })
fitSimpleCalibrations(loadSet(positionals[0] ?? ''))
