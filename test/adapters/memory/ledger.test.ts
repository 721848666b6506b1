import { createMemoryLedger } from '../../../adapters/memory/ledger.ts'
import { ledgerContract } from '../../contract/ledger.ts'

ledgerContract('in memory', async () => {
  const ledger = createMemoryLedger()
  return { ledger, second: ledger }
})
