import type { Dispatcher } from 'undici'
import type { Mono } from '../kernel/time.ts'
import { UnavailableError } from '../ports/errors.ts'

/** What a request carries through undici's queue: its last moment, and whom to tell that it leaves. */
export interface Timely {
  readonly notAfter: Mono
  readonly mono: () => Mono
  /** Until then nothing of it was sent. */
  readonly onLeaving?: () => void
}

/**
 * Looks at the clock when undici has a connection in its hands and is about to write: an effect that waited for one beyond its last
 * moment is not sent.
 */
export const refuseLate: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const opaque: unknown = 'opaque' in options ? options.opaque : undefined
  return dispatch(options, isTimely(opaque) ? new TimelyHandler(handler, opaque) : handler)
}

const isTimely = (opaque: unknown): opaque is Timely =>
  typeof opaque === 'object' && opaque !== null && 'notAfter' in opaque && 'mono' in opaque

class TimelyHandler implements Dispatcher.DispatchHandler {
  readonly #inner: Dispatcher.DispatchHandler
  readonly #timely: Timely

  constructor(inner: Dispatcher.DispatchHandler, timely: Timely) {
    this.#inner = inner
    this.#timely = timely
  }

  readonly onRequestStart: NonNullable<Dispatcher.DispatchHandler['onRequestStart']> = (controller, context) => {
    const { mono, notAfter, onLeaving } = this.#timely
    this.#inner.onRequestStart?.(controller, context)
    const lateMs = mono() - notAfter
    if (lateMs > 0)
      controller.abort(new UnavailableError(`it waited ${Math.ceil(lateMs)} ms too long and was not sent`))
    else onLeaving?.()
  }

  readonly onRequestUpgrade: NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']> = (...told) =>
    this.#inner.onRequestUpgrade?.(...told)

  readonly onResponseStart: NonNullable<Dispatcher.DispatchHandler['onResponseStart']> = (...told) =>
    this.#inner.onResponseStart?.(...told)

  readonly onResponseData: NonNullable<Dispatcher.DispatchHandler['onResponseData']> = (...told) =>
    this.#inner.onResponseData?.(...told)

  readonly onResponseEnd: NonNullable<Dispatcher.DispatchHandler['onResponseEnd']> = (...told) =>
    this.#inner.onResponseEnd?.(...told)

  readonly onResponseError: NonNullable<Dispatcher.DispatchHandler['onResponseError']> = (...told) =>
    this.#inner.onResponseError?.(...told)
}
