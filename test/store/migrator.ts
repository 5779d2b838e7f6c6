/** Migrates a database from a process of its own. */
import { migrate } from '../../services/store/migrate.ts'
import { connect } from './fixture.ts'

const [url = '', database = ''] = process.argv.slice(2)
const client = connect(url)
await migrate(client, { database })
await client.close()
