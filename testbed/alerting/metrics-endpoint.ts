import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** metrics-endpoint PORT FILE: serves the file as it is at each request. */
const [port = '', path = ''] = process.argv.slice(2)
createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4')
  response.end(readFileSync(path))
}).listen(Number(port), '127.0.0.1')
