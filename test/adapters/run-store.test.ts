import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { runStoreContract } from './run-store-contract.ts'

runStoreContract('DynamoDB', async () => {
  const table = await openLocalTable()
  return { store: dynamodbRuns(table), close: table.close }
})
