import { existsSync, readFileSync } from 'node:fs'
import { type ClientRequest, createServer, request } from 'node:http'
import { isObject, numberAt } from '../../src/kernel/json.ts'

/** slow-line FILE FROM:TO…: passes requests on from port to port, each as many milliseconds late as the file says of FROM. */
const [path = '', ...lines] = process.argv.slice(2)

function delayMs(from: string): number {
  const known: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  return isObject(known) ? (numberAt(known, from) ?? 0) : 0
}

for (const line of lines) {
  const [from = '', to = ''] = line.split(':')
  createServer((asked, answer) => {
    const pass = (): ClientRequest => {
      const { method, url, headers } = asked
      const passed = request({ host: '127.0.0.1', port: Number(to), method, path: url, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      })
      // what lies behind is gone: so is this line
      return passed.on('error', () => answer.destroy())
    }
    setTimeout(() => asked.pipe(pass()), delayMs(from))
  }).listen(Number(from), '127.0.0.1')
}
