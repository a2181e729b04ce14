import type { JsonObject } from '../kernel/json.ts'
import { UnavailableError, UnreachableError } from '../ports/errors.ts'
import type { Log } from '../ports/journal.ts'
import type { Transport } from '../ports/transport.ts'
import { causeText } from './complaint.ts'

/** Every watch and every worker meets the same outage: it is said once, and once more when it is over. */
export function announced(transport: Transport, log: Log): Transport {
  let isOut = false
  const told = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await ask()
      if (isOut) log.info('API server answers again')
      isOut = false
      return answer
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      const fields: JsonObject = { cause: causeText(error) }
      if (!isOut) log.warn('API server cannot be reached, waiting for it', fields)
      isOut = true
      throw new UnreachableError(error.message, { cause: error.cause })
    }
  }
  return {
    request: async (request) => await told(async () => await transport.request(request)),
    stream: async (request, signal) => await told(async () => await transport.stream(request, signal)),
  }
}
