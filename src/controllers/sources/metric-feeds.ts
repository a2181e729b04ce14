import { pollSeconds } from '../../api/pacing.ts'
import { seconds } from '../../kernel/time.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Informers } from '../informers.ts'
import { AlertRules } from './alert-rules.ts'
import type { Feed } from './feed.ts'
import { MetricPoll, type MetricPollPorts } from './metric-poll.ts'

interface MetricFeedPorts extends Omit<MetricPollPorts, 'metrics' | 'isNode'> {
  readonly metrics?: readonly Metrics[] | undefined
  readonly nodes: Pick<Informers['nodes'], 'get'>
}

interface MetricFeedOptions {
  readonly queryPollSeconds?: number | undefined
  readonly nodeLabels?: readonly string[] | undefined
}

export interface MetricFeeds extends Pick<MetricPoll, 'run' | 'whenPolled'> {
  readonly feeds: readonly Feed[]
}

/** Everything that is heard from Prometheus. */
export function metricFeeds(ports: MetricFeedPorts, options: MetricFeedOptions): MetricFeeds {
  const { queryPollSeconds = pollSeconds.query, nodeLabels } = options
  const { metrics = [], nodes } = ports
  const isNode = (name: string): boolean => nodes.get({ name }) !== undefined
  const poll = new MetricPoll({ ...ports, metrics, isNode }, { everyMs: seconds(queryPollSeconds), nodeLabels })
  return {
    feeds: [poll, new AlertRules(metrics, nodeLabels)],
    run: async (signal) => await poll.run(signal),
    whenPolled: poll.whenPolled,
  }
}
