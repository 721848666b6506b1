import { createMemoryTaskStorage } from '../../../adapters/memory/task-store.ts'
import { taskStoreContract } from '../../contract/task-store.ts'

taskStoreContract('memory', createMemoryTaskStorage)
