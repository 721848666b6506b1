import { createMemoryRevisedState } from '../../../adapters/memory/revised-state.ts'
import { revisedStateContract } from '../../contract/revised-state.ts'

revisedStateContract('memory', async () => {
  const state = createMemoryRevisedState()
  return { state, other: state }
})
