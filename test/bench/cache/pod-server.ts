import { serveHttp } from '../../../src/adapters/serve-http/serve-http.ts'
import { generatedTransport } from './generated-transport.ts'

/** Tells its parent where it serves so many pods, and ends with it. */
const { url } = await serveHttp(generatedTransport(Number(process.argv[2])))
process.send?.({ url })
process.on('disconnect', () => process.exit(0))
