import { createServer } from 'node:http'

/** stand-in-kubelet PORT: answers health checks as a kubelet does, until it is stopped. */
const [port = ''] = process.argv.slice(2)
createServer((_request, response) => response.end('ok')).listen(Number(port), '127.0.0.1')
